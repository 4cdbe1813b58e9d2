//! Being on a topic, and keeping one.

use std::sync::Arc;

use crate::cluster::Reached;
use crate::registry::{Registry, Topic};

/// A subscription; it ends when this is dropped.
#[must_use = "the subscription ends when this is dropped"]
pub struct Subscription {
    pub(crate) registry: Arc<Registry>,
    pub(crate) topic: Arc<Topic>,
    pub(crate) key: usize,
}

impl Subscription {
    /// The topic.
    pub fn topic(&self) -> &str {
        &self.topic.name
    }

    /// Whether broadcasts of other nodes arrive, or cannot; not yet, while the broker has not confirmed it.
    pub fn is_reached(&self) -> bool {
        self.topic.reached.as_ref().is_none_or(Reached::is_set)
    }
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subscription").field("topic", &self.topic()).finish_non_exhaustive()
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut entries = self.topic.entries();
        entries.slab.remove(self.key);
        self.registry.tidy(&self.topic, entries);
    }
}

/// Keeps a topic's broadcasts coming from other nodes, from before somebody subscribes until it is dropped.
#[must_use = "the topic is kept until this is dropped"]
pub struct Hold {
    pub(crate) registry: Arc<Registry>,
    pub(crate) topic: Arc<Topic>,
}

impl Hold {
    /// Ready when the other nodes' broadcasts arrive, or cannot because there is no connection.
    pub async fn reached(&self) {
        if let Some(reached) = &self.topic.reached {
            reached.wait().await;
        }
    }

    /// Whether the other nodes' broadcasts arrive, or cannot.
    pub fn is_reached(&self) -> bool {
        self.topic.reached.as_ref().is_none_or(Reached::is_set)
    }

    /// Another one of the same topic.
    pub fn again(&self) -> Hold {
        self.topic.entries().holds += 1;
        Hold { registry: Arc::clone(&self.registry), topic: Arc::clone(&self.topic) }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut entries = self.topic.entries();
        entries.holds -= 1;
        self.registry.tidy(&self.topic, entries);
    }
}

impl std::fmt::Debug for Hold {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hold").field("topic", &&*self.topic.name).finish_non_exhaustive()
    }
}
