//! A node under test, and what it has heard.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use firecrest_pubsub::cluster::{Cluster, Gap, Health, Node, Reached, Receiver, Refused};
use firecrest_redis::{RedisCluster, RedisClusterOptions};
use servers::{PATIENCE, until};
use tokio::time::timeout;

pub(crate) struct Member {
    pub(crate) cluster: RedisCluster,
    pub(crate) ear: Arc<Ear>,
}

#[derive(Default)]
pub(crate) struct Ear {
    heard: Mutex<Vec<Bytes>>,
    /// And how many messages had been heard before.
    gaps: Mutex<Vec<(Gap, usize)>>,
    /// What was told of the connections, ever: a gap, or that there are both.
    told: Mutex<Vec<Option<Gap>>>,
}

impl Receiver for Ear {
    fn receive(&self, message: Bytes) {
        self.heard.lock().unwrap().push(message);
    }

    fn connected(&self) {
        self.told.lock().unwrap().push(None);
    }

    fn gap(&self, gap: Gap) {
        self.told.lock().unwrap().push(Some(gap.clone()));
        let heard = self.heard.lock().unwrap().len();
        self.gaps.lock().unwrap().push((gap, heard));
    }
}

/// Options with which tests do not take long.
pub(crate) fn hasty() -> RedisClusterOptions {
    let mut options = RedisClusterOptions::default();
    options.timeout = Duration::from_secs(2);
    options.reconnect = Duration::from_millis(10)..=Duration::from_millis(100);
    options
}

impl Member {
    /// A node that has been started, and need not be connected.
    pub(crate) fn start(name: &str, url: &str, options: RedisClusterOptions) -> Member {
        Member::begin(RedisCluster::with_options(url, options).unwrap(), name)
    }

    /// A node of this name.
    pub(crate) fn begin(cluster: RedisCluster, name: &str) -> Member {
        static LIFE: AtomicU64 = AtomicU64::new(1);
        let ear = Arc::new(Ear::default());
        let life = LIFE.fetch_add(1, Ordering::Relaxed);
        cluster.start(Node::new(name, life.into()), Arc::clone(&ear) as _);
        Member { cluster, ear }
    }

    /// A node that is connected.
    pub(crate) async fn connect(name: &str, url: &str) -> Member {
        let member = Member::start(name, url, hasty());
        member.connected().await;
        member
    }

    /// A node that is connected, and would wait for an answer for longer than any test.
    pub(crate) async fn patient(name: &str, url: &str) -> Member {
        let mut options = hasty();
        options.timeout = 10 * PATIENCE;
        let member = Member::start(name, url, options);
        member.connected().await;
        member
    }

    pub(crate) async fn connected(&self) {
        until("it is connected", async || self.cluster.health().is_connected()).await;
    }

    pub(crate) async fn disconnected(&self) {
        until("it is disconnected", async || matches!(self.cluster.health(), Health::Disconnected { .. }))
            .await;
    }

    /// Waits until messages are refused because there is no connection.
    pub(crate) async fn offline(&self) {
        let refused = async || self.cluster.publish("nobody", Bytes::new()) == Err(Refused::Offline);
        until("messages are refused", refused).await;
    }

    /// Why there is no connection.
    pub(crate) fn error(&self) -> Option<String> {
        match self.cluster.health() {
            Health::Connecting { error, .. } => error.map(|error| error.to_string()),
            Health::Disconnected { error, .. } => Some(error.to_string()),
            _ => None,
        }
    }

    pub(crate) async fn subscribe(&self, subject: &str) {
        let reached = Reached::new();
        self.cluster.subscribe(subject, reached.clone());
        timeout(PATIENCE, reached.wait()).await.unwrap();
    }

    pub(crate) fn publish(&self, subject: &str, message: &str) {
        self.cluster.publish(subject, Bytes::copy_from_slice(message.as_bytes())).unwrap();
    }

    pub(crate) fn direct(&self, node: &str, message: &str) {
        self.cluster.direct(node, Bytes::copy_from_slice(message.as_bytes())).unwrap();
    }

    /// All that was heard until now, in order.
    pub(crate) fn heard(&self) -> Vec<Bytes> {
        self.ear.heard.lock().unwrap().clone()
    }

    /// Waits until exactly this was heard since the last time.
    pub(crate) async fn hears(&self, messages: &[&str]) {
        until("all is heard", async || self.ear.heard.lock().unwrap().len() >= messages.len()).await;
        assert_eq!(std::mem::take(&mut *self.ear.heard.lock().unwrap()), messages);
    }

    pub(crate) fn gaps(&self) -> Vec<Gap> {
        self.ear.gaps.lock().unwrap().iter().map(|(gap, _)| gap.clone()).collect()
    }

    /// What was told of the connections, ever: a gap, or that there are both.
    pub(crate) fn told(&self) -> Vec<Option<Gap>> {
        self.ear.told.lock().unwrap().clone()
    }

    /// Waits until exactly these gaps were told since the last time. Returns how many messages had been heard before the last.
    pub(crate) async fn knows_of(&self, gaps: &[Gap]) -> Option<usize> {
        until("the gaps are told", async || self.gaps().len() >= gaps.len()).await;
        assert_eq!(self.gaps(), gaps);
        self.ear.gaps.lock().unwrap().drain(..).next_back().map(|(_, heard)| heard)
    }
}
