//! All who look.

use std::fmt;
use std::sync::{Arc, OnceLock};

use futures_util::{Stream, stream};
use tokio::sync::{broadcast, watch};

use super::{Registry, ViewerEvent, ViewerId, Viewing, event};
use crate::source::{Changes, Source};

/// Most events that wait for a listener of [`Viewers::events`]; the oldest go first, and it is told how many.
const MAX_EVENTS: usize = 256;

/// Who looks at a topic on this node now. Clones are the same, and so are all that
/// [`Endpoint::viewers`](crate::Endpoint::viewers) gives for a topic.
///
/// A topic is any text; it takes memory as long as somebody has a handle of it. Coming and going cost the same however many
/// there are, and nothing is kept of a viewer here.
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
    /// How many look. Events are sent while it is locked, so that they come in the order in which it changes.
    count: watch::Sender<usize>,
    /// Made for the first who listens.
    events: OnceLock<broadcast::Sender<ViewerEvent>>,
}

impl Viewers {
    /// The topic.
    pub fn topic(&self) -> &str {
        &self.0.name
    }

    /// How many look now: connections, not people (K007).
    pub fn count(&self) -> usize {
        *self.0.count.borrow()
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

    /// Who comes and who goes from now on, in that order. Up to 256 events wait to be taken; if more come,
    /// [`ViewerEvent::Missed`] stands for the oldest.
    pub fn events(&self) -> impl Stream<Item = ViewerEvent> + Send + Unpin + use<> {
        let sender = self.0.events.get_or_init(|| broadcast::Sender::new(MAX_EVENTS));
        event::events(self.clone(), sender.subscribe())
    }

    pub(super) fn join(&self, id: ViewerId) {
        self.0.count.send_modify(|count| {
            *count += 1;
            self.tell(ViewerEvent::Joined(id));
        });
    }

    pub(super) fn leave(&self, id: ViewerId) {
        self.0.count.send_modify(|count| {
            *count -= 1;
            self.tell(ViewerEvent::Left(id));
        });
    }

    fn tell(&self, event: ViewerEvent) {
        if let Some(events) = self.0.events.get() {
            // An error only says that nobody listens.
            let _ = events.send(event);
        }
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
    pub(super) fn new(name: Arc<str>, registry: Arc<Registry>) -> Self {
        Topic { name, registry, count: watch::Sender::new(0), events: OnceLock::new() }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Topic {
    fn drop(&mut self) {
        self.registry.remove(self);
    }
}
