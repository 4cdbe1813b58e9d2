//! A way to the other nodes on which bytes are counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use firecrest::pubsub::cluster::{Cluster, Health, InProcessNode, Node, Reached, Receiver, Refused};
use futures_util::future::BoxFuture;

/// That of one node within this process.
#[derive(Debug)]
pub(crate) struct Metered {
    node: InProcessNode,
    sent: Arc<AtomicU64>,
}

impl Metered {
    /// Adds the bytes of messages, and of whom they are for, to `sent`.
    pub(crate) fn new(node: InProcessNode, sent: &Arc<AtomicU64>) -> Self {
        Metered { node, sent: Arc::clone(sent) }
    }

    fn count(&self, to: &str, message: &Bytes) {
        self.sent.fetch_add((to.len() + message.len()) as u64, Ordering::Relaxed);
    }
}

impl Cluster for Metered {
    fn start(&self, node: Node, receiver: Arc<dyn Receiver>) {
        self.node.start(node, receiver);
    }

    fn publish(&self, subject: &str, message: Bytes) -> Result<(), Refused> {
        self.count(subject, &message);
        self.node.publish(subject, message)
    }

    fn direct(&self, node: &str, message: Bytes) -> Result<(), Refused> {
        self.count(node, &message);
        self.node.direct(node, message)
    }

    fn subscribe(&self, subject: &str, reached: Reached) {
        self.node.subscribe(subject, reached);
    }

    fn unsubscribe(&self, subject: &str) {
        self.node.unsubscribe(subject);
    }

    fn health(&self) -> Health {
        self.node.health()
    }

    fn max_message(&self) -> usize {
        self.node.max_message()
    }

    fn close(&self) -> BoxFuture<'static, ()> {
        self.node.close()
    }
}
