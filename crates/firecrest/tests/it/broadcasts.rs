//! Broadcasts: who gets them, intercepted or not (spec §2.7, §3.11, §3.12).

use std::sync::{Arc, Mutex};

use firecrest::prelude::*;
use firecrest::pubsub::{Subscriber, SubscriberId};
use serde_json::Value;

use crate::fixture::Fixture;
use crate::support::{BOTH, Version, endpoint};

/// A subscriber that remembers.
#[derive(Default)]
struct Listener(Mutex<Vec<(String, String, Value)>>);

impl Listener {
    fn take(&self) -> Vec<(String, String, Value)> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl Subscriber for Listener {
    fn deliver(&self, broadcast: &Arc<Broadcast>) {
        let payload = broadcast.payload().parse().unwrap();
        self.0.lock().unwrap().push((broadcast.topic().into(), broadcast.event().into(), payload));
    }
}

#[test]
fn c025_the_endpoint_subscribes_and_broadcasts() {
    let endpoint = endpoint();
    let (listener, owner) = (Arc::new(Listener::default()), SubscriberId::unique());
    let subscription = endpoint.pubsub().subscribe("t", owner, listener.clone());
    let payload = json!({"a": 1});
    let delivered = vec![("t".to_owned(), "e".to_owned(), payload.clone())];
    let other = SubscriberId::unique();
    assert_eq!(endpoint.broadcast("t", "e", &payload).unwrap(), 1);
    assert_eq!(listener.take(), delivered);
    assert_eq!(endpoint.local_broadcast("t", "e", &payload).unwrap(), 1);
    assert_eq!(listener.take(), delivered);
    assert_eq!(endpoint.broadcast_from(other, "t", "e", &payload).unwrap(), 1);
    assert_eq!(listener.take(), delivered);
    assert_eq!(endpoint.local_broadcast_from(other, "t", "e", &payload).unwrap(), 1);
    assert_eq!(listener.take(), delivered);
    assert_eq!(endpoint.broadcast_from(owner, "t", "e", &payload).unwrap(), 0);
    assert_eq!(endpoint.local_broadcast_from(owner, "t", "e", &payload).unwrap(), 0);
    assert_eq!(endpoint.broadcast("other", "e", &payload).unwrap(), 0);
    drop(subscription);
    assert_eq!(endpoint.broadcast("t", "e", &payload).unwrap(), 0);
    assert_eq!(listener.take(), []);
}

/// Spec §2.6: the reference would reach a part of the subscribers and then crash the sender.
#[test]
fn s2_6_a_broadcast_that_is_no_object_reaches_nobody() {
    let endpoint = endpoint();
    let listener = Arc::new(Listener::default());
    let _subscription = endpoint.pubsub().subscribe("t", SubscriberId::unique(), listener.clone());
    let error = endpoint.broadcast("t", "e", &json!([1])).unwrap_err().to_string();
    assert!(error.contains("\"t\"") && error.contains("\"e\""), "{error}");
    let long = "x".repeat(256);
    assert!(endpoint.broadcast_binary(&long, "e", vec![1]).is_err());
    assert!(endpoint.broadcast_binary("t", &long, vec![1]).is_err());
    assert_eq!(listener.take(), []);
}

#[tokio::test]
async fn c074_c075_c076_c096_broadcast_reaches_all_and_broadcast_from_all_others() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut sender = server.connect_as(version).await;
        let mut other = server.connect().await;
        let mut elsewhere = server.connect().await;
        sender.join("1", "room:a").await;
        other.join("2", "room:a").await;
        elsewhere.join("3", "room:b").await;
        for event in ["broadcast", "local_broadcast"] {
            sender.send(json!(["1", "4", "room:a", event, {"x": event}])).await;
            sender.expect(json!([null, null, "room:a", "shouted", {"x": event}])).await;
            other.expect(json!([null, null, "room:a", "shouted", {"x": event}])).await;
        }
        for event in ["broadcast_from", "local_broadcast_from"] {
            sender.send(json!(["1", "5", "room:a", event, {"x": event}])).await;
            other.expect(json!([null, null, "room:a", "shouted", {"x": event}])).await;
            sender.expect_silence().await;
        }
        elsewhere.expect_silence().await;
    }
}

#[tokio::test]
async fn c102_c116_a_broadcast_goes_to_the_client_with_null_refs() {
    let server = Fixture::new().await;
    let (mut old, mut new) = (server.connect_as(Version::V1).await, server.connect().await);
    old.join("1", "room:a").await;
    new.join("1", "room:a").await;
    let payload = json!({"text": "ü", "list": [1, null]});
    assert_eq!(server.endpoint.broadcast("room:a", "news", &payload).unwrap(), 2);
    old.expect(json!([null, null, "room:a", "news", payload])).await;
    new.expect(json!([null, null, "room:a", "news", payload])).await;
}

#[tokio::test]
async fn s2_3_a_binary_broadcast_reaches_clients_that_can_be_told() {
    let server = Fixture::new().await;
    let (mut old, mut new) = (server.connect_as(Version::V1).await, server.connect().await);
    old.join("1", "room:a").await;
    new.join("1", "room:a").await;
    server.endpoint.broadcast_binary("room:a", "binb", vec![8]).unwrap();
    assert_eq!(new.next_binary().await, b"\x02\x06\x04room:abinb\x08");
    old.expect_silence().await;
}

/// A slow channel does not delay broadcasts (spec §2.7).
#[tokio::test]
async fn s2_7_a_broadcast_bypasses_a_busy_channel() {
    let server = Fixture::new().await;
    let mut client = server.connect().await;
    client.join("1", "room:a").await;
    client.send(json!(["1", "2", "room:a", "wait", {}])).await;
    client.expect_silence().await;
    server.endpoint.broadcast("room:a", "news", &json!({})).unwrap();
    client.expect(json!([null, null, "room:a", "news", {}])).await;
    server.probe.open_gate(1);
    client.expect_ok("1", "2", "room:a", json!({})).await;
}

#[tokio::test]
async fn c117_an_intercepted_broadcast_is_customised_and_carries_the_join_ref() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.join("1", "room:a").await;
        client.send(json!(["1", "2", "room:a", "transport", {}])).await;
        client.expect_ok("1", "2", "room:a", json!({"transport": "websocket"})).await;
        server.endpoint.broadcast("room:a", "intercepted", &json!({"n": 3})).unwrap();
        let seen = json!({"transport": "websocket", "was": {"n": 3}});
        client.expect(json!(["1", null, "room:a", "intercepted", seen])).await;
        client.expect_silence().await;
    }
}

#[tokio::test]
async fn c103_handle_out_may_stop_the_channel() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.join("1", "room:a").await;
        server.endpoint.broadcast("room:a", "last_words", &json!({})).unwrap();
        client.expect(json!(["1", "1", "room:a", "phx_close", {}])).await;
        server.probe.expect_ended("room:a", Reason::Normal).await;
        assert_eq!(server.endpoint.broadcast("room:a", "late", &json!({})).unwrap(), 0);
        client.expect_silence().await;
    }
}

#[tokio::test]
async fn c110_a_channel_hears_foreign_topics_and_passes_them_on_as_its_own() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.join("1", "room:a").await;
        for _ in 0..2 {
            client.send(json!(["1", "2", "room:a", "subscribe", {"topic": "news"}])).await;
        }
        client.send(json!(["1", "3", "room:a", "ack", {}])).await;
        client.expect_ok("1", "3", "room:a", json!({})).await;
        assert_eq!(server.endpoint.broadcast("news", "hot", &json!({"x": 1})).unwrap(), 1);
        let foreign = json!({"topic": "news", "event": "hot", "payload": {"x": 1}});
        client.expect(json!(["1", null, "room:a", "foreign", foreign])).await;
        client.send(json!(["1", "4", "room:a", "unsubscribe", {"topic": "news"}])).await;
        client.send(json!(["1", "5", "room:a", "ack", {}])).await;
        client.expect_ok("1", "5", "room:a", json!({})).await;
        assert_eq!(server.endpoint.broadcast("news", "hot", &json!({})).unwrap(), 0);
    }
}

/// Spec §3.11: a second subscription to the own topic delivers once straight to the client and once to the channel.
#[tokio::test]
async fn s3_11_a_second_subscription_to_the_own_topic_delivers_twice() {
    let server = Fixture::new().await;
    let mut client = server.connect().await;
    client.join("1", "room:a").await;
    client.send(json!(["1", "2", "room:a", "subscribe", {"topic": "room:a"}])).await;
    client.send(json!(["1", "3", "room:a", "ack", {}])).await;
    client.expect_ok("1", "3", "room:a", json!({})).await;
    server.endpoint.broadcast("room:a", "hot", &json!({})).unwrap();
    let foreign = json!({"topic": "room:a", "event": "hot", "payload": {}});
    client.expect(json!([null, null, "room:a", "hot", {}])).await;
    client.expect(json!(["1", null, "room:a", "foreign", foreign])).await;
}

/// The subscriptions of a channel end with it, whatever they are to.
#[tokio::test]
async fn subscriptions_end_with_the_channel() {
    let server = Fixture::new().await;
    let mut client = server.connect().await;
    client.join("1", "room:a").await;
    client.send(json!(["1", "2", "room:a", "subscribe", {"topic": "news"}])).await;
    client.send(json!(["1", "3", "room:a", "boom", {}])).await;
    client.expect(json!(["1", "1", "room:a", "phx_error", {"reason": "channel_crash"}])).await;
    assert_eq!(server.endpoint.pubsub().topics(), 0);
}
