//! What a node calls.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use firecrest_pubsub::cluster::{Cluster, Health, Node, Reached, Receiver, Refused};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::broker::Broker;
use crate::former::Former;
use crate::interest::Interest;
use crate::names::{Name, Names};
use crate::pauses::Pauses;
use crate::queue::{Outgoing, Queue};
use crate::session::{Session, Shared};
use crate::status::{Side, Status};
use crate::{ConfigError, RedisClusterOptions, publisher, subscriber};

/// How long closing may take.
const CLOSING: Duration = Duration::from_secs(2);

/// A way to the other nodes through Redis 6 or newer, or through Valkey.
///
/// ```
/// use firecrest_redis::RedisCluster;
///
/// let cluster = RedisCluster::new("redis://shop:secret@10.0.0.7:6379")?;
/// # Ok::<(), firecrest_redis::ConfigError>(())
/// ```
///
/// It connects when it is started, twice: messages are published on one connection and heard on the other. When one of them is
/// lost, it is made again, all subscriptions with it, and the node is told which messages may have been lost: those to it
/// ([`Gap::In`](firecrest_pubsub::cluster::Gap::In)), or those from it ([`Gap::Out`](firecrest_pubsub::cluster::Gap::Out)). Dropping
/// it ends both connections.
///
/// # In the broker
///
/// A subject's channel is `PREFIX:s:SUBJECT`, a node's own is `PREFIX:n:NODE`, and on `PREFIX:0` nobody listens. Nothing is
/// stored. Redis Cluster works, with every message going to all its servers. A user with restricted rights needs
/// `resetchannels &PREFIX:* +publish +subscribe +unsubscribe +ping`, and should have `+client|info +client|kill`: with these, a
/// connection that was given up while the broker did not answer is ended in the broker too before another one publishes. Without,
/// messages that the broker had not read yet may come after newer ones then.
///
/// A broker disconnects a node that reads too slowly, by its `client-output-buffer-limit pubsub`; the node connects again then, and
/// knows of the gap.
///
/// # Metrics
///
/// With the label `engine` as `redis`: `firecrest_cluster_queue_bytes`, what waits to be sent or to be answered, and
/// `firecrest_cluster_connections_lost_total`.
pub struct RedisCluster {
    shared: Arc<Shared>,
    max_message: usize,
    /// Between attempts to connect.
    pauses: Pauses,
    /// They end with it.
    tasks: Mutex<JoinSet<()>>,
}

impl RedisCluster {
    /// One on the broker at `redis://[USER][:PASSWORD@]HOST[:PORT]`, or `redis+unix:///PATH[?user=USER&pass=PASSWORD]`. With the
    /// feature `tls`, `rediss://` is an encrypted connection to a broker that must show a certificate for its name; rustls' provider of
    /// cryptography is ring then, unless the process has chosen another. It does not connect yet.
    ///
    /// # Errors
    /// When the URL is none of these.
    pub fn new(url: &str) -> Result<Self, ConfigError> {
        Self::with_options(url, RedisClusterOptions::default())
    }

    /// As [`new`](Self::new), with all options.
    ///
    /// # Errors
    /// When the URL is none of these, or an option cannot be so.
    pub fn with_options(url: &str, options: RedisClusterOptions) -> Result<Self, ConfigError> {
        options.check()?;
        let shared = Shared {
            broker: Broker::new(url, &options)?,
            queue: Queue::new(&options),
            interest: Interest::default(),
            status: Status::new(),
            former: Former::default(),
            turn: Mutex::default(),
            names: Names::new(options.prefix),
        };
        let pauses = Pauses::new(options.reconnect, options.timeout);
        let max_message = options.max_message;
        Ok(RedisCluster { shared: Arc::new(shared), max_message, pauses, tasks: Mutex::default() })
    }

    fn tasks(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&self, channel: Name, message: Bytes) -> Result<(), Refused> {
        let (len, max) = (message.len(), self.max_message);
        if len > max {
            return Err(Refused::TooLarge { len, max });
        }
        self.shared.queue.push(Outgoing { channel, message })
    }
}

impl Cluster for RedisCluster {
    fn start(&self, node: Node, receiver: Arc<dyn Receiver>) {
        let own = self.shared.names.node(node.name());
        self.shared.interest.subscribe(own, None);
        let session = Session { shared: Arc::clone(&self.shared), receiver };
        let mut tasks = self.tasks();
        tasks.spawn(session.clone().keep(Side::Publisher, self.pauses.clone(), publisher::attempt));
        tasks.spawn(session.keep(Side::Subscriber, self.pauses.clone(), subscriber::attempt));
    }

    fn publish(&self, subject: &str, message: Bytes) -> Result<(), Refused> {
        self.send(self.shared.names.subject(subject), message)
    }

    fn direct(&self, node: &str, message: Bytes) -> Result<(), Refused> {
        self.send(self.shared.names.node(node), message)
    }

    fn subscribe(&self, subject: &str, reached: Reached) {
        self.shared.interest.subscribe(self.shared.names.subject(subject), Some(reached));
    }

    fn unsubscribe(&self, subject: &str) {
        self.shared.interest.unsubscribe(&self.shared.names.subject(subject));
    }

    fn health(&self) -> Health {
        self.shared.status.health()
    }

    fn max_message(&self) -> usize {
        self.max_message
    }

    fn close(&self) -> BoxFuture<'static, ()> {
        let shared = Arc::clone(&self.shared);
        shared.status.close();
        shared.queue.close();
        shared.interest.close();
        let mut tasks = std::mem::take(&mut *self.tasks());
        async move {
            // What is not sent by then is lost.
            let _ = timeout(CLOSING, shared.queue.drained()).await;
            tasks.shutdown().await;
            shared.queue.lose();
        }
        .boxed()
    }
}

impl fmt::Debug for RedisCluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shared { names, status, .. } = &*self.shared;
        f.debug_struct("RedisCluster")
            .field("prefix", &names.prefix())
            .field("health", &status.health())
            .finish_non_exhaustive()
    }
}
