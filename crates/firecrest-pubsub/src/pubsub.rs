//! The registry of topics.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, Weak};

use bytes::Bytes;
use firecrest_wire::Text;
use slab::Slab;

use crate::cluster::{Cluster, Gap, Health, Node, Reached, Receiver, Refused};
use crate::link::{Link, Local};
use crate::pace::Pace;
use crate::sync::{Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard};
use crate::{Broadcast, Service, TooLarge};

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

/// Topics and their subscribers on this node, and the way to those on the others. Clones share them.
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
    /// The other nodes, if there can be any.
    link: Option<Link>,
}

/// Topics that have subscribers.
type Shard = RwLock<HashMap<Text, Arc<Topic>>>;

struct Topic {
    name: Text,
    /// Slots that never move, so that a subscription knows where it is, and coming and going cost the same however many
    /// there are.
    entries: Mutex<Entries>,
    /// Whether the other nodes' broadcasts arrive; nothing when there are no other nodes.
    reached: Option<Reached>,
}

#[derive(Default)]
struct Entries {
    slab: Slab<Entry>,
    /// How many keep the topic without subscribing to it.
    holds: usize,
    /// Whether the topic has been taken out of the registry, because it was empty. Nobody may subscribe to it any more.
    removed: bool,
}

/// One subscription.
struct Entry {
    /// Whose it is: `broadcast` can leave out the sender's own.
    owner: SubscriberId,
    subscriber: Arc<dyn Subscriber>,
}

impl Entries {
    fn is_empty(&self) -> bool {
        self.slab.is_empty() && self.holds == 0
    }
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

impl Subscription {
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
    registry: Arc<Registry>,
    topic: Arc<Topic>,
}

impl Hold {
    /// Ready when the other nodes' broadcasts arrive, or cannot because there is no connection.
    pub async fn reached(&self) {
        if let Some(reached) = &self.topic.reached {
            reached.wait().await;
        }
    }
}

impl Hold {
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

impl PubSub {
    /// An empty registry.
    pub fn new() -> Self {
        Self::with_around(|_, deliver| deliver())
    }

    /// An empty registry whose deliveries all happen within `around`.
    pub fn with_around(around: Around) -> Self {
        Self::build(around, None)
    }

    /// An empty registry of one node among others; deliveries happen within `around`. Topics for which `is_local` holds concern this
    /// node only: the others are neither told of them nor asked. It connects when it is [started](Self::start).
    pub fn with_cluster(
        around: Around,
        node: Node,
        cluster: Arc<dyn Cluster>,
        is_local: fn(&str) -> bool,
    ) -> Self {
        Self::build(around, Some(Link::new(node, cluster, is_local)))
    }

    fn build(around: Around, link: Option<Link>) -> Self {
        let shards = (0..SHARDS).map(|_| Shard::default()).collect();
        PubSub { registry: Arc::new(Registry { hasher: RandomState::new(), around, shards, link }) }
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

    /// Hands a broadcast to every subscriber of its topic on this node, `except` the subscriptions of one owner. Returns how
    /// many got it.
    pub fn local_broadcast(&self, broadcast: Broadcast, except: Option<SubscriberId>) -> usize {
        self.subscribed(broadcast.topic())
            .map_or(0, |topic| self.registry.hand_out(&topic, broadcast, except))
    }

    /// Hands a broadcast to every subscriber of `to` on this node, whatever its own topic is; as
    /// [`local_broadcast`](Self::local_broadcast) does otherwise.
    pub fn local_publish(&self, to: &str, broadcast: Broadcast, except: Option<SubscriberId>) -> usize {
        self.subscribed(to).map_or(0, |topic| self.registry.hand_out(&topic, broadcast, except))
    }

    /// As [`local_broadcast`](Self::local_broadcast), and on all other nodes. What the cluster cannot take for now is lost there,
    /// counted and logged.
    ///
    /// # Errors
    /// When it is too large for the other nodes; nobody got it then.
    pub fn broadcast(&self, broadcast: Broadcast, except: Option<SubscriberId>) -> Result<usize, TooLarge> {
        if let Some(link) = self.registry.link_of(broadcast.topic()) {
            link.broadcast(broadcast.topic(), &broadcast)?;
        }
        Ok(self.local_broadcast(broadcast, except))
    }

    /// How many subscriptions a topic has.
    pub fn subscribers(&self, topic: &str) -> usize {
        self.subscribed(topic).map_or(0, |topic| topic.entries().slab.len())
    }

    /// Tells of a gap: broadcasts of other nodes may have been missed here.
    pub fn missed(&self) {
        Ear(Arc::downgrade(&self.registry)).gap(Gap::In);
    }

    /// Keeps a topic's broadcasts coming from other nodes until somebody has subscribed. Nothing when there are no other nodes,
    /// or when the topic does not concern them.
    pub fn hold(&self, topic: &str) -> Option<Hold> {
        self.registry.link_of(topic)?;
        loop {
            let topic = self.registry.topic(topic);
            let mut entries = topic.entries();
            if !entries.removed {
                entries.holds += 1;
                drop(entries);
                return Some(Hold { registry: Arc::clone(&self.registry), topic });
            }
        }
    }

    /// Connects to the other nodes, if there can be any, the first time that this is called. Needs a tokio runtime.
    pub fn start(&self) {
        if let Some(link) = &self.registry.link {
            link.start(Arc::new(Ear(Arc::downgrade(&self.registry))));
        }
    }

    /// Which node this is, and in which life; nothing when there are no others.
    pub fn node(&self) -> Option<&Node> {
        self.registry.link.as_ref().map(|link| &link.node)
    }

    /// How the connection to the other nodes is; nothing when there are none.
    pub fn health(&self) -> Option<Health> {
        self.registry.link.as_ref().map(|link| link.cluster.health())
    }

    /// Whenever messages between nodes may have been lost, from now on; nothing when there are no other nodes. Up to 64 wait to be
    /// taken, then the oldest go.
    pub fn gaps(&self) -> Option<tokio::sync::broadcast::Receiver<Gap>> {
        self.registry.link.as_ref().map(Link::gaps)
    }

    /// Gives what other nodes send to the service of this name, of at most 255 bytes, to `service`. Without other nodes nothing
    /// happens.
    ///
    /// # Panics
    /// When there is a service of this name already.
    pub fn serve(&self, name: &'static str, service: Arc<dyn Service>) -> Reached {
        match &self.registry.link {
            Some(link) => link.serve(name, service),
            None => Reached::already(),
        }
    }

    /// Sends a message to a service on all other nodes.
    ///
    /// # Errors
    /// When it will not be sent: without other nodes, or a connection to them, it is [`Refused::Offline`]. One that is sent may still be
    /// lost.
    pub fn send(&self, service: &'static str, message: &[u8]) -> Result<(), Refused> {
        self.registry.link.as_ref().ok_or(Refused::Offline)?.send(service, message)
    }

    /// Sends a message to a service on one other node.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn send_to(&self, node: &str, service: &'static str, message: &[u8]) -> Result<(), Refused> {
        self.registry.link.as_ref().ok_or(Refused::Offline)?.send_to(node, service, message)
    }

    /// Most bytes of a message to the service of this name: a larger one is lost. Nothing when there are no other nodes. It may change
    /// with the connection.
    pub fn max_message(&self, service: &str) -> Option<usize> {
        self.registry.link.as_ref().map(|link| link.max_message(service))
    }

    /// Sends what waits, for two seconds at most, and leaves the cluster.
    pub async fn close(&self) {
        if let Some(link) = &self.registry.link {
            link.cluster.close().await;
        }
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
    fn link_of(&self, topic: &str) -> Option<&Link> {
        self.link.as_ref().filter(|link| !(link.is_local)(topic))
    }

    fn hand_out(&self, topic: &Topic, broadcast: Broadcast, except: Option<SubscriberId>) -> usize {
        let (broadcast, mut reached) = (Arc::new(broadcast), 0);
        let receivers = topic.entries().slab.len();
        (self.around)(receivers, &mut || reached = topic.deliver(&broadcast, except));
        reached
    }

    /// Removes a topic that nobody keeps any more.
    fn tidy(&self, topic: &Topic, entries: MutexGuard<'_, Entries>) {
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
        let topic = read(self.shard(to)).get(to).map(Arc::clone);
        if let Some(topic) = topic {
            self.hand_out(&topic, broadcast, None);
        }
    }
}

/// What other nodes say to this one. It does not keep the registry.
struct Ear(Weak<Registry>);

impl Ear {
    /// A panic of whoever is told ends nothing but that: the engine's own task goes on.
    fn tell(&self, tell: impl FnOnce(&Registry, &Link)) {
        let Some(registry) = self.0.upgrade() else { return };
        let Some(link) = &registry.link else { return };
        if catch_unwind(AssertUnwindSafe(|| tell(&registry, link))).is_err() {
            metrics::counter!("firecrest_cluster_panics_total").increment(1);
            tracing::error!("a receiver of other nodes' messages panicked");
        }
    }
}

impl Receiver for Ear {
    fn receive(&self, message: Bytes) {
        let mut gap = None;
        self.tell(|registry, link| gap = link.receive(registry, message));
        if let Some(gap) = gap {
            self.gap(gap);
        }
    }

    fn connected(&self) {
        self.tell(|_, link| link.connected());
    }

    fn gap(&self, gap: Gap) {
        self.tell(|_, link| match link.pace(&gap) {
            Pace::Now => link.gap(gap),
            Pace::In(wait) => {
                let ear = Ear(Weak::clone(&self.0));
                tokio::spawn(async move {
                    tokio::time::sleep(wait).await;
                    ear.gap(gap);
                });
            }
            Pace::Waits => {}
        });
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
