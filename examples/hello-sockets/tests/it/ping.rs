//! Questions, answers, silence, and the ways a channel ends (H02–H07, H09).

use firecrest::prelude::*;
use firecrest_test::{Refusal, TestChannel, TestSocket, TestTopic};
use hello_sockets::UserSocket;

async fn connect() -> TestSocket<UserSocket> {
    let endpoint = Endpoint::builder().node("earth").build().unwrap();
    TestSocket::connect_to(&endpoint, ()).await.unwrap()
}

async fn join(client: &TestSocket<UserSocket>) -> TestChannel {
    client.join("ping", ()).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn h02_joining_is_answered_with_an_empty_object() {
    let client = connect().await;
    for topic in ["ping", "ping:", "ping:garden", "ping:a:b"] {
        let (_ping, reply) = client.join_with_reply(topic, ()).await.unwrap();
        assert_eq!(reply, json!({}), "{topic}");
    }
    assert!(client.join("pin", ()).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn h02_a_ping_is_answered_with_pong_or_the_phrase_it_brings() {
    let ping = join(&connect().await).await;
    ping.push("ping", ()).await.expect_ok(json!({ "ping": "pong" })).await;
    ping.push("ping", json!({ "ack_phrase": "x" })).await.expect_ok(json!({ "ping": "x" })).await;
}

#[tokio::test(start_paused = true)]
async fn h03_the_name_of_an_event_carries_data() {
    let ping = join(&connect().await).await;
    ping.push("ping:hooray!", ()).await.expect_ok(json!({ "ping": "hooray!" })).await;
}

#[tokio::test(start_paused = true)]
async fn h04_pong_is_not_answered_at_all() {
    let ping = join(&connect().await).await;
    ping.push("pong", ()).await.refute_reply().await;
    ping.push("ping", ()).await.expect_ok(json!({ "ping": "pong" })).await;
}

#[tokio::test(start_paused = true)]
async fn h05_ding_is_answered_and_then_the_channel_closes() {
    let client = connect().await;
    let (ping, garden) = (join(&client).await, client.join("ping:garden", ()).await.unwrap());

    ping.push("ding", ()).await.expect_ok(json!({ "msg": "shutting down" })).await;
    ping.expect_close().await;
    ping.push("ping", ()).await.expect_error(json!({ "reason": "unmatched topic" })).await;
    garden.push("ping", ()).await.expect_ok(json!({ "ping": "pong" })).await;
}

#[tokio::test(start_paused = true)]
async fn h06_param_ping_says_what_it_heard_or_refuses_when_asked_to() {
    let ping = join(&connect().await).await;
    ping.push("param_ping", json!({ "error": true }))
        .await
        .expect_error(json!({ "reason": "You asked for this!" }))
        .await;
    for echoed in
        [json!({}), json!({ "error": false, "deep": { "list": [1, null] } }), json!([1, 2]), json!("x")]
    {
        ping.push("param_ping", echoed.clone()).await.expect_ok(echoed).await;
    }
}

#[tokio::test(start_paused = true)]
async fn h07_an_unknown_event_crashes_its_channel_and_nothing_else() {
    let client = connect().await;
    let (ping, garden) = (join(&client).await, client.join("ping:garden", ()).await.unwrap());

    ping.push("who are you?", ()).await.refute_reply().await;
    ping.expect_crash().await;
    garden.push("ping", ()).await.expect_ok(json!({ "ping": "pong" })).await;

    let again = join(&client).await;
    again.push("ping", ()).await.expect_ok(json!({ "ping": "pong" })).await;
}

#[tokio::test(start_paused = true)]
async fn h09_a_broadcast_is_intercepted_and_gains_the_node_it_passed() {
    let client = connect().await;
    let (ping, garden) = (join(&client).await, client.join("ping:garden", ()).await.unwrap());
    let broadcasts = TestTopic::subscribe(client.endpoint(), "ping");

    client.endpoint().broadcast("ping", "request_ping", &json!({ "number": 1 })).unwrap();
    broadcasts.expect("request_ping", json!({ "number": 1 })).await;
    ping.expect_push("send_ping", json!({ "number": 1, "from_node": "earth" })).await;
    ping.refute_push().await;
    garden.refute_push().await;
}

#[tokio::test(start_paused = true)]
async fn h09_a_broadcast_that_nobody_intercepts_goes_straight_to_the_client() {
    let client = connect().await;
    let ping = join(&client).await;
    client.endpoint().broadcast("ping", "news", &json!({ "number": 1 })).unwrap();
    ping.expect_push("news", json!({ "number": 1 })).await;
}

#[tokio::test(start_paused = true)]
async fn the_other_sockets_do_not_serve_these_topics() {
    let client = TestSocket::<hello_sockets::StatsSocket>::connect(()).await.unwrap();
    let refusal = client.join("ping", ()).await.unwrap_err();
    assert_eq!(refusal, Refusal(json!({ "reason": "unmatched topic" })));
}
