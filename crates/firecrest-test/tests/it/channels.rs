//! Channels: joining, pushes, replies, broadcasts.

use std::time::Duration;

use firecrest::prelude::*;
use firecrest_test::{Refusal, advance};

use crate::fixture::{ann, binary, room};

#[tokio::test(start_paused = true)]
async fn c084_a_join_returns_the_channel_and_its_reply() {
    let (room, reply) = ann().await.join_with_reply("room:1", json!({ "key": [1, null] })).await.unwrap();
    assert_eq!((room.topic(), reply), ("room:1", json!({ "key": [1, null] })));
}

#[tokio::test(start_paused = true)]
async fn c086_a_refused_join_returns_the_payload() {
    let refusal = ann().await.join("room:closed", ()).await.unwrap_err();
    assert_eq!(refusal, Refusal(json!({ "reason": "closed" })));
    assert_eq!(refusal.to_string(), r#"the join was refused with {"reason":"closed"}"#);
}

#[tokio::test(start_paused = true)]
async fn c087_a_join_that_crashes_is_refused() {
    let refusal = ann().await.join("room:broken", ()).await.unwrap_err();
    assert_eq!(refusal, Refusal(json!({ "reason": "join crashed" })));
}

#[tokio::test(start_paused = true)]
async fn a_slow_join_is_awaited_within_the_time_given() {
    let client = ann().await.within(Duration::from_secs(2));
    client.join("late", ()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn c088_a_channel_may_push_without_a_reply() {
    let (_client, room) = room().await;
    let pushed = room.push("push", json!({ "a": 1 })).await;
    room.expect_push("pushed", json!({ "a": 1 })).await;
    pushed.refute_reply().await;
    room.refute_push().await;
}

#[tokio::test(start_paused = true)]
async fn c089_a_reply_has_a_status_and_perhaps_a_payload() {
    let (_client, room) = room().await;
    room.push("status", json!("ok")).await.expect_ok(()).await;
    room.push("echo", json!({ "a": 1 })).await.expect_ok(json!({ "a": 1 })).await;
    room.push("status", json!("teapot")).await.expect_reply("teapot", ()).await;
    assert_eq!(room.push("echo", json!(42)).await.reply().await, ("ok".to_owned(), json!(42)));
}

#[tokio::test(start_paused = true)]
async fn c091_deferred_replies_belong_to_their_message() {
    let (_client, room) = room().await;
    let (early, late) = {
        let early = room.push("later", ()).await;
        advance(Duration::from_millis(500)).await;
        (early, room.push("later", ()).await)
    };
    early.refute_reply().await;
    advance(Duration::from_millis(500)).await;
    early.expect_ok(json!({ "number": "first" })).await;
    late.refute_reply().await;

    advance(Duration::from_secs(2)).await;
    late.expect_ok(json!({ "number": "first" })).await;
    late.expect_ok(json!({ "number": "second" })).await;
    early.expect_ok(json!({ "number": "second" })).await;
}

#[tokio::test(start_paused = true)]
async fn pushes_come_in_order_and_may_be_picked_by_event() {
    let (client, room) = room().await;
    for number in 1..=3 {
        let _ = room.push("push", json!({ "number": number })).await;
    }
    client.endpoint().broadcast("room:1", "news", &json!({ "number": 4 })).unwrap();

    assert_eq!(room.next("news").await, json!({ "number": 4 }));
    for number in 1..=3 {
        room.expect_push("pushed", json!({ "number": number })).await;
    }
    room.refute_push().await;
}

#[tokio::test(start_paused = true)]
async fn c100_what_is_pushed_may_be_any_serializable_value() {
    #[derive(serde::Serialize)]
    struct Word {
        text: &'static str,
    }
    let (_client, room) = room().await;
    room.push("echo", Word { text: "x" }).await.expect_ok(Word { text: "x" }).await;
}

/// C147: a binary event has a binary reply with the same refs, a binary push arrives.
#[tokio::test(start_paused = true)]
async fn c147_payloads_may_be_binary() {
    let (client, room) = room().await;
    let echoed = room.push_payload("echo", binary(&[1, 2, 3])).await.reply_payload().await;
    assert_eq!(echoed, ("ok".to_owned(), binary(&[1, 2, 3])));

    let _ = room.push_payload("push", binary(&[9])).await;
    assert_eq!(room.next_payload("pushed").await, binary(&[9]));

    client.endpoint().broadcast_binary("room:1", "image", vec![0, 255]).unwrap();
    assert_eq!(room.next_payload("image").await, binary(&[0, 255]));
}

#[tokio::test(start_paused = true)]
async fn c110_a_broadcast_on_a_foreign_topic_reaches_the_channel_and_not_the_client() {
    let (client, room) = room().await;
    client.endpoint().broadcast("elsewhere", "any", &json!({ "a": 1 })).unwrap();
    room.expect_push("heard_elsewhere", json!({ "a": 1 })).await;
    room.refute_push().await;
}

#[tokio::test(start_paused = true)]
async fn channels_of_one_client_are_told_apart() {
    let (client, one) = room().await;
    let two = client.join("room:2", ()).await.unwrap();
    let _ = two.push("push", json!({})).await;
    two.expect_push("pushed", json!({})).await;
    one.refute_push().await;
}

/// C140: the instance that is replaced ends, the new one hears what comes from now on.
#[tokio::test(start_paused = true)]
async fn c140_a_second_join_replaces_the_first() {
    let (client, old) = room().await;
    let new = client.join("room:1", ()).await.unwrap();
    old.expect_close().await;
    let _ = new.push("push", json!({})).await;
    new.expect_push("pushed", json!({})).await;
    old.refute_push().await;
}
