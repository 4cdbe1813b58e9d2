//! Channels over long polling.

use firecrest::prelude::*;
use serde_json::{Value, json};

use super::client::{App, error, ok};
use crate::captured::Captured;
use crate::support::BOTH;

#[tokio::test(start_paused = true)]
async fn c157_c158_join_reply_push_and_broadcast_in_order() {
    for version in BOTH {
        let app = App::new();
        let client = app.open_as(version, "").await;
        client.say(json!(["1", "2", "room:greeting", "phx_join", { "reply": { "hello": 1 } }])).await;
        let joined = ok(json!("1"), json!("2"), "room:greeting", json!({ "hello": 1 }));
        client.expect([joined, json!(["1", null, "room:greeting", "pushed", { "a": 1 }])]).await;
        app.endpoint.broadcast("room:greeting", "news", &json!({ "b": 2 })).unwrap();
        client.expect([json!([null, null, "room:greeting", "news", { "b": 2 }])]).await;
        client.expect_nothing().await;
    }
}

#[tokio::test(start_paused = true)]
async fn c160_the_101st_join_is_refused() {
    let client = App::new().open().await;
    let join =
        |n: usize| json!([n.to_string(), n.to_string(), format!("room:{n}"), "phx_join", {}]).to_string();
    assert_eq!(client.post_lines(&(0..100).map(join).collect::<Vec<_>>()).await, 200);
    let replies = client.receive(100).await;
    assert!(replies.iter().all(|reply| reply[4]["status"] == "ok"), "{replies:?}");
    assert_eq!(client.post_lines(&[join(100)]).await, 200);
    client.expect([error(json!("100"), json!("100"), "room:100", "too many channels joined")]).await;
}

#[tokio::test(start_paused = true)]
async fn c162_an_event_is_handled_and_an_intercepted_broadcast_customised() {
    for version in BOTH {
        let app = App::new();
        let client = app.open_as(version, "").await;
        client.join("1", "room:a").await;
        client.say(json!(["1", "2", "room:a", "broadcast", { "body": "hi" }])).await;
        client.expect([json!([null, null, "room:a", "shouted", { "body": "hi" }])]).await;
        app.endpoint.broadcast("room:a", "intercepted", &json!({ "body": "hi" })).unwrap();
        let customised = json!({ "transport": "longpoll", "was": { "body": "hi" } });
        client.expect([json!(["1", null, "room:a", "intercepted", customised])]).await;
    }
}

#[tokio::test(start_paused = true)]
async fn c163_an_event_on_an_unjoined_topic() {
    for version in BOTH {
        let app = App::new();
        let (client, other) = (app.open_as(version, "").await, app.open_as(version, "").await);
        other.join("1", "room:a").await;
        client.say(json!(["1", "2", "room:a", "broadcast", {}])).await;
        client.expect([error(Value::Null, json!("2"), "room:a", "unmatched topic")]).await;
        other.expect_nothing().await;
    }
}

#[tokio::test(start_paused = true)]
async fn c164_a_null_join_ref_is_accepted() {
    let client = App::new().open().await;
    client.join("1", "room:a").await;
    client.say(json!([null, "2", "room:a", "ack", {}])).await;
    client.expect([ok(json!("1"), json!("2"), "room:a", json!({}))]).await;
}

#[tokio::test(start_paused = true)]
async fn c172_join_parameters_are_filtered_in_the_log() {
    for version in BOTH {
        let log = Captured::start();
        let client = App::new().open_as(version, "password=hush").await;
        client
            .say(json!(["1", "1", "room:a", "phx_join", { "foo": "bar", "password": "shouldnotshow" }]))
            .await;
        client.expect([ok(json!("1"), json!("1"), "room:a", json!({}))]).await;
        let lines = log.take();
        assert!(lines.contains("[FILTERED]") && lines.contains("bar"), "{version:?}: {lines}");
        assert!(!lines.contains("shouldnotshow") && !lines.contains("hush"), "{version:?}: {lines}");
        assert!(!lines.contains(&client.token), "{lines}");
    }
}

#[tokio::test(start_paused = true)]
async fn c173_a_crash_yields_phx_error_with_the_join_ref() {
    for version in BOTH {
        let client = App::new().open_as(version, "").await;
        client.join("3", "room:a").await;
        client.join("4", "room:b").await;
        client.say(json!(["3", "5", "room:a", "boom", {}])).await;
        client.expect([json!(["3", "3", "room:a", "phx_error", { "reason": "channel_crash" }])]).await;
        client.say(json!(["4", "6", "room:b", "ack", {}])).await;
        client.expect([ok(json!("4"), json!("6"), "room:b", json!({}))]).await;
    }
}

#[tokio::test(start_paused = true)]
async fn c174_leaving_with_a_stale_and_a_null_join_ref() {
    for version in BOTH {
        let app = App::new();
        let client = app.open_as(version, "").await;
        client.join("1", "room:a").await;
        client.say(json!(["0", "2", "room:a", "phx_leave", {}])).await;
        client.say(json!(["1", "3", "room:a", "ack", {}])).await;
        client.expect([ok(json!("1"), json!("3"), "room:a", json!({}))]).await;
        client.say(json!([null, "4", "room:a", "phx_leave", {}])).await;
        let left = ok(json!("1"), json!("4"), "room:a", json!({}));
        client.expect([left, json!(["1", "1", "room:a", "phx_close", {}])]).await;
        app.probe.expect_ended("room:a", Reason::Left).await;
        client.expect_nothing().await;
    }
}

#[tokio::test(start_paused = true)]
async fn c179_a_synchronous_reply_is_returned_by_the_next_poll() {
    for version in BOTH {
        let client = App::new().open_as(version, "").await;
        client.join("1", "room:a").await;
        client.say(json!(["1", "2", "room:a", "transport", {}])).await;
        client.expect([ok(json!("1"), json!("2"), "room:a", json!({ "transport": "longpoll" }))]).await;
        client.say(json!([null, "3", "phoenix", "heartbeat", {}])).await;
        client.expect([ok(Value::Null, json!("3"), "phoenix", json!({}))]).await;
    }
}

/// A slow join does not hold the POST (spec appendix B 1): the session goes on meanwhile.
#[tokio::test(start_paused = true)]
async fn a_slow_join_holds_nothing() {
    let app = App::new();
    let client = app.open().await;
    client.say(json!(["1", "1", "room:slow", "phx_join", {}])).await;
    client.say(json!(["1", "2", "room:slow", "ack", {}])).await;
    client.join("3", "room:a").await;
    app.probe.open_gate(1);
    client.expect(["1", "2"].map(|reference| ok(json!("1"), json!(reference), "room:slow", json!({})))).await;
}
