//! A way to the other nodes that is long in coming, narrow, or both.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use firecrest::pubsub::PubSub;
use firecrest::pubsub::cluster::{
    Cluster, Health, InProcess, InProcessNode, Node, Reached, Receiver, Refused,
};
use futures_util::future::BoxFuture;
use tokio::sync::mpsc;
use tokio::time::sleep;

use crate::room::ms;

/// How the way is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Width {
    /// How long it takes to connect.
    pub(crate) connects: Duration,
    /// Most bytes that wait.
    pub(crate) queue: usize,
    /// How many bytes leave in a millisecond.
    pub(crate) rate: usize,
    /// Most bytes of a message.
    pub(crate) message: usize,
}

impl Default for Width {
    fn default() -> Self {
        Width { connects: Duration::ZERO, queue: usize::MAX, rate: usize::MAX, message: 8 * 1024 * 1024 }
    }
}

/// What became of what was to be sent.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) full: AtomicUsize,
    pub(crate) too_large: AtomicUsize,
    pub(crate) sent: AtomicUsize,
}

#[derive(Debug)]
pub(crate) struct Way {
    node: Arc<InProcessNode>,
    width: Width,
    waiting: Arc<AtomicUsize>,
    queue: mpsc::UnboundedSender<Sent>,
    queued: Mutex<Option<mpsc::UnboundedReceiver<Sent>>>,
    pub(crate) seen: Arc<Seen>,
}

/// To a subject, or to a node.
type Sent = (Result<String, String>, Bytes);

impl Way {
    pub(crate) fn new(cluster: &InProcess, width: Width) -> Self {
        let (queue, queued) = mpsc::unbounded_channel();
        let (waiting, seen) = (Arc::default(), Arc::default());
        Way { node: Arc::new(cluster.node()), width, waiting, queue, queued: Mutex::new(Some(queued)), seen }
    }

    fn put(&self, to: Result<&str, &str>, message: Bytes) -> Result<(), Refused> {
        let len = message.len();
        if !self.health().is_connected() {
            return Err(Refused::Offline);
        }
        if len > self.width.message {
            self.seen.too_large.fetch_add(1, Ordering::Relaxed);
            return Err(Refused::TooLarge { len, max: self.width.message });
        }
        if self.waiting.load(Ordering::Relaxed).saturating_add(len) > self.width.queue {
            self.seen.full.fetch_add(1, Ordering::Relaxed);
            return Err(Refused::Full);
        }
        self.waiting.fetch_add(len, Ordering::Relaxed);
        self.seen.sent.fetch_add(len, Ordering::Relaxed);
        let _ = self.queue.send((to.map(str::to_owned).map_err(str::to_owned), message));
        Ok(())
    }
}

impl Cluster for Way {
    fn start(&self, node: Node, receiver: Arc<dyn Receiver>) {
        let (inner, width, waiting) = (Arc::clone(&self.node), self.width, Arc::clone(&self.waiting));
        let mut queued = self.queued.lock().unwrap().take().unwrap();
        tokio::spawn(async move {
            sleep(width.connects).await;
            inner.start(node, receiver);
            let mut left = 0;
            while let Some((to, message)) = queued.recv().await {
                left += message.len();
                if left / width.rate > 0 {
                    sleep(ms((left / width.rate) as u64)).await;
                    left %= width.rate;
                }
                waiting.fetch_sub(message.len(), Ordering::Relaxed);
                let _ = match to {
                    Ok(subject) => inner.publish(&subject, message),
                    Err(node) => inner.direct(&node, message),
                };
            }
        });
    }

    fn publish(&self, subject: &str, message: Bytes) -> Result<(), Refused> {
        self.put(Ok(subject), message)
    }

    fn direct(&self, node: &str, message: Bytes) -> Result<(), Refused> {
        self.put(Err(node), message)
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
        self.width.message
    }

    fn close(&self) -> BoxFuture<'static, ()> {
        self.node.close()
    }
}

/// Somebody who says to other nodes what no node says.
pub(crate) fn stranger(cluster: &InProcess, name: &str) -> PubSub {
    let node = Node::new(name, 1);
    let pubsub = PubSub::with_cluster(|_, deliver| deliver(), node, Arc::new(cluster.node()), |_| false);
    pubsub.start();
    pubsub
}
