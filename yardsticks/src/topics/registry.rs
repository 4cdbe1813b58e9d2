//! What is measured: the registry of this workspace, and the least that any registry must do.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use firecrest_pubsub::{Broadcast, PubSub, Subscriber, SubscriberId, Subscription};

/// Topics and who hears them.
pub(crate) trait Registry: Default {
    /// Ends the subscription when it is dropped.
    type Subscription;

    fn subscribe(&self, topic: &str, owner: SubscriberId, to: Arc<dyn Subscriber>) -> Self::Subscription;

    /// How many were reached.
    fn broadcast(&self, broadcast: Broadcast) -> usize;
}

impl Registry for PubSub {
    type Subscription = Subscription;

    fn subscribe(&self, topic: &str, owner: SubscriberId, to: Arc<dyn Subscriber>) -> Subscription {
        self.subscribe(topic, owner, to)
    }

    fn broadcast(&self, broadcast: Broadcast) -> usize {
        self.local_broadcast(broadcast, None)
    }
}

/// A map of maps behind one lock: neither order of messages, nor exclusion of the sender, nor more than one core.
#[derive(Clone, Default)]
pub(crate) struct PlainMap(Arc<RwLock<Topics>>);

type Topics = HashMap<String, HashMap<SubscriberId, Arc<dyn Subscriber>>>;

/// A subscription of the plain map.
pub(crate) struct Plain {
    map: PlainMap,
    topic: String,
    owner: SubscriberId,
}

const UNPOISONED: &str = "nobody panics with the lock";

impl Registry for PlainMap {
    type Subscription = Plain;

    fn subscribe(&self, topic: &str, owner: SubscriberId, to: Arc<dyn Subscriber>) -> Plain {
        let mut topics = self.0.write().expect(UNPOISONED);
        topics.entry(topic.to_owned()).or_default().insert(owner, to);
        Plain { map: self.clone(), topic: topic.to_owned(), owner }
    }

    fn broadcast(&self, broadcast: Broadcast) -> usize {
        let broadcast = Arc::new(broadcast);
        let topics = self.0.read().expect(UNPOISONED);
        let subscribers = topics.get(broadcast.topic());
        subscribers.into_iter().flat_map(HashMap::values).map(|to| to.deliver(&broadcast)).count()
    }
}

impl Drop for Plain {
    fn drop(&mut self) {
        let mut topics = self.map.0.write().expect(UNPOISONED);
        if let Some(subscribers) = topics.get_mut(&self.topic) {
            subscribers.remove(&self.owner);
            if subscribers.is_empty() {
                topics.remove(&self.topic);
            }
        }
    }
}
