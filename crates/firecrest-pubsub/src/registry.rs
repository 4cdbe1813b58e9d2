//! The registry of topics.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, PoisonError};

use firecrest_wire::Text;
use slab::Slab;

use crate::cluster::Reached;
use crate::link::{Link, Local};
use crate::pubsub::Around;
use crate::sync::{Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard};
use crate::{Broadcast, Subscriber, SubscriberId};

/// Parts of the registry with a lock each; a power of two. Models make a registry for every interleaving, of one topic.
const SHARDS: usize = if cfg!(firecrest_loom) { 2 } else { 64 };

/// All topics of a node that have subscribers, and the way to the other nodes.
pub(crate) struct Registry {
    hasher: RandomState,
    around: Around,
    shards: Box<[Shard]>,
    /// The other nodes, if there can be any.
    pub(crate) link: Option<Link>,
}

/// Topics that have subscribers.
pub(crate) type Shard = RwLock<HashMap<Text, Arc<Topic>>>;

pub(crate) struct Topic {
    pub(crate) name: Text,
    /// Slots that never move, so that a subscription knows where it is, and coming and going cost the same however many
    /// there are.
    entries: Mutex<Entries>,
    /// Whether the other nodes' broadcasts arrive; nothing when there are no other nodes.
    pub(crate) reached: Option<Reached>,
}

#[derive(Default)]
pub(crate) struct Entries {
    pub(crate) slab: Slab<Entry>,
    /// How many keep the topic without subscribing to it.
    pub(crate) holds: usize,
    /// Whether the topic has been taken out of the registry, because it was empty. Nobody may subscribe to it any more.
    pub(crate) removed: bool,
}

/// One subscription.
pub(crate) struct Entry {
    /// Whose it is: `broadcast` can leave out the sender's own.
    pub(crate) owner: SubscriberId,
    pub(crate) subscriber: Arc<dyn Subscriber>,
}

impl Entries {
    fn is_empty(&self) -> bool {
        self.slab.is_empty() && self.holds == 0
    }
}

impl Topic {
    /// A panic of a subscriber leaves the entries themselves intact, so poison means nothing here.
    pub(crate) fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn deliver(&self, broadcast: &Arc<Broadcast>, except: Option<SubscriberId>) -> usize {
        let entries = self.entries();
        let receivers = entries.slab.iter().filter(|(_, entry)| Some(entry.owner) != except);
        receivers.map(|(_, entry)| entry.subscriber.deliver(broadcast)).count()
    }
}

impl Registry {
    pub(crate) fn new(around: Around, link: Option<Link>) -> Self {
        let shards = (0..SHARDS).map(|_| Shard::default()).collect();
        Registry { hasher: RandomState::new(), around, shards, link }
    }

    fn shard(&self, topic: &str) -> &Shard {
        // The cut keeps the low bits: SHARDS is a power of two.
        #[allow(clippy::cast_possible_truncation)]
        &self.shards[self.hasher.hash_one(topic) as usize % SHARDS]
    }

    /// A topic that has subscribers. The registry is not locked any more when the topic is waited for.
    pub(crate) fn subscribed(&self, topic: &str) -> Option<Arc<Topic>> {
        read(self.shard(topic)).get(topic).map(Arc::clone)
    }

    /// How many topics have subscribers.
    pub(crate) fn topics(&self) -> usize {
        self.shards.iter().map(|shard| read(shard).len()).sum()
    }

    /// The topic of this name, made if there is none.
    pub(crate) fn topic(&self, name: &str) -> Arc<Topic> {
        let shard = self.shard(name);
        if let Some(topic) = read(shard).get(name) {
            return Arc::clone(topic);
        }
        let name = Text::copied(name);
        // The shard stays locked while the other nodes' broadcasts are asked for, so that coming and going keep their order.
        let new = || {
            let reached = self.link_of(&name).map(|link| {
                let reached = Reached::new();
                link.subscribe(&name, reached.clone());
                reached
            });
            Arc::new(Topic { name: name.clone(), entries: Mutex::default(), reached })
        };
        Arc::clone(write(shard).entry(name.clone()).or_insert_with(new))
    }

    /// The other nodes, if there are any that the topic concerns.
    pub(crate) fn link_of(&self, topic: &str) -> Option<&Link> {
        self.link.as_ref().filter(|link| !(link.is_local)(topic))
    }

    pub(crate) fn hand_out(
        &self,
        topic: &Topic,
        broadcast: Broadcast,
        except: Option<SubscriberId>,
    ) -> usize {
        let (broadcast, mut reached) = (Arc::new(broadcast), 0);
        let receivers = topic.entries().slab.len();
        (self.around)(receivers, &mut || reached = topic.deliver(&broadcast, except));
        reached
    }

    /// Removes a topic that nobody keeps any more.
    pub(crate) fn tidy(&self, topic: &Topic, entries: MutexGuard<'_, Entries>) {
        let is_empty = entries.is_empty();
        drop(entries);
        if is_empty {
            self.remove_if_empty(topic);
        }
    }

    fn remove_if_empty(&self, topic: &Topic) {
        let mut topics = write(self.shard(&topic.name));
        let mut entries = topic.entries();
        // It may have been filled again, or removed already, since the lock on its entries was given up.
        if entries.is_empty() && !entries.removed {
            entries.removed = true;
            topics.remove(&*topic.name);
            if let Some(link) = self.link_of(&topic.name) {
                link.unsubscribe(&topic.name);
            }
        }
    }
}

impl Local for Registry {
    fn hand_out(&self, to: &str, broadcast: Broadcast) {
        if let Some(topic) = self.subscribed(to) {
            self.hand_out(&topic, broadcast, None);
        }
    }
}

fn read(shard: &Shard) -> RwLockReadGuard<'_, HashMap<Text, Arc<Topic>>> {
    shard.read().unwrap_or_else(PoisonError::into_inner)
}

fn write(shard: &Shard) -> RwLockWriteGuard<'_, HashMap<Text, Arc<Topic>>> {
    shard.write().unwrap_or_else(PoisonError::into_inner)
}
