//! What one does with topics.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::cluster::{Cluster, Gap, Health, Node, Reached, Receiver as _, Refused};
use crate::ear::Ear;
use crate::link::Link;
use crate::registry::{Entry, Registry};
use crate::{Broadcast, Hold, Service, Subscription, TooLarge};

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
        PubSub { registry: Arc::new(Registry::new(around, link)) }
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
        self.registry
            .subscribed(broadcast.topic())
            .map_or(0, |topic| self.registry.hand_out(&topic, broadcast, except))
    }

    /// Hands a broadcast to every subscriber of `to` on this node, whatever its own topic is; as
    /// [`local_broadcast`](Self::local_broadcast) does otherwise.
    pub fn local_publish(&self, to: &str, broadcast: Broadcast, except: Option<SubscriberId>) -> usize {
        self.registry.subscribed(to).map_or(0, |topic| self.registry.hand_out(&topic, broadcast, except))
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
        self.registry.subscribed(topic).map_or(0, |topic| topic.entries().slab.len())
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

    /// How many topics have subscribers.
    pub fn topics(&self) -> usize {
        self.registry.topics()
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

#[cfg(test)]
#[cfg(firecrest_loom)]
mod models;
