//! Whoever messages are handed to.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::link::Peer;
use super::origin::{Origin, Reach};
use super::queue::Queue;
use super::shelf::Shelf;

/// One who listens, to one pattern or several.
pub(super) struct Listener {
    /// Unique in the process; later ones have larger ones.
    pub(super) id: u64,
    pub(super) kind: Kind,
    /// Whether only what is sent on this node is heard.
    is_local: bool,
}

pub(super) enum Kind {
    /// Keeps the newest messages of a topic.
    Shelf(Arc<Shelf>),
    /// A feed or a consumer.
    Queue(Arc<Queue>),
    /// Counts, and wants nothing else.
    Count(Arc<AtomicU64>),
    /// A way to another system.
    Bridge(Way),
    /// Another node.
    Peer(Arc<Peer>),
}

/// A bridge's end of the hub.
pub(super) struct Way {
    pub(super) queue: Arc<Queue>,
    /// Whether it carries what other nodes send, and hands them what it brings.
    pub(super) serves_cluster: bool,
}

impl Listener {
    /// One who hears what all nodes send.
    pub(super) fn new(kind: Kind) -> Arc<Self> {
        Self::with(kind, false)
    }

    /// One who hears what this node sends.
    pub(super) fn local(kind: Kind) -> Arc<Self> {
        Self::with(kind, true)
    }

    fn with(kind: Kind, is_local: bool) -> Arc<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Arc::new(Listener { id: NEXT.fetch_add(1, Ordering::Relaxed), kind, is_local })
    }

    /// Whether the other nodes have to know of it.
    pub(super) fn is_told(&self) -> bool {
        match &self.kind {
            Kind::Peer(_) => false,
            Kind::Bridge(way) => way.serves_cluster,
            Kind::Shelf(_) | Kind::Queue(_) | Kind::Count(_) => !self.is_local,
        }
    }

    /// Whether messages leave this node here.
    pub(super) fn leads_out(&self) -> bool {
        matches!(self.kind, Kind::Bridge(_) | Kind::Peer(_))
    }

    /// Whether it hears what comes from there. Nothing goes back to where it came from, nor in a circle: what a node heard of
    /// another it tells no third, and a bridge never carries what a bridge has brought, whichever and on whichever node.
    pub(super) fn hears(&self, origin: &Origin) -> bool {
        match &self.kind {
            Kind::Shelf(_) | Kind::Queue(_) | Kind::Count(_) => origin.node.is_none() || !self.is_local,
            Kind::Peer(_) => origin.node.is_none() && origin.reach == Reach::Cluster,
            Kind::Bridge(way) => {
                (origin.node.is_none() || way.serves_cluster)
                    && origin.bridge.is_none()
                    && origin.reach == Reach::Cluster
            }
        }
    }
}
