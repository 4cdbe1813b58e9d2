//! A node under test.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use firecrest_nats::{NatsCluster, NatsClusterOptions};
use firecrest_pubsub::cluster::{Cluster, Gap, Health, Node, Reached, Receiver, Refused};
use servers::until;

/// What a node has heard.
#[derive(Default)]
pub(crate) struct Ear {
    messages: Mutex<Vec<Bytes>>,
    told: Mutex<Vec<Told>>,
}

/// What a node was told, beside messages.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Told {
    Connected,
    Gap(Gap),
}

impl Receiver for Ear {
    fn receive(&self, message: Bytes) {
        self.messages.lock().unwrap().push(message);
    }

    fn connected(&self) {
        self.told.lock().unwrap().push(Told::Connected);
    }

    fn gap(&self, gap: Gap) {
        self.told.lock().unwrap().push(Told::Gap(gap));
    }
}

/// A node under test, and what it has heard.
pub(crate) struct Member {
    pub(crate) cluster: NatsCluster,
    pub(crate) ear: Arc<Ear>,
}

/// A node with a life of its own.
pub(crate) fn node(name: &str) -> Node {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    Node::new(name, NEXT.fetch_add(1, Ordering::Relaxed).into())
}

/// Options that give up quickly, for tests of trouble.
pub(crate) fn quick() -> NatsClusterOptions {
    let mut options = NatsClusterOptions::default();
    options.timeout = Duration::from_secs(1);
    options.reconnect = Duration::from_millis(20)..=Duration::from_millis(200);
    options
}

impl Member {
    /// Begins to connect.
    pub(crate) fn begin(name: &str, url: &str, options: &NatsClusterOptions) -> Self {
        let cluster = NatsCluster::with_options(url, options.clone()).unwrap();
        let ear = Arc::new(Ear::default());
        cluster.start(node(name), Arc::clone(&ear) as _);
        Member { cluster, ear }
    }

    pub(crate) async fn start_with(name: &str, url: &str, options: &NatsClusterOptions) -> Self {
        let member = Self::begin(name, url, options);
        member.connected().await;
        member
    }

    pub(crate) async fn start(name: &str, url: &str) -> Self {
        Self::start_with(name, url, &NatsClusterOptions::default()).await
    }

    pub(crate) async fn connected(&self) {
        until("it is connected", async || self.cluster.health().is_connected()).await;
        until("that is told", async || self.told().contains(&Told::Connected)).await;
    }

    /// Why there is no connection, once that is known.
    pub(crate) async fn trouble(&self) -> String {
        let mut found = None;
        until("an attempt has failed", async || {
            found = match self.cluster.health() {
                Health::Connecting { error, .. } => error,
                Health::Disconnected { error, .. } => Some(error),
                _ => None,
            };
            found.is_some()
        })
        .await;
        found.unwrap().to_string()
    }

    pub(crate) async fn subscribe(&self, subject: &str) {
        let reached = Reached::new();
        self.cluster.subscribe(subject, reached.clone());
        until("it is subscribed", async || reached.is_set()).await;
    }

    pub(crate) fn publish(&self, subject: &str, message: &str) {
        self.cluster.publish(subject, Bytes::copy_from_slice(message.as_bytes())).unwrap();
    }

    /// Publishes, as often as there is no room.
    pub(crate) async fn insist(&self, subject: &str, message: Bytes) -> usize {
        let mut refused = 0;
        while let Err(error) = self.cluster.publish(subject, message.clone()) {
            assert_eq!(error, Refused::Full);
            refused += 1;
            tokio::task::yield_now().await;
        }
        refused
    }

    pub(crate) fn heard(&self) -> Vec<String> {
        let messages = self.ear.messages.lock().unwrap();
        messages.iter().map(|message| message.escape_ascii().to_string()).collect()
    }

    pub(crate) fn count(&self) -> usize {
        self.ear.messages.lock().unwrap().len()
    }

    /// Waits until it has heard so many messages, and forgets them.
    pub(crate) async fn hear(&self, count: usize) -> Vec<String> {
        until("messages arrive", async || self.count() >= count).await;
        let heard = self.heard();
        self.ear.messages.lock().unwrap().clear();
        heard
    }

    pub(crate) fn told(&self) -> Vec<Told> {
        self.ear.told.lock().unwrap().clone()
    }

    pub(crate) fn gaps(&self) -> Vec<Gap> {
        let gap = |told| match told {
            Told::Connected => None,
            Told::Gap(gap) => Some(gap),
        };
        self.told().into_iter().filter_map(gap).collect()
    }

    pub(crate) async fn gap(&self, count: usize) -> Vec<Gap> {
        until("gaps are told", async || self.gaps().len() >= count).await;
        self.gaps()
    }
}
