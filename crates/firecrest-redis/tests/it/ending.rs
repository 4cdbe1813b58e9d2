//! Closing, and dropping.

use std::time::{Duration, Instant};

use bytes::Bytes;
use firecrest_pubsub::cluster::{Cluster, Health, Reached, Refused};
use servers::{RedisServer, until};

use crate::member::{Member, hasty};

/// How many clients the broker has, besides the one that asks.
async fn clients(server: &RedisServer) -> usize {
    server.run(&["CLIENT", "LIST"]).await.matches("id=").count() - 1
}

#[tokio::test]
async fn closing_sends_what_waits_and_ends_both_connections() {
    let server = RedisServer::start().await;
    let (ann, ben) =
        (Member::connect("ann", &server.url()).await, Member::connect("ben", &server.url()).await);
    ben.subscribe("subject").await;
    let messages: Vec<String> = (0..10_000).map(|number| number.to_string()).collect();
    for message in &messages {
        ann.publish("subject", message);
    }
    ann.cluster.close().await;
    assert!(matches!(ann.cluster.health(), Health::Closed));
    ben.hears(&messages.iter().map(String::as_str).collect::<Vec<_>>()).await;
    until("it has left", async || clients(&server).await == 2).await;
    assert_eq!(ann.cluster.publish("subject", Bytes::new()), Err(Refused::Offline));
    let reached = Reached::new();
    ann.cluster.subscribe("subject", reached.clone());
    assert!(reached.is_set());
    ann.cluster.close().await;
    assert_eq!(ann.gaps(), []);
}

#[tokio::test]
async fn closing_does_not_wait_for_a_broker_that_hangs() {
    let server = RedisServer::start().await;
    let mut options = hasty();
    options.timeout = servers::PATIENCE;
    let ann = Member::start("ann", &server.url(), options);
    ann.connected().await;
    server.pause();
    ann.publish("subject", "lost");
    let reached = Reached::new();
    ann.cluster.subscribe("subject", reached.clone());
    let began = Instant::now();
    ann.cluster.close().await;
    assert!((Duration::from_secs(2)..Duration::from_secs(4)).contains(&began.elapsed()));
    assert!(reached.is_set(), "nobody waits for a subscription that will not be");
}

#[tokio::test]
async fn dropping_ends_both_connections() {
    let server = RedisServer::start().await;
    let ann = Member::connect("ann", &server.url()).await;
    assert_eq!(clients(&server).await, 2);
    drop(ann);
    until("it has left", async || clients(&server).await == 0).await;
}
