//! The registry of topics.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};

use firecrest_wire::Text;
use slab::Slab;

use crate::Broadcast;
use crate::sync::{Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Parts of the registry with a lock each; a power of two. Models make a registry for every interleaving, of one topic.
const SHARDS: usize = if cfg!(firecrest_loom) { 2 } else { 64 };

/// Somebody who listens to topics.
pub trait Subscriber: Send + Sync + 'static {
    /// Takes a broadcast. It must neither block nor call back into [`PubSub`]: the topic is locked meanwhile.
    fn deliver(&self, broadcast: &Arc<Broadcast>);
}

/// Whose subscription it is. Unique within the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SubscriberId(u64);

impl SubscriberId {
    /// An id nobody else has.
    pub fn unique() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        SubscriberId(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// Topics and their subscribers on this node. Clones share them.
#[derive(Clone)]
pub struct PubSub {
    registry: Arc<Registry>,
}

/// What is done around handing a broadcast to a topic's subscribers, of which there are so many: it must call the function,
/// once, and may finish afterwards what they have begun. The topic is locked while the function runs, and not around it.
pub type Around = fn(receivers: usize, deliver: &mut dyn FnMut());

struct Registry {
    hasher: RandomState,
    around: Around,
    shards: Box<[Shard]>,
}

/// Topics that have subscribers.
type Shard = RwLock<HashMap<Text, Arc<Topic>>>;

struct Topic {
    name: Text,
    /// Slots that never move, so that a subscription knows where it is, and coming and going cost the same however many
    /// there are.
    entries: Mutex<Entries>,
}

#[derive(Default)]
struct Entries {
    slab: Slab<Entry>,
    /// Whether the topic has been taken out of the registry, because it was empty. Nobody may subscribe to it any more.
    removed: bool,
}

/// One subscription.
struct Entry {
    /// Whose it is: `broadcast` can leave out the sender's own.
    owner: SubscriberId,
    subscriber: Arc<dyn Subscriber>,
}

impl Topic {
    /// A panic of a subscriber leaves the entries themselves intact, so poison means nothing here.
    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn deliver(&self, broadcast: &Arc<Broadcast>, except: Option<SubscriberId>) -> usize {
        let entries = self.entries();
        let receivers = entries.slab.iter().filter(|(_, entry)| Some(entry.owner) != except);
        receivers.map(|(_, entry)| entry.subscriber.deliver(broadcast)).count()
    }
}

/// A subscription; it ends when this is dropped.
#[must_use = "the subscription ends when this is dropped"]
pub struct Subscription {
    registry: Arc<Registry>,
    topic: Arc<Topic>,
    key: usize,
}

impl Subscription {
    /// The topic.
    pub fn topic(&self) -> &str {
        &self.topic.name
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
        let empty = entries.slab.is_empty();
        drop(entries);
        if empty {
            self.registry.remove_if_empty(&self.topic);
        }
    }
}

impl PubSub {
    /// An empty registry.
    pub fn new() -> Self {
        Self::with_around(|_, deliver| deliver())
    }

    /// An empty registry whose deliveries all happen within `around`.
    pub fn with_around(around: Around) -> Self {
        let shards = (0..SHARDS).map(|_| Shard::default()).collect();
        PubSub { registry: Arc::new(Registry { hasher: RandomState::new(), around, shards }) }
    }

    /// Subscribes to a topic. Subscribing twice means receiving everything twice (spec §7.1).
    pub fn subscribe(
        &self,
        topic: &str,
        owner: SubscriberId,
        subscriber: Arc<dyn Subscriber>,
    ) -> Subscription {
        self.subscribe_after(topic, owner, subscriber, || ())
    }

    /// Subscribes, and calls `first` before any broadcast can reach the subscriber and after all that will not.
    ///
    /// It is how a join reply is made the first thing that a channel says. `first` runs while the topic is locked.
    pub fn subscribe_after(
        &self,
        topic: &str,
        owner: SubscriberId,
        subscriber: Arc<dyn Subscriber>,
        first: impl FnOnce(),
    ) -> Subscription {
        loop {
            let topic = self.registry.topic(topic);
            // The registry is not locked any more: a broadcast on this topic delays nobody on another.
            let mut entries = topic.entries();
            if !entries.removed {
                first();
                let key = entries.slab.insert(Entry { owner, subscriber });
                drop(entries);
                return Subscription { registry: Arc::clone(&self.registry), topic, key };
            }
        }
    }

    /// Hands a broadcast to every subscriber of its topic, `except` the subscriptions of one owner. Returns how many got
    /// it.
    pub fn broadcast(&self, broadcast: Broadcast, except: Option<SubscriberId>) -> usize {
        self.subscribed(broadcast.topic()).map_or(0, |topic| self.hand_out(&topic, broadcast, except))
    }

    /// Hands a broadcast to every subscriber of `to`, whatever its own topic is; as [`broadcast`](Self::broadcast) does
    /// otherwise.
    pub fn publish(&self, to: &str, broadcast: Broadcast, except: Option<SubscriberId>) -> usize {
        self.subscribed(to).map_or(0, |topic| self.hand_out(&topic, broadcast, except))
    }

    fn hand_out(&self, topic: &Topic, broadcast: Broadcast, except: Option<SubscriberId>) -> usize {
        let (broadcast, mut reached) = (Arc::new(broadcast), 0);
        let receivers = topic.entries().slab.len();
        (self.registry.around)(receivers, &mut || reached = topic.deliver(&broadcast, except));
        reached
    }

    /// How many subscriptions a topic has.
    pub fn subscribers(&self, topic: &str) -> usize {
        self.subscribed(topic).map_or(0, |topic| topic.entries().slab.len())
    }

    /// A topic that has subscribers. The registry is not locked any more when the topic is waited for.
    fn subscribed(&self, topic: &str) -> Option<Arc<Topic>> {
        read(self.registry.shard(topic)).get(topic).map(Arc::clone)
    }

    /// How many topics have subscribers.
    pub fn topics(&self) -> usize {
        self.registry.shards.iter().map(|shard| read(shard).len()).sum()
    }
}

impl Default for PubSub {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for PubSub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PubSub").field("topics", &self.topics()).finish()
    }
}

impl Registry {
    fn shard(&self, topic: &str) -> &Shard {
        // The cut keeps the low bits: SHARDS is a power of two.
        #[allow(clippy::cast_possible_truncation)]
        &self.shards[self.hasher.hash_one(topic) as usize % SHARDS]
    }

    /// The topic of this name, made if there is none.
    fn topic(&self, name: &str) -> Arc<Topic> {
        let shard = self.shard(name);
        if let Some(topic) = read(shard).get(name) {
            return Arc::clone(topic);
        }
        let name = Text::copied(name);
        let new = || Arc::new(Topic { name: name.clone(), entries: Mutex::default() });
        Arc::clone(write(shard).entry(name.clone()).or_insert_with(new))
    }

    fn remove_if_empty(&self, topic: &Topic) {
        let mut topics = write(self.shard(&topic.name));
        let mut entries = topic.entries();
        // It may have been filled again, or removed already, since the lock on its entries was given up.
        if entries.slab.is_empty() && !entries.removed {
            entries.removed = true;
            topics.remove(&*topic.name);
        }
    }
}

fn read(shard: &Shard) -> RwLockReadGuard<'_, HashMap<Text, Arc<Topic>>> {
    shard.read().unwrap_or_else(PoisonError::into_inner)
}

fn write(shard: &Shard) -> RwLockWriteGuard<'_, HashMap<Text, Arc<Topic>>> {
    shard.write().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[cfg(firecrest_loom)]
mod models;
