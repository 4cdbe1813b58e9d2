//! The cluster.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use firecrest_pubsub::cluster::{Cluster, Health, Node, Reached, Receiver, Refused};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio_util::task::AbortOnDropHandle;

use crate::outbox::Message;
use crate::shared::Shared;
use crate::{ConfigError, NatsClusterOptions, link};

/// How long what waits may take to be sent at the end.
const GRACE: Duration = Duration::from_secs(2);

/// The other nodes, over NATS 2 or newer. It ends when it is dropped.
///
/// ```
/// use firecrest_nats::NatsCluster;
///
/// let cluster = NatsCluster::new("nats://token@10.0.0.7,nats://token@10.0.0.8")?;
/// # Ok::<(), firecrest_nats::ConfigError>(())
/// ```
///
/// It makes one connection, in the background, to any of the servers, and for as long as it takes: the server is asked whether it
/// lives, a connection that is lost is made anew, and the subscriptions with it. Health says how that goes.
///
/// # At the server
///
/// Broadcasts of a topic are published on `PREFIX.s.NAME`, messages to one node on `PREFIX.n.NAME`. A name is one word: `=` and
/// two digits stand for bytes that a subject cannot hold, and what is longer than 200 bytes ends with a digest. A node
/// subscribes to what its own clients listen to, and to its name; it does not hear itself. Each message begins with 25 bytes that say
/// on which of its connections a node has sent it: what a server reads late, from a connection that was given up, does not come
/// after what is newer. A server disconnects a node that reads too slowly; the node connects again then, and knows of the gap.
///
/// # What it does not do
///
/// It uses no JetStream, no queue groups and no headers, logs in with a user and password or a token only, and connects only to
/// the servers of its URL, not to others that these know of.
///
/// # Metrics
///
/// With the label `engine` as `nats`: `firecrest_cluster_queue_bytes`, what waits to be sent, and
/// `firecrest_cluster_connections_lost_total`.
pub struct NatsCluster {
    shared: Arc<Shared>,
    /// Keeps the connection, from the start to the end.
    task: Mutex<Option<AbortOnDropHandle<()>>>,
}

impl NatsCluster {
    /// A cluster on the server of this URL, `nats://[USER:PASSWORD@|TOKEN@]HOST[:PORT]`, or on several with commas between them;
    /// `tls://` if the connection must be encrypted, which it also is when a server wants it. A server that is encrypted must show
    /// a certificate for its host. Special characters in user, password and token are percent-encoded. Nothing is connected yet.
    ///
    /// # Errors
    /// When there is no such URL.
    pub fn new(url: &str) -> Result<Self, ConfigError> {
        Self::with_options(url, NatsClusterOptions::default())
    }

    /// As [`new`](Self::new), with all options.
    ///
    /// # Errors
    /// The same, and when an option cannot be.
    pub fn with_options(url: &str, options: NatsClusterOptions) -> Result<Self, ConfigError> {
        Ok(NatsCluster { shared: Arc::new(Shared::new(url, options)?), task: Mutex::default() })
    }

    fn send(&self, subject: Box<str>, payload: Bytes) -> Result<(), Refused> {
        let (len, max) = (payload.len(), self.max_message());
        if len > max {
            return Err(Refused::TooLarge { len, max });
        }
        if self.shared.outbox.push(Message { subject, payload })? {
            self.shared.work.notify_one();
        }
        Ok(())
    }
}

impl Cluster for NatsCluster {
    fn start(&self, node: Node, receiver: Arc<dyn Receiver>) {
        let mut task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
        if task.is_none() && !self.shared.ending.is_cancelled() {
            let work = link::run(Arc::clone(&self.shared), node, receiver);
            *task = Some(AbortOnDropHandle::new(tokio::spawn(work)));
        }
    }

    fn publish(&self, subject: &str, message: Bytes) -> Result<(), Refused> {
        self.send(self.shared.names.subject(subject), message)
    }

    fn direct(&self, node: &str, message: Bytes) -> Result<(), Refused> {
        self.send(self.shared.names.node(node), message)
    }

    fn subscribe(&self, subject: &str, reached: Reached) {
        self.shared.subscriptions().want(self.shared.names.subject(subject), reached);
        self.shared.work.notify_one();
    }

    fn unsubscribe(&self, subject: &str) {
        self.shared.subscriptions().unwant(&self.shared.names.subject(subject));
        self.shared.work.notify_one();
    }

    fn health(&self) -> Health {
        self.shared.status.health()
    }

    fn max_message(&self) -> usize {
        self.shared.max_message()
    }

    fn close(&self) -> BoxFuture<'static, ()> {
        self.shared.end();
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        async move {
            if let Some(task) = task {
                // What takes longer is aborted.
                let _ = tokio::time::timeout(GRACE, task).await;
            }
        }
        .boxed()
    }
}

impl fmt::Debug for NatsCluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NatsCluster")
            .field("servers", &self.shared.servers)
            .field("health", &self.health())
            .finish_non_exhaustive()
    }
}
