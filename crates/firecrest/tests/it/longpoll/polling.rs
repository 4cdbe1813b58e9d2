//! The GET that hangs (spec §4.5).

use std::time::Duration;

use firecrest::connection::OutboxLimits;
use serde_json::{Value, json};
use tokio::time::{Instant, advance};

use super::client::{App, ok};
use crate::support::{BOTH, Version};

const WINDOW: Duration = Duration::from_secs(10);

fn pushed(payload: &Value) -> Value {
    json!([null, null, "room:a", "news", payload])
}

/// The official client gives up after 20 s, so the window is well below.
#[tokio::test(start_paused = true)]
async fn c159_a_poll_without_messages_answers_204_after_the_window() {
    let client = App::new().open().await;
    let started = Instant::now();
    client.expect_nothing().await;
    assert_eq!(started.elapsed(), WINDOW);
    let short = App::mounted(|mount| mount.window(Duration::from_millis(700))).open().await;
    let started = Instant::now();
    short.expect_nothing().await;
    assert_eq!(started.elapsed(), Duration::from_millis(700));
}

#[tokio::test(start_paused = true)]
async fn what_waits_is_answered_at_once_and_in_order() {
    for version in BOTH {
        let app = App::new();
        let client = app.open_as(version, "").await;
        client.join("1", "room:a").await;
        for n in 0..3 {
            app.endpoint.broadcast("room:a", "news", &json!({ "n": n })).unwrap();
        }
        let started = Instant::now();
        let answer = client.poll().await;
        let expected: Vec<_> = (0..3).map(|n| pushed(&json!({ "n": n }))).collect();
        assert_eq!(client.messages(&answer), expected, "{version:?}: all in one answer");
        assert_eq!(started.elapsed(), Duration::ZERO);
    }
}

#[tokio::test(start_paused = true)]
async fn c184_the_first_message_ends_the_waiting() {
    let app = App::new();
    let client = app.open().await;
    client.join("1", "room:a").await;
    let poll = client.hang().await;
    advance(Duration::from_secs(3)).await;
    let started = Instant::now();
    app.endpoint.broadcast("room:a", "news", &json!({})).unwrap();
    let answer = poll.await.unwrap();
    assert_eq!(client.messages(&answer), [pushed(&json!({}))]);
    assert_eq!(started.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn c184_an_asynchronous_push_is_returned_by_the_next_poll() {
    let client = App::new().open().await;
    client.join("1", "room:a").await;
    client.say(json!(["1", "2", "room:a", "push_later", {}])).await;
    client.expect([json!(["1", null, "room:a", "pushed", { "later": true }])]).await;
}

/// One waits at a time: the first is sent home at once, the second is the one that hears.
#[tokio::test(start_paused = true)]
async fn a_second_poll_replaces_the_first() {
    let app = App::new();
    let client = app.open().await;
    client.join("1", "room:a").await;
    let started = Instant::now();
    let (first, second) = (client.hang().await, client.hang().await);
    assert_eq!(first.await.unwrap(), json!({ "status": 204, "token": client.token, "messages": [] }));
    app.endpoint.broadcast("room:a", "news", &json!({})).unwrap();
    assert_eq!(client.messages(&second.await.unwrap()), [pushed(&json!({}))]);
    assert_eq!(started.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn of_many_polls_the_last_one_hears() {
    let app = App::new();
    let client = app.open().await;
    client.join("1", "room:a").await;
    let started = Instant::now();
    let mut polls = Vec::new();
    for _ in 0..5 {
        polls.push(client.hang().await);
    }
    let last = polls.pop().unwrap();
    for poll in polls {
        assert_eq!(poll.await.unwrap()["status"], 204);
    }
    app.endpoint.broadcast("room:a", "news", &json!({})).unwrap();
    assert_eq!(client.messages(&last.await.unwrap()), [pushed(&json!({}))]);
    assert_eq!(started.elapsed(), Duration::ZERO);
}

/// A client that hangs up while it waits has lost nothing: only what went into an answer can be lost.
#[tokio::test(start_paused = true)]
async fn a_poll_that_is_given_up_takes_nothing_with_it() {
    let app = App::new();
    let client = app.open().await;
    client.join("1", "room:a").await;
    let poll = client.hang().await;
    poll.abort();
    assert!(poll.await.unwrap_err().is_cancelled());
    app.endpoint.broadcast("room:a", "news", &json!({})).unwrap();
    client.expect([pushed(&json!({}))]).await;
}

/// Spec §4.7: there is no form for binary messages. They are left out, and the rest arrives.
#[tokio::test(start_paused = true)]
async fn binary_messages_are_left_out() {
    let app = App::new();
    let client = app.open().await;
    client.join("1", "room:a").await;
    client.say(json!(["1", "2", "room:a", "ack", {}])).await;
    client.say(json!(["1", "3", "room:a", "reply_binary", {}])).await;
    client.say(json!(["1", "4", "room:a", "ack", {}])).await;
    client
        .expect([
            ok(json!("1"), json!("2"), "room:a", json!({})),
            ok(json!("1"), json!("4"), "room:a", json!({})),
        ])
        .await;
    app.endpoint.broadcast_binary("room:a", "bytes", vec![0xff, 0]).unwrap();
    let only_binary = client.poll().await;
    assert_eq!(only_binary, json!({ "status": 200, "token": client.token, "messages": [] }));
    client.say(json!(["1", "5", "room:a", "ack", {}])).await;
    client.expect([ok(json!("1"), json!("5"), "room:a", json!({}))]).await;
}

/// Whatever is said comes through the string in the string unharmed.
#[tokio::test(start_paused = true)]
async fn messages_are_strings_whatever_they_say() {
    let payload = json!({ "text": "\"\\\n\u{1}\u{2028}</script>\u{1f600}" });
    for version in BOTH {
        let client = App::new().open_as(version, "").await;
        client.join("1", "room:a").await;
        client.say(json!(["1", "2", "room:a", "echo", payload])).await;
        client.expect([ok(json!("1"), json!("2"), "room:a", payload.clone())]).await;
    }
}

/// What is taken by polls in time does not count against the bound of the outbox.
#[tokio::test(start_paused = true)]
async fn a_session_that_is_polled_may_get_any_number_of_messages() {
    let limits = OutboxLimits { frames: 4, bytes: 1_000 };
    let app = App::mounted(|mount| mount.outbox(limits));
    let client = app.open_as(Version::V2, "").await;
    client.join("1", "room:a").await;
    for n in 0..50 {
        app.endpoint.broadcast("room:a", "news", &json!({ "n": n, "text": "x".repeat(500) })).unwrap();
        assert_eq!(client.receive(1).await[0][4]["n"], n);
    }
}
