//! Bridges: ways to other systems.

use std::error::Error;
use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, PoisonError, Weak};

use bytes::Bytes;
use serde::de::IgnoredAny;
use tokio::time::sleep;
use tokio_util::sync::DropGuard;

use super::backoff;
use super::core::{Core, Subscription};
use super::listener::{Kind, Listener, Way};
use super::origin::{Origin, Reach};
use super::parcel::{Carried, json};
use super::queue::{CAPACITY, Queue};
use super::tasks::guard;
use super::{BridgeError, Pattern, SendError};
use crate::telemetry::{Panic, shown_error};

/// Connects the hub with another system: a broker, a queue, a socket. Messages are JSON there.
///
/// What goes out is what is sent to its patterns, apart from [local](super::Hub::local) topics; what comes in is given to
/// the [`Inlet`]. Nothing that a bridge has brought goes out over a bridge again, be it this or another one, on any node, so that
/// nothing goes in a circle. Who wants to connect two systems with each other has a [consumer](super::Hub::consume) send what comes from the
/// one to a topic that goes out to the other.
///
/// Usually every node of a cluster has the bridge: then each sends what was sent on it, and keeps what comes in to itself,
/// since it comes in everywhere. A bridge that only one node has [serves the cluster](Self::serves_cluster).
pub trait Bridge: Send + Sync + 'static {
    /// What it is called, the same on all nodes; 1 to 255 bytes.
    fn name(&self) -> &str;

    /// What goes out.
    fn patterns(&self) -> Vec<String>;

    /// Whether it is the only one of its name in the cluster: it sends what is sent on any node, and what comes in is for all of them.
    /// Default: no.
    fn serves_cluster(&self) -> bool {
        false
    }

    /// Sends a message. The next waits meanwhile: up to 1,024 do, then the oldest are dropped. What fails is counted, and not sent
    /// again; after a panic there is a pause, as with a [consumer](super::Hub::consume).
    fn send(
        &self,
        topic: &str,
        body: Bytes,
    ) -> impl Future<Output = Result<(), Box<dyn Error + Send + Sync>>> + Send;
}

/// A bridge that has been built, by [`Hub::bridge`](super::Hub::bridge). It ends when this is dropped, and when the endpoint shuts down.
#[must_use = "the bridge ends when this is dropped"]
pub struct Bridged {
    inlet: Inlet,
    stop: DropGuard,
}

/// Where a bridge hands in what comes from the other system. Clones are the same.
#[derive(Clone)]
pub struct Inlet {
    core: Weak<Core>,
    origin: Origin,
}

impl Bridged {
    /// Where to hand in what comes.
    pub fn inlet(&self) -> Inlet {
        self.inlet.clone()
    }

    /// Leaves it to the endpoint, until that shuts down.
    pub fn detach(self) {
        self.stop.disarm();
    }
}

impl Inlet {
    /// Takes a message from the other system, for all who listen. It never waits. When the endpoint is gone nothing happens.
    ///
    /// # Errors
    /// When the topic is none, or somebody listens and the body is not JSON.
    pub fn inject(&self, topic: &str, body: Bytes) -> Result<(), SendError> {
        let Some(core) = self.core.upgrade() else { return Ok(()) };
        core.send(topic, self.origin.clone(), || {
            let checked = serde_json::from_slice::<IgnoredAny>(&body);
            checked.map_err(|error| SendError::NotJson(error.to_string()))?;
            Ok(body)
        })
    }
}

/// Builds a bridge.
pub(super) fn build<B: Bridge>(core: &Arc<Core>, bridge: B) -> Result<Bridged, BridgeError> {
    let patterns = bridge.patterns();
    let patterns = patterns.iter().map(|pattern| pattern.parse()).collect::<Result<Vec<Pattern>, _>>()?;
    let name = Name::take(core, bridge.name())?;
    let reach = if bridge.serves_cluster() { Reach::Cluster } else { Reach::Bridged };
    let origin = Origin { node: None, bridge: Some(Arc::clone(&name.name)), reach };
    let queue = Queue::new(CAPACITY);
    let way = Way { queue: Arc::clone(&queue), serves_cluster: bridge.serves_cluster() };
    let subscription = core.subscribe(Listener::new(Kind::Bridge(way)), patterns);
    let token = core.tasks.token();
    let (stop, carrier) = (token.clone(), Carrier { bridge, queue, name, _subscription: subscription });
    core.tasks.spawn(async move {
        tokio::select! {
            biased;
            () = stop.cancelled() => {}
            () = carrier.run() => {}
        }
    });
    Ok(Bridged { inlet: Inlet { core: Arc::downgrade(core), origin }, stop: token.drop_guard() })
}

/// A name that no other bridge has meanwhile.
struct Name {
    core: Arc<Core>,
    name: Arc<str>,
}

impl Name {
    fn take(core: &Arc<Core>, name: &str) -> Result<Self, BridgeError> {
        let mut names = core.bridges.lock().unwrap_or_else(PoisonError::into_inner);
        if name.is_empty() || name.len() > usize::from(u8::MAX) || names.iter().any(|known| **known == *name)
        {
            return Err(BridgeError::Name(name.into()));
        }
        let name: Arc<str> = name.into();
        names.push(Arc::clone(&name));
        Ok(Name { core: Arc::clone(core), name })
    }
}

impl Drop for Name {
    fn drop(&mut self) {
        let mut names = self.core.bridges.lock().unwrap_or_else(PoisonError::into_inner);
        names.retain(|name| *name != self.name);
    }
}

/// The task of a bridge.
struct Carrier<B> {
    bridge: B,
    queue: Arc<Queue>,
    name: Name,
    _subscription: Subscription,
}

impl<B: Bridge> Carrier<B> {
    async fn run(self) {
        let mut panics = 0;
        loop {
            let message = poll_fn(|cx| self.queue.poll_pop(cx)).await;
            panics = if self.carry(message).await { 0 } else { panics + 1 };
            if panics > 0 {
                sleep(backoff::pause(panics)).await;
            }
        }
    }

    /// Returns whether it did not panic.
    async fn carry(&self, message: Arc<dyn Carried>) -> bool {
        let topic = Arc::clone(&message.head().topic);
        // What the application has written ends in here as well: the message, and what is said about a failure.
        let sent = guard(async move {
            let (topic, body) = (&message.head().topic, json(&*message).map_err(String::clone)?);
            self.bridge.send(topic, body.clone()).await.map_err(|error| error.to_string())
        });
        let sent: Result<Result<(), String>, Panic> = sent.await;
        match sent {
            Ok(Ok(())) => {}
            Ok(Err(error)) => self.fail(&topic, &error),
            Err(panic) => {
                self.fail(&topic, &panic);
                return false;
            }
        }
        true
    }

    fn fail(&self, topic: &str, error: &impl fmt::Display) {
        metrics::counter!("firecrest_hub_dropped_total", "reason" => "bridge").increment(1);
        if self.name.core.noise.is_news("bridge") {
            let (bridge, error) = (&*self.name.name, shown_error(error));
            tracing::warn!(bridge, topic, error, "a message did not get over a bridge");
        }
    }
}

impl fmt::Debug for Bridged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bridged").field("name", &self.inlet.origin.bridge).finish_non_exhaustive()
    }
}

impl fmt::Debug for Inlet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inlet").field("bridge", &self.origin.bridge).finish_non_exhaustive()
    }
}
