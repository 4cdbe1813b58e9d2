//! A message on its way: a value, or JSON, and each made of the other once, when somebody needs it.

use std::any::{Any, TypeId};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;

use super::clock::Stamp;
use super::origin::Origin;
use super::{Body, Message};
use crate::telemetry::Panic;

/// Of how many types it is remembered what a message is as one of them, other than the one that it was sent as.
const MAX_READINGS: usize = 4;

/// A message of any type.
pub(super) trait Carried: Any + Send + Sync {
    fn head(&self) -> &Head;

    /// The value as JSON; the error says why it has none.
    fn encode(&self) -> Result<Bytes, String>;
}

/// What is known of every message.
pub(super) struct Head {
    pub(super) topic: Arc<str>,
    pub(super) stamp: Stamp,
    pub(super) origin: Origin,
    json: OnceLock<Result<Bytes, String>>,
    /// What it is as the types that it was wanted as, when it was sent as another.
    readings: Mutex<Vec<Reading>>,
}

/// What a message is as a type, or why it is none.
type Reading = (TypeId, Result<Arc<dyn Any + Send + Sync>, Arc<str>>);

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
    pub(super) fn new(topic: Arc<str>, stamp: Stamp, origin: Origin) -> Self {
        Head { topic, stamp, origin, json: OnceLock::new(), readings: Mutex::default() }
    }

    pub(super) fn time(&self) -> SystemTime {
        time(self.stamp.at)
    }

    /// Which of two messages is the newer, and whether they are the same.
    pub(super) fn age(&self) -> (u64, Option<&Arc<str>>) {
        (self.stamp.order, self.origin.node.as_ref())
    }

    fn readings(&self) -> MutexGuard<'_, Vec<Reading>> {
        self.readings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reading(&self, of: TypeId) -> Option<Result<Arc<dyn Any + Send + Sync>, Arc<str>>> {
        self.readings().iter().find(|(known, _)| *known == of).map(|(_, reading)| reading.clone())
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

    /// It comes from this node, whatever it says itself.
    pub(super) fn from(&mut self, node: Arc<str>) {
        self.head.origin.node = Some(node);
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

/// The message as JSON. Writing it may panic, which is an error like others.
pub(super) fn json(carried: &dyn Carried) -> Result<&Bytes, &String> {
    carried.head().json.get_or_init(|| quietly(|| carried.encode())).as_ref()
}

/// The message as a type: the one it was sent as, or any other that its JSON fits. It is read once, and remembered also if it does not fit.
pub(super) fn open<T: Body>(carried: &Arc<dyn Carried>) -> Result<Message<T>, String> {
    let any: Arc<dyn Any + Send + Sync> = Arc::clone(carried) as _;
    if let Ok(parcel) = any.downcast::<Parcel<T>>() {
        return Ok(Message(parcel));
    }
    let head = carried.head();
    let of = TypeId::of::<T>();
    let reading = head.reading(of).unwrap_or_else(|| {
        let reading = read::<T>(&**carried).map(|parcel| parcel as Arc<dyn Any + Send + Sync>);
        let reading = reading.map_err(Arc::from);
        let mut readings = head.readings();
        if readings.len() < MAX_READINGS {
            readings.push((of, reading.clone()));
        }
        reading
    });
    let parcel = reading.map_err(|error| error.to_string())?.downcast().map_err(|_| "another type")?;
    Ok(Message(parcel))
}

/// Whether the message is one of the type.
pub(super) fn fits<T: Body>(carried: &Arc<dyn Carried>) -> Result<(), String> {
    if (&**carried as &dyn Any).is::<Parcel<T>>() { Ok(()) } else { open::<T>(carried).map(drop) }
}

fn read<T: Body>(carried: &dyn Carried) -> Result<Arc<Parcel<T>>, String> {
    let json = json(carried).map_err(String::clone)?;
    let value = quietly(|| serde_json::from_slice(json).map_err(|error| error.to_string()))?;
    Ok(Arc::new(Parcel { head: carried.head().again(), value }))
}

/// Runs code of the application that reads or writes a value.
fn quietly<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Err(Panic::new(panic).to_string()))
}

impl Head {
    /// For the same message as another type.
    fn again(&self) -> Self {
        Head::new(Arc::clone(&self.topic), self.stamp, self.origin.clone())
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
