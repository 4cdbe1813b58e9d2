//! The topics that somebody looks at or asks about.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, Weak};

use super::Viewers;
use super::nodes::Nodes;
use super::viewers::Topic;
use crate::presence;

/// The topics of a node. A topic is here as long as somebody has a handle of it.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    topics: RwLock<HashMap<Arc<str>, Weak<Topic>>>,
    nodes: Option<Nodes>,
}

impl Registry {
    /// For a node among others.
    pub(crate) fn with_others(presence: Arc<presence::Service>) -> Self {
        Registry { topics: RwLock::default(), nodes: Some(Nodes::new(presence)) }
    }

    /// The viewers of a topic: for everybody the same.
    pub(crate) fn viewers(self: &Arc<Self>, topic: &str) -> Viewers {
        let known = self.read().get(topic).and_then(Weak::upgrade);
        Viewers(known.unwrap_or_else(|| self.insert(topic)))
    }

    fn insert(self: &Arc<Self>, topic: &str) -> Arc<Topic> {
        let mut topics = self.write();
        if let Some(known) = topics.get(topic).and_then(Weak::upgrade) {
            return known;
        }
        let name: Arc<str> = topic.into();
        let new = Topic::new(Arc::clone(&name), Arc::clone(self));
        topics.insert(name, Arc::downgrade(&new));
        new
    }

    /// Forgets a topic that nobody has a handle of any more, unless another one has taken its place.
    pub(super) fn remove(&self, topic: &Topic) {
        let mut topics = self.write();
        if topics.get(topic.name()).is_some_and(|known| std::ptr::eq(known.as_ptr(), topic)) {
            topics.remove(topic.name());
        }
    }

    /// The other nodes, if there can be any.
    pub(super) fn nodes(&self) -> Option<&Nodes> {
        self.nodes.as_ref()
    }

    /// How many topics there are.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.read().len()
    }

    fn read(&self) -> RwLockReadGuard<'_, HashMap<Arc<str>, Weak<Topic>>> {
        self.topics.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<Arc<str>, Weak<Topic>>> {
        self.topics.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_forgotten_with_its_last_handle_and_viewer() {
        let registry = Arc::new(Registry::default());
        let viewers = registry.viewers("post:1");
        let (viewing, changes) = (viewers.enter(), crate::Source::changes(&viewers));
        drop(viewers);
        assert_eq!(registry.len(), 1);
        drop(viewing);
        assert_eq!(registry.len(), 1);
        drop(changes);
        assert_eq!(registry.len(), 0);
    }

    #[test]
    fn a_topic_that_goes_late_does_not_take_its_successor_along() {
        let registry = Arc::new(Registry::default());
        let name: Arc<str> = "post:1".into();
        let late = Topic::new(Arc::clone(&name), Arc::clone(&registry));
        let _viewing = registry.viewers(&name).enter();
        drop(late);
        assert_eq!(registry.viewers(&name).count(), 1);
    }
}
