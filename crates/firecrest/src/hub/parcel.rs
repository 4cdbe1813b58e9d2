//! A message on its way: a value, or JSON, and each made of the other once, when somebody needs it.

use std::any::Any;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;

use super::origin::Origin;
use super::{Body, Message};

/// A message of any type.
pub(super) trait Carried: Any + Send + Sync {
    fn head(&self) -> &Head;

    /// The value as JSON; the error says why it has none.
    fn encode(&self) -> Result<Bytes, String>;
}

/// What is known of every message.
pub(super) struct Head {
    pub(super) topic: Arc<str>,
    /// When it was sent, in microseconds since the epoch.
    pub(super) at: u64,
    pub(super) origin: Origin,
    json: OnceLock<Result<Bytes, String>>,
    /// The message of the first type that it was wanted as, when it was sent as another.
    decoded: OnceLock<Arc<dyn Any + Send + Sync>>,
}

/// A message that was sent as a value.
pub(super) struct Parcel<T> {
    head: Head,
    pub(super) value: T,
}

/// A message that came as JSON.
pub(super) struct Letter {
    head: Head,
}

impl Head {
    pub(super) fn new(topic: Arc<str>, at: u64, origin: Origin) -> Self {
        Head { topic, at, origin, json: OnceLock::new(), decoded: OnceLock::new() }
    }

    pub(super) fn time(&self) -> SystemTime {
        time(self.at)
    }

    /// Which of two messages is the newer, and whether they are the same.
    pub(super) fn age(&self) -> (u64, Option<&Arc<str>>) {
        (self.at, self.origin.node.as_ref())
    }
}

impl<T: Body> Parcel<T> {
    pub(super) fn new(head: Head, value: T) -> Self {
        Parcel { head, value }
    }
}

impl<T> Parcel<T> {
    pub(super) fn head(&self) -> &Head {
        &self.head
    }
}

impl Letter {
    pub(super) fn new(head: Head, json: Bytes) -> Self {
        let _ = head.json.set(Ok(json));
        Letter { head }
    }
}

impl<T: Body> Carried for Parcel<T> {
    fn head(&self) -> &Head {
        &self.head
    }

    fn encode(&self) -> Result<Bytes, String> {
        serde_json::to_vec(&self.value).map(Bytes::from).map_err(|error| error.to_string())
    }
}

impl Carried for Letter {
    fn head(&self) -> &Head {
        &self.head
    }

    fn encode(&self) -> Result<Bytes, String> {
        Err("a letter has its JSON".into())
    }
}

/// The message as JSON.
pub(super) fn json(carried: &dyn Carried) -> Result<&Bytes, &String> {
    carried.head().json.get_or_init(|| carried.encode()).as_ref()
}

/// The message as a type: the one it was sent as, or any other that its JSON fits.
pub(super) fn open<T: Body>(carried: &Arc<dyn Carried>) -> Result<Message<T>, String> {
    let any: Arc<dyn Any + Send + Sync> = Arc::clone(carried) as _;
    if let Ok(parcel) = any.downcast::<Parcel<T>>() {
        return Ok(Message(parcel));
    }
    let head = carried.head();
    if let Some(known) = head.decoded.get()
        && let Ok(parcel) = Arc::clone(known).downcast::<Parcel<T>>()
    {
        return Ok(Message(parcel));
    }
    let json = json(&**carried).map_err(String::clone)?;
    let value = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    let parcel = Arc::new(Parcel { head: head.again(), value });
    let _ = head.decoded.set(Arc::clone(&parcel) as _);
    Ok(Message(parcel))
}

impl Head {
    /// For the same message as another type.
    fn again(&self) -> Self {
        Head::new(Arc::clone(&self.topic), self.at, self.origin.clone())
    }
}

/// What the wall clock says, in microseconds since the epoch.
pub(super) fn now() -> u64 {
    micros(SystemTime::now())
}

pub(super) fn micros(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

/// The time that is so many microseconds after the epoch; the epoch itself when the system has none that late.
pub(super) fn time(micros: u64) -> SystemTime {
    UNIX_EPOCH.checked_add(Duration::from_micros(micros)).unwrap_or(UNIX_EPOCH)
}
