//! What a broker that is away costs. On its own, since it looks at the memory of the whole process.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use std::sync::Arc;

use bytes::Bytes;
use firecrest_pubsub::cluster::{Cluster, Gap, Node, Reached, Receiver, Refused};
use firecrest_redis::{RedisCluster, RedisClusterOptions};
use servers::{PATIENCE, RedisServer, until};

const MANY: usize = 1_000_000;

/// Far less than a million of anything.
const LITTLE: usize = 16 << 20;

struct Deaf;

impl Receiver for Deaf {
    fn receive(&self, _: Bytes) {}

    fn connected(&self) {}

    fn gap(&self, _: Gap) {}
}

/// Bytes of memory that the process has.
fn memory() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

/// Comes and goes, and tries to speak.
fn million(cluster: &RedisCluster, refused: Refused) {
    for number in 0..MANY {
        let subject = format!("t:room:{number}");
        cluster.subscribe(&subject, Reached::new());
        cluster.unsubscribe(&subject);
        if number >= 1_000 {
            assert_eq!(cluster.publish(&subject, Bytes::from_static(&[0; 64])), Err(refused));
        } else {
            // Taken, until the queue is full.
            let _ = cluster.publish(&subject, Bytes::from_static(&[0; 64]));
        }
    }
}

#[tokio::test]
async fn a_million_subjects_that_come_and_go_while_the_broker_is_away_cost_nothing() {
    let mut server = RedisServer::start().await;
    let mut options = RedisClusterOptions::default();
    (options.queue_messages, options.timeout) = (1_000, PATIENCE);
    let cluster = RedisCluster::with_options(&server.url(), options).unwrap();
    cluster.start(Node::new("ann", 1), Arc::new(Deaf));
    until("it is connected", async || cluster.health().is_connected()).await;
    million_unsent(&server, &cluster).await;
    server.kill();
    let publish = || cluster.publish("t:room", Bytes::new());
    until("both connections are lost", async || publish() == Err(Refused::Offline)).await;
    until("it is disconnected", async || !cluster.health().is_connected()).await;
    let before = memory();
    million(&cluster, Refused::Offline);
    let after = memory();
    assert!(after < before + LITTLE, "without a connection: {before} to {after}");
    server.start_again().await;
    until("it is connected again", async || cluster.health().is_connected()).await;
    let channels = server.run(&["PUBSUB", "CHANNELS"]).await;
    assert!(channels.starts_with("*1\r\n"), "its own alone: {channels}");
}

/// The broker hangs with a subscription on its way, so that all others wait.
async fn million_unsent(server: &RedisServer, cluster: &RedisCluster) {
    server.pause();
    let reached = Reached::new();
    cluster.subscribe("first", reached.clone());
    tokio::task::yield_now().await;
    let before = memory();
    million(cluster, Refused::Full);
    let after = memory();
    assert!(after < before + LITTLE, "with a broker that hangs: {before} to {after}");
    assert!(!reached.is_set());
    cluster.unsubscribe("first");
    server.resume();
    until("the broker has forgotten it", async || {
        server.run(&["PUBSUB", "CHANNELS"]).await.starts_with("*1\r\n")
    })
    .await;
}
