//! The handle of an application.

use std::fmt;
use std::sync::Arc;

use futures_util::{Stream, stream};
use serde::Serialize;

use super::lane::Queue;
use super::listing::Shown;
use super::meta::Said;
use super::service::Service;
use super::{Listing, Mode, PresenceEvent, Present, TrackError, Tracked, event, fetch};
use crate::source::{Changes, Source};

/// Who is where, on all nodes: [`Endpoint::presence`](crate::Endpoint::presence). Clones are the same.
#[derive(Clone)]
pub struct Presence(pub(super) Arc<Service>);

impl Presence {
    pub(crate) fn new(service: &Arc<Service>) -> Self {
        Presence(Arc::clone(service))
    }

    /// Says that somebody is in a topic, until what is returned is dropped: on this node at once, on the others soon. Each call is a
    /// presence of its own, also under the same key.
    ///
    /// # Errors
    /// When `meta` is no JSON object, when something is too long, or there are too many.
    pub fn track(
        &self,
        topic: &str,
        key: impl fmt::Display,
        meta: &(impl Serialize + ?Sized),
    ) -> Result<Tracked, TrackError> {
        self.0.track(topic, &key.to_string(), &Said::new(meta)?)
    }

    /// Who is in a topic now (P063); nobody in one that is only [counted](Mode::Count).
    pub async fn list(&self, topic: &str) -> Listing {
        let rows = self.0.read(|replica| replica.list(topic).map(Shown::row).collect());
        self.fetched(topic, Listing::new(rows)).await
    }

    /// Those of one key in a topic; nothing when nobody is there under it (P064).
    pub async fn get_by_key(&self, topic: &str, key: impl fmt::Display) -> Option<Present> {
        let key = key.to_string();
        let rows = self.0.read(|replica| replica.get_by_key(topic, &key).map(Shown::row).collect());
        self.fetched(topic, Listing::new(rows)).await.into_iter().next()
    }

    /// How many are in a topic now, without counting them (P082).
    pub fn count(&self, topic: &str) -> Count {
        if self.0.options.mode_of(topic) == Mode::Count {
            let connections = self.0.counted(topic);
            return Count { keys: connections, connections };
        }
        let count = self.0.read(|replica| replica.count(topic));
        Count { keys: count.keys as u64, connections: count.connections as u64 }
    }

    /// What happens in a topic from now on, in order, as often as clients are told. Up to 32 diffs wait to be taken; if more come,
    /// [`PresenceEvent::Missed`] stands for the oldest. There is nothing to hear of one that is only [counted](Mode::Count).
    pub fn events(&self, topic: &str) -> impl Stream<Item = PresenceEvent> + Send + Unpin + use<> {
        event::events(self.in_lane(topic, Queue::listen))
    }

    /// A topic as a live value: it changes when somebody in it does, as often as clients are told. For
    /// [`SharedView`](crate::live::shared::SharedView)s and [`LiveView`](crate::LiveView)s that show a [list](Self::list) or a
    /// [count](Self::count).
    pub fn live(&self, topic: &str) -> LivePresence {
        LivePresence { presence: self.clone(), topic: topic.into() }
    }

    fn in_lane<T>(&self, topic: &str, ask: impl FnOnce(&mut Queue) -> T) -> T {
        loop {
            let lane = self.0.lane(topic);
            let mut queue = lane.lock();
            if !queue.is_removed {
                return ask(&mut queue);
            }
        }
    }

    async fn fetched(&self, topic: &str, listing: Listing) -> Listing {
        let Some(fetch) = self.0.options.fetch_of(topic) else { return listing };
        let mut members =
            fetch::ask(&**fetch, &topic.into(), listing.keys(), self.0.options.fetch_timeout).await;
        listing.with(&mut members)
    }
}

/// A topic's presences as a live value: [`Presence::live`].
#[derive(Clone, Debug)]
pub struct LivePresence {
    presence: Presence,
    topic: Arc<str>,
}

impl Source for LivePresence {
    fn changes(&self) -> Changes {
        let service = &self.presence.0;
        match service.options.mode_of(&self.topic) {
            Mode::Full => self.presence.in_lane(&self.topic, |queue| queue.changed.subscribe()).into(),
            Mode::Count => {
                let watching = service.watch_count(&self.topic);
                Changes::new(stream::unfold(watching, async |mut total| {
                    total.changed().await.ok()?;
                    Some(((), total))
                }))
            }
            Mode::Off => Changes::new(stream::pending()),
        }
    }
}

/// How many are in a topic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Different keys; in a topic that is only [counted](Mode::Count) as many as connections.
    pub keys: u64,
    /// Connections: a key with two of them counts twice.
    pub connections: u64,
}

impl fmt::Debug for Presence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Presence").field(&self.0).finish()
    }
}
