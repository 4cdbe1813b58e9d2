//! One session, and requests of it at several nodes.

use std::time::Duration;

use firecrest::prelude::*;
use serde_json::{Value, json};
use tokio::time::{Instant, advance};

use crate::broker::{Broker, through};
use crate::longpoll::client::{NDJSON, ok, settle};

fn acked(reference: usize) -> Value {
    ok(json!("1"), json!(reference.to_string()), "room:a", json!({}))
}

fn ack(reference: usize) -> Value {
    json!(["1", reference.to_string(), "room:a", "ack", {}])
}

fn news(n: usize) -> Value {
    json!([null, null, "room:a", "news", { "n": n }])
}

/// Whatever a client does, at whichever node.
#[tokio::test(start_paused = true)]
async fn c158_c162_join_push_reply_broadcast_and_leave_at_any_node() {
    let broker = Broker::new();
    let [home, one, two] = ["home", "one", "two"].map(|name| broker.app(name));
    let at_home = home.open().await;
    let [at_one, at_two] = [&one, &two].map(|app| through(&at_home, app));
    at_one.say(json!(["1", "1", "room:a", "phx_join", {}])).await;
    at_two.expect([ok(json!("1"), json!("1"), "room:a", json!({}))]).await;
    at_two.say(json!(["1", "2", "room:a", "echo", { "a": 1 }])).await;
    at_home.expect([ok(json!("1"), json!("2"), "room:a", json!({ "a": 1 }))]).await;
    at_home.say(json!(["1", "3", "room:a", "push", { "b": 2 }])).await;
    at_one.expect([json!(["1", null, "room:a", "pushed", { "b": 2 }])]).await;
    one.endpoint.broadcast("room:a", "news", &json!({ "n": 1 })).unwrap();
    at_two.expect([news(1)]).await;
    at_one.say(json!(["1", "4", "room:a", "phx_leave", {}])).await;
    let closed = json!(["1", "1", "room:a", "phx_close", {}]);
    at_two.expect([ok(json!("1"), json!("4"), "room:a", json!({})), closed]).await;
    home.probe.expect_ended("room:a", Reason::Left).await;
    assert_eq!([&home, &one, &two].map(|app| app.endpoint.connections()), [1, 0, 0]);
}

#[tokio::test(start_paused = true)]
async fn c184_a_poll_that_hangs_at_another_node_is_woken_at_once() {
    let broker = Broker::new();
    let (home, away) = (broker.app("home"), broker.app("away"));
    let client = through(&home.open().await, &away);
    client.join("1", "room:a").await;
    let started = Instant::now();
    for n in 0..20 {
        let poll = client.hang().await;
        for _ in 0..7 {
            advance(Duration::from_secs(1)).await;
            settle().await;
        }
        home.endpoint.broadcast("room:a", "news", &json!({ "n": n })).unwrap();
        assert_eq!(client.messages(&poll.await.unwrap()), [news(n)]);
    }
    assert_eq!(started.elapsed(), Duration::from_secs(20 * 7));
}

/// Thousands of requests, each at another node than the last: every message once and in order.
#[tokio::test(start_paused = true)]
async fn c165_order_is_kept_whatever_nodes_are_asked() {
    const COUNT: usize = 3_000;
    let broker = Broker::new();
    let apps = ["home", "one", "two"].map(|name| broker.app(name));
    let client = apps[0].open().await;
    let clients = apps.each_ref().map(|app| through(&client, app));
    clients[1].join("1", "room:a").await;
    let mut received = Vec::new();
    for n in 0..COUNT {
        clients[n % 3].say(ack(n)).await;
        // Now one waits, now several.
        if n % 7 < 4 {
            received.extend(clients[(n / 3) % 3].receive(1).await);
        }
    }
    received.extend(clients[1].receive(COUNT - received.len()).await);
    assert_eq!(received, (0..COUNT).map(acked).collect::<Vec<_>>());
    client.expect_nothing().await;
}

/// Spec §4.5, at whichever nodes the two are: the second one is the one that hears.
#[tokio::test(start_paused = true)]
async fn of_two_polls_at_two_nodes_the_second_hears() {
    let broker = Broker::new();
    let apps = ["home", "one", "two"].map(|name| broker.app(name));
    let client = apps[0].open().await;
    client.join("1", "room:a").await;
    let started = Instant::now();
    for (first, second) in [(0, 1), (1, 0), (1, 2), (2, 2)] {
        let [first, second] = [first, second].map(|at: usize| through(&client, &apps[at]));
        let (replaced, hearing) = (first.hang().await, second.hang().await);
        assert_eq!(replaced.await.unwrap()["status"], 204);
        apps[0].endpoint.broadcast("room:a", "news", &json!({ "n": 1 })).unwrap();
        assert_eq!(second.messages(&hearing.await.unwrap()), [news(1)]);
    }
    assert_eq!(started.elapsed(), Duration::ZERO);
}

/// The session's node learns that nobody waits any more, and loses nothing.
#[tokio::test(start_paused = true)]
async fn c167_a_client_that_hangs_up_at_another_node_has_stopped_polling() {
    let broker = Broker::new();
    let (home, away) = (broker.app("home"), broker.app("away"));
    let client = through(&home.open().await, &away);
    client.join("1", "room:a").await;
    let poll = client.hang().await;
    advance(Duration::from_secs(5)).await;
    poll.abort();
    settle().await;
    home.endpoint.broadcast("room:a", "news", &json!({ "n": 1 })).unwrap();
    client.expect([news(1)]).await;
    let poll = client.hang().await;
    advance(Duration::from_secs(5)).await;
    poll.abort();
    settle().await;
    // One and a half windows after the poll came; it would be so long after its end if the session's node still waited.
    advance(Duration::from_millis(9_999)).await;
    settle().await;
    assert_eq!(home.endpoint.connections(), 1);
    advance(Duration::from_millis(2)).await;
    settle().await;
    assert_eq!(home.endpoint.connections(), 0);
    home.probe.expect_ended("room:a", Reason::Inactive).await;
}

/// A POST that waits at another node is given up with its client, as on one node.
#[tokio::test(start_paused = true)]
async fn a_post_whose_client_hangs_up_is_given_up() {
    let broker = Broker::new();
    let (home, away) = (broker.app("home"), broker.app("away"));
    let client = through(&home.open().await, &away);
    client.join("1", "narrow").await;
    let count = |n: usize| json!(["1", n.to_string(), "narrow", "count", { "n": n }]).to_string();
    let post = {
        let client = client.clone();
        tokio::spawn(async move { client.post_lines(&(0..20).map(count).collect::<Vec<_>>()).await })
    };
    settle().await;
    post.abort();
    settle().await;
    home.probe.open_gate(20);
    let counted = |n: usize| ok(json!("1"), json!(n.to_string()), "narrow", json!({ "n": n }));
    // Four are in the mailbox; one has waited for room and is taken before whatever comes later.
    client.expect((0..4).map(counted)).await;
    client.say(json!([null, "20", "phoenix", "heartbeat", {}])).await;
    let rest = client.receive(2).await;
    assert!(rest.contains(&counted(4)), "{rest:?}");
    client.expect_nothing().await;
}

/// However long a POST takes, its node is heard of.
#[tokio::test(start_paused = true)]
async fn c168_a_post_may_take_longer_than_a_window_at_another_node_too() {
    let broker = Broker::new();
    let (home, away) = (broker.app("home"), broker.app("away"));
    let client = through(&home.open().await, &away);
    client.join("1", "narrow").await;
    let count = |n: usize| json!(["1", n.to_string(), "narrow", "count", { "n": n }]).to_string();
    let started = Instant::now();
    let probe = home.probe.clone();
    let gate = tokio::spawn(async move {
        for _ in 0..20 {
            tokio::time::sleep(Duration::from_secs(2)).await;
            probe.open_gate(1);
        }
    });
    let polling = {
        let client = client.clone();
        tokio::spawn(async move { client.receive(20).await })
    };
    assert_eq!(client.post_lines(&(0..20).map(count).collect::<Vec<_>>()).await, 200);
    assert!(started.elapsed() > Duration::from_secs(20), "{:?}", started.elapsed());
    gate.await.unwrap();
    polling.await.unwrap();
}

/// The token of a session is good at nodes where its socket is mounted with other options; the session keeps its own.
#[tokio::test(start_paused = true)]
async fn c159_the_window_is_that_of_the_session() {
    let broker = Broker::new();
    let home = broker.mounted("home", |mount| mount.window(Duration::from_secs(4)));
    let client = through(&home.open().await, &broker.app("away"));
    let started = Instant::now();
    client.expect_nothing().await;
    assert_eq!(started.elapsed(), Duration::from_secs(4));
}

/// Messages larger than the cluster carries, in both directions.
#[tokio::test(start_paused = true)]
async fn large_messages_go_in_pieces() {
    let broker = Broker::that(4_000, || true);
    let (home, away) = (broker.app("home"), broker.app("away"));
    let client = through(&home.open().await, &away);
    client.join("1", "room:a").await;
    for len in [3_800, 3_900, 4_000, 200_000, 900_000] {
        let payload = json!({ "text": "ü".repeat(len / 2) });
        client.say(json!(["1", "2", "room:a", "echo", payload])).await;
        client.expect([ok(json!("1"), json!("2"), "room:a", payload)]).await;
    }
    // More than fits into one answer.
    for n in 0..1_000 {
        home.endpoint.broadcast("room:a", "news", &json!({ "n": n, "text": "x".repeat(500) })).unwrap();
    }
    let received = client.receive(1_000).await;
    assert!(received.iter().enumerate().all(|(n, message)| message[4]["n"] == n));
    client.expect_nothing().await;
}

/// One request of a batch that is no frame ends the session, at once for everybody.
#[tokio::test(start_paused = true)]
async fn what_is_no_message_ends_the_session_of_another_node() {
    let broker = Broker::new();
    let (home, away) = (broker.app("home"), broker.app("away"));
    let at_home = home.open().await;
    let at_away = through(&at_home, &away);
    let (poll, started) = (at_home.hang().await, Instant::now());
    assert_eq!(at_away.post(Some(NDJSON), "not base64!").await.json(), json!({ "status": 410 }));
    assert_eq!(poll.await.unwrap(), json!({ "status": 410, "messages": [] }));
    at_away.expect_gone().await;
    assert_eq!((started.elapsed(), home.endpoint.connections()), (Duration::ZERO, 0));
}
