//! What the program itself hears.

use firecrest::prelude::*;
use firecrest_test::TestTopic;

use crate::fixture::{endpoint, room};

#[tokio::test(start_paused = true)]
async fn c096_a_broadcast_of_a_channel_reaches_subscribers() {
    let (client, room) = room().await;
    let topic = TestTopic::subscribe(client.endpoint(), "room:1");
    let _ = room.push("shout", json!({ "body": "hi" })).await;
    topic.expect("shout", json!({ "body": "hi" })).await;
    topic.refute().await;
}

#[tokio::test(start_paused = true)]
async fn c025_a_topic_is_exactly_its_name() {
    let endpoint = endpoint();
    let topic = TestTopic::subscribe(&endpoint, "room:1");
    assert_eq!(endpoint.broadcast("room:10", "news", &json!({})).unwrap(), 0);
    topic.refute().await;
    assert_eq!(endpoint.broadcast("room:1", "news", &json!({ "number": 1 })).unwrap(), 1);
    topic.expect("news", json!({ "number": 1 })).await;
}

/// C074, and `broadcast_from` of spec §9: what the test broadcasts itself it need not hear.
#[tokio::test(start_paused = true)]
async fn c074_the_test_does_not_hear_itself() {
    let (client, room) = room().await;
    let topic = TestTopic::subscribe(client.endpoint(), "room:1");
    assert_eq!(topic.broadcast_from("news", json!({ "number": 1 })).unwrap(), 1);
    room.expect_push("news", json!({ "number": 1 })).await;
    topic.refute().await;
}

#[tokio::test(start_paused = true)]
async fn c066_only_objects_are_broadcast() {
    let topic = TestTopic::subscribe(&endpoint(), "room:1");
    assert!(topic.broadcast_from("news", 1).is_err());
}
