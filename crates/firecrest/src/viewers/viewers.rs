//! All who look.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use futures_util::{Stream, stream};
use tokio::sync::{broadcast, watch};

use super::{Registry, ViewerEvent, ViewerId, Viewing, event};
use crate::presence::WatchedTotal;
use crate::source::{Changes, Source};

/// Most events that wait for a listener of [`Viewers::events`]; the oldest go first, and it is told how many.
const MAX_EVENTS: usize = 256;

/// Who looks at a topic now. Clones are the same, and so are all that [`Endpoint::viewers`](crate::Endpoint::viewers) gives for a
/// topic.
///
/// A topic is any text; it takes memory as long as somebody has a handle of it. Coming and going cost the same however many
/// there are, and nothing is kept of a viewer here.
///
/// In a cluster those on all nodes are counted. What happens on another node shows about a second later; who looked on one that is
/// killed is counted until it is known to be gone, 30 seconds by default
/// ([`PresenceOptions::down_after`](crate::presence::PresenceOptions::down_after)); who looks on one that cannot be reached is not counted
/// meanwhile.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use firecrest::Endpoint;
/// let endpoint = Endpoint::from_env()?;
/// let readers = endpoint.viewers("post:hello");
/// let reader = readers.enter();
/// assert_eq!(endpoint.viewers("post:hello").count(), 1);
/// drop(reader);
/// assert_eq!(readers.count(), 0);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Viewers(pub(super) Arc<Topic>);

/// A topic, forgotten by the registry with its last handle.
#[derive(Debug)]
pub(super) struct Topic {
    name: Arc<str>,
    registry: Arc<Registry>,
    /// How many look on this node. Locked while all are counted.
    here: Mutex<usize>,
    /// How many look. Events are sent while it is locked, so that they come in the order in which it changes.
    count: watch::Sender<usize>,
    /// Keeps it right when those on other nodes come and go.
    others: OnceLock<WatchedTotal>,
    /// Made for the first who listens.
    events: OnceLock<broadcast::Sender<ViewerEvent>>,
}

impl Viewers {
    /// The topic.
    pub fn topic(&self) -> &str {
        &self.0.name
    }

    /// How many look now, on all nodes: connections, not people (K007).
    pub fn count(&self) -> usize {
        *self.0.count.borrow()
    }

    /// How many look now on this node.
    pub fn local_count(&self) -> usize {
        *self.0.here()
    }

    /// Counts somebody until the [`Viewing`] is dropped, however the task that holds it ends.
    pub fn enter(&self) -> Viewing {
        Viewing::new(self.clone())
    }

    /// How many look, to wait for the newest number. It is closed with the last handle of the topic: keep this one, or use
    /// [`changes`](Source::changes), which keeps it itself.
    pub fn watch(&self) -> watch::Receiver<usize> {
        self.0.count.subscribe()
    }

    /// Who comes and who goes on this node from now on, in that order. Up to 256 events wait to be taken; if more come,
    /// [`ViewerEvent::Missed`] stands for the oldest.
    pub fn events(&self) -> impl Stream<Item = ViewerEvent> + Send + Unpin + use<> {
        let sender = self.0.events.get_or_init(|| broadcast::Sender::new(MAX_EVENTS));
        event::events(self.clone(), sender.subscribe())
    }

    pub(super) fn join(&self, id: ViewerId) {
        self.0.change(|here| here + 1, ViewerEvent::Joined(id));
    }

    pub(super) fn leave(&self, id: ViewerId) {
        self.0.change(|here| here - 1, ViewerEvent::Left(id));
    }
}

impl Source for Viewers {
    fn changes(&self) -> Changes {
        Changes::new(stream::unfold((self.clone(), self.watch()), async |(viewers, mut count)| {
            count.changed().await.ok()?;
            Some(((), (viewers, count)))
        }))
    }
}

impl fmt::Debug for Viewers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Viewers").field("topic", &self.topic()).field("count", &self.count()).finish()
    }
}

impl Topic {
    pub(super) fn new(name: Arc<str>, registry: Arc<Registry>) -> Arc<Self> {
        let topic = Arc::new(Topic {
            name,
            registry,
            here: Mutex::new(0),
            count: watch::Sender::new(0),
            others: OnceLock::new(),
            events: OnceLock::new(),
        });
        if let Some(nodes) = topic.registry.nodes() {
            let weak = Arc::downgrade(&topic);
            let recount = move || weak.upgrade().iter().for_each(|topic| topic.recount());
            topic.others.get_or_init(|| nodes.watch(&topic.name, recount));
            topic.recount();
        }
        topic
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    fn change(&self, change: impl FnOnce(usize) -> usize, event: ViewerEvent) {
        let mut here = self.here();
        *here = change(*here);
        let total = self.registry.nodes().map_or(*here, |nodes| nodes.set(&self.name, *here));
        self.count.send_modify(|count| {
            *count = total;
            self.tell(event);
        });
    }

    /// Somebody has come or gone on another node.
    fn recount(&self) {
        let here = self.here();
        let total = self.registry.nodes().map_or(*here, |nodes| nodes.total(&self.name).max(*here));
        self.count.send_if_modified(|count| std::mem::replace(count, total) != total);
    }

    fn tell(&self, event: ViewerEvent) {
        if let Some(events) = self.events.get() {
            // An error only says that nobody listens.
            let _ = events.send(event);
        }
    }

    fn here(&self) -> MutexGuard<'_, usize> {
        self.here.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Topic {
    fn drop(&mut self) {
        self.registry.remove(self);
    }
}
