//! How sessions end (spec §4.5). A dead session answers at once, and wakes who waits (spec appendix B 3).

use std::time::Duration;

use firecrest::connection::OutboxLimits;
use firecrest::prelude::*;
use serde_json::{Value, json};
use tokio::time::{Instant, advance};

use super::client::{App, Client, settle};
use crate::support::BOTH;

/// Time passes, and everybody gets to do what they wanted to do at that time.
async fn pass(duration: Duration) {
    // In steps, so that what is due in between happens when it is.
    let whole = duration.as_secs();
    let steps = (0..whole).map(|_| Duration::from_secs(1)).chain([duration - Duration::from_secs(whole)]);
    for step in steps {
        advance(step).await;
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }
}

/// What a poll that hangs is told when its session ends: no token, so that the client comes back without one.
fn woken() -> Value {
    json!({ "status": 410, "messages": [] })
}

#[tokio::test(start_paused = true)]
async fn c167_c303_a_session_that_is_not_polled_ends() {
    let app = App::new();
    let client = app.open().await;
    client.join("1", "room:a").await;
    pass(Duration::from_millis(14_999)).await;
    assert_eq!(app.endpoint.connections(), 1);
    client.say(json!(["1", "2", "room:a", "ack", {}])).await;
    pass(Duration::from_millis(1)).await;
    assert_eq!(app.endpoint.connections(), 0, "after 15 s to the millisecond");
    app.probe.expect_ended("room:a", Reason::Inactive).await;
    let started = Instant::now();
    client.expect_gone().await;
    assert_eq!(started.elapsed(), Duration::ZERO);
}

/// One and a half windows after the last poll was answered, not after the session began.
#[tokio::test(start_paused = true)]
async fn c167_polls_keep_a_session_alive_and_posts_do_not() {
    let app = App::mounted(|mount| mount.window(Duration::from_secs(2)));
    let client = app.open().await;
    client.join("1", "room:a").await;
    for _ in 0..10 {
        client.expect_nothing().await;
    }
    for n in 0..3 {
        pass(Duration::from_millis(999)).await;
        client.say(json!(["1", n.to_string(), "room:a", "ignore", {}])).await;
    }
    assert_eq!(app.endpoint.connections(), 1);
    pass(Duration::from_millis(3)).await;
    assert_eq!(app.endpoint.connections(), 0);
    app.probe.expect_ended("room:a", Reason::Inactive).await;
    client.expect_gone().await;
}

/// A poll that hangs through most of the window is still a poll.
#[tokio::test(start_paused = true)]
async fn a_hanging_poll_keeps_its_session() {
    let app = App::new();
    let client = app.open().await;
    client.join("1", "room:a").await;
    pass(Duration::from_secs(14)).await;
    let poll = client.hang().await;
    pass(Duration::from_millis(9_999)).await;
    app.endpoint.broadcast("room:a", "news", &json!({})).unwrap();
    assert_eq!(client.messages(&poll.await.unwrap()).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn c175_a_disconnect_ends_the_session_and_its_channels() {
    for version in BOTH {
        let app = App::new();
        let client = app.open_as(version, "id=users:7").await;
        let other = app.open_as(version, "id=users:8").await;
        client.join("1", "room:a").await;
        client.join("2", "room:b").await;
        let poll = client.hang().await;
        let started = Instant::now();
        app.endpoint.disconnect("users:7");
        assert_eq!(poll.await.unwrap(), woken(), "{version:?}");
        let mut ended = [app.probe.ended().await, app.probe.ended().await];
        ended.sort_by(|one, other| one.0.cmp(&other.0));
        assert_eq!(ended, ["room:a", "room:b"].map(|topic| (topic.to_owned(), Some(Reason::Disconnected))));
        client.expect_gone().await;
        assert_eq!(started.elapsed(), Duration::ZERO, "{version:?}: nobody waited");
        other.join("1", "room:a").await;
    }
}

/// Other events on the id mean nothing (spec §1.11).
#[tokio::test(start_paused = true)]
async fn other_broadcasts_on_the_id_change_nothing() {
    let app = App::new();
    let client = app.open_as(BOTH[1], "id=users:7").await;
    app.endpoint.broadcast("users:7", "news", &json!({})).unwrap();
    client.expect_nothing().await;
    client.join("1", "room:a").await;
}

/// Nobody's memory is filled by a client that does not poll.
#[tokio::test(start_paused = true)]
async fn a_session_that_nobody_polls_ends_at_the_bound_of_its_outbox() {
    for limits in [OutboxLimits { frames: 4, bytes: 1 << 20 }, OutboxLimits { frames: 4_096, bytes: 1_000 }] {
        let app = App::mounted(|mount| mount.outbox(limits));
        let (client, reader) = (app.open().await, app.open().await);
        client.join("1", "room:a").await;
        reader.join("1", "room:a").await;
        let started = Instant::now();
        for n in 0..5 {
            app.endpoint.broadcast("room:a", "news", &json!({ "n": n, "text": "x".repeat(300) })).unwrap();
            assert_eq!(reader.receive(1).await[0][4]["n"], n, "who reads loses nothing");
        }
        app.probe.expect_ended("room:a", Reason::Refused).await;
        client.expect_gone().await;
        assert_eq!(started.elapsed(), Duration::ZERO);
    }
}

#[tokio::test(start_paused = true)]
async fn a_drain_ends_sessions() {
    let app = App::new();
    let client = app.open().await;
    client.join("1", "room:a").await;
    let poll = client.hang().await;
    app.endpoint.drain().await;
    assert_eq!(poll.await.unwrap(), woken());
    app.probe.expect_ended("room:a", Reason::Draining).await;
    assert_eq!(app.endpoint.connections(), 0);
}

/// A POST that waits for room is told at once when its session ends, and the channels do not wait for it.
#[tokio::test(start_paused = true)]
async fn a_post_that_waits_is_woken_by_the_end() {
    let app = App::new();
    let client = app.open_as(BOTH[1], "id=users:7").await;
    client.join("1", "narrow").await;
    client.join("2", "room:a").await;
    let post = {
        let client: Client = client.clone();
        let count = |n: usize| json!(["1", n.to_string(), "narrow", "count", { "n": n }]).to_string();
        tokio::spawn(async move { client.post_lines(&(0..20).map(count).collect::<Vec<_>>()).await })
    };
    settle().await;
    let started = Instant::now();
    app.endpoint.disconnect("users:7");
    assert_eq!(post.await.unwrap(), 410);
    app.probe.expect_ended("room:a", Reason::Disconnected).await;
    assert_eq!(started.elapsed(), Duration::ZERO);
}

/// Messages that were there before the end are lost with the session, and nothing else is left of it.
#[tokio::test(start_paused = true)]
async fn nothing_is_left_of_a_session() {
    let app = App::new();
    for n in 0..10 {
        let client = app.open_as(BOTH[n % 2], &format!("id=users:{n}")).await;
        client.join("1", "room:a").await;
        app.endpoint.broadcast("room:a", "news", &json!({})).unwrap();
    }
    assert_eq!(app.endpoint.connections(), 10);
    pass(Duration::from_secs(15)).await;
    for _ in 0..10 {
        app.probe.expect_ended("room:a", Reason::Inactive).await;
    }
    assert_eq!(app.endpoint.connections(), 0);
    assert_eq!(app.endpoint.broadcast("room:a", "news", &json!({})).unwrap(), 0, "no subscription either");
}
