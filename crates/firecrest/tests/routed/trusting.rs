//! What the broker can do to sessions: nothing but lose messages.

use std::sync::Arc;

use bytes::Bytes;
use firecrest::pubsub::cluster::{Cluster as _, Gap, Node, Receiver};
use serde_json::json;

use crate::broker::{Broker, through};
use crate::captured::Captured;
use crate::longpoll::client::{ok, settle};

/// A node that hears nothing.
struct Deaf;

impl Receiver for Deaf {
    fn connected(&self) {}

    fn receive(&self, _: Bytes) {}

    fn gap(&self, _: Gap) {}
}

#[tokio::test(start_paused = true)]
async fn the_token_of_a_session_does_not_travel_between_nodes_nor_into_the_log() {
    let log = Captured::start();
    let broker = Broker::new();
    let (home, away) = (broker.app("home"), broker.app("away"));
    let client = through(&home.open().await, &away);
    client.join("1", "room:a").await;
    let carried = broker.carried.lock().unwrap().clone();
    assert!(carried.len() > 4);
    let token = client.token.as_bytes();
    let signature = &token[token.len() - 30..];
    for (_, message) in carried {
        assert!(!message.windows(signature.len()).any(|part| part == signature));
    }
    assert!(!log.take().contains(&client.token));
}

/// Whoever repeats what was said makes nobody say it twice, and takes nothing.
#[tokio::test(start_paused = true)]
async fn what_is_repeated_has_no_effect() {
    let broker = Broker::new();
    let (home, away) = (broker.app("home"), broker.app("away"));
    let client = through(&home.open().await, &away);
    client.join("1", "room:a").await;
    client.say(json!(["1", "2", "room:a", "echo", { "a": 1 }])).await;
    client.expect([ok(json!("1"), json!("2"), "room:a", json!({ "a": 1 }))]).await;
    let stranger = broker.cluster.node();
    stranger.start(Node::new("stranger", 1), Arc::new(Deaf));
    let carried = std::mem::take(&mut *broker.carried.lock().unwrap());
    for _ in 0..3 {
        for (node, message) in &carried {
            stranger.direct(node, message.clone()).unwrap();
        }
        settle().await;
    }
    client.say(json!(["1", "3", "room:a", "ack", {}])).await;
    client.expect([ok(json!("1"), json!("3"), "room:a", json!({}))]).await;
    client.expect_nothing().await;
}

/// Garbage, and what was once good with a byte changed, somewhere.
#[tokio::test(start_paused = true)]
async fn garbage_from_the_broker_has_no_effect() {
    let broker = Broker::new();
    let (home, away) = (broker.app("home"), broker.app("away"));
    let client = through(&home.open().await, &away);
    client.join("1", "room:a").await;
    let stranger = broker.cluster.node();
    stranger.start(Node::new("stranger", 1), Arc::new(Deaf));
    let carried = std::mem::take(&mut *broker.carried.lock().unwrap());
    for (node, message) in &carried {
        for at in 0..message.len() {
            let mut bad = message.to_vec();
            bad[at] ^= 1 << (at % 8);
            stranger.direct(node, bad.into()).unwrap();
            stranger.direct(node, message.slice(..at)).unwrap();
        }
        settle().await;
    }
    client.say(json!(["1", "3", "room:a", "ack", {}])).await;
    client.expect([ok(json!("1"), json!("3"), "room:a", json!({}))]).await;
    assert_eq!(home.endpoint.connections(), 1);
}
