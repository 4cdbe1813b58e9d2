//! Slow work: in line (H17), or on the side with a reply that comes later (H18).

use std::time::Duration;

use firecrest::prelude::*;
use firecrest_test::{Pushed, TestChannel, TestSocket};
use hello_sockets::UserSocket;
use tokio::time::Instant;

const MINUTE: Duration = Duration::from_secs(60);

/// A client and its channel `slow`, patient in virtual time.
async fn join() -> (TestSocket<UserSocket>, TestChannel) {
    let client = TestSocket::<UserSocket>::connect(()).await.unwrap();
    let slow = client.join("slow", ()).await.unwrap().within(MINUTE);
    (client, slow)
}

async fn push(slow: &TestChannel, event: &str, times: usize) -> Vec<Pushed> {
    let mut pushed = Vec::new();
    for _ in 0..times {
        pushed.push(slow.push(event, ()).await);
    }
    pushed
}

/// How many seconds have passed when each has been answered.
async fn answered(started: Instant, pushed: &[Pushed]) -> Vec<u64> {
    let mut seconds = Vec::new();
    for pushed in pushed {
        pushed.expect_ok(json!({ "ping": "pong" })).await;
        seconds.push(started.elapsed().as_secs());
    }
    seconds
}

#[tokio::test(start_paused = true)]
async fn h17_g052_slow_handlers_stand_in_line() {
    let (_client, slow) = join().await;
    let started = Instant::now();
    let pushed = push(&slow, "slow_ping", 5).await;
    assert_eq!(answered(started, &pushed).await, [3, 6, 9, 12, 15]);
}

#[tokio::test(start_paused = true)]
async fn h17_another_channel_of_the_same_socket_answers_at_once() {
    let (client, slow) = join().await;
    let ping = client.join("ping", ()).await.unwrap();
    let started = Instant::now();
    let pushed = push(&slow, "slow_ping", 5).await;

    ping.push("ping", ()).await.expect_ok(json!({ "ping": "pong" })).await;
    client.heartbeat().await;
    assert_eq!(started.elapsed().as_millis(), 0);
    assert_eq!(answered(started, &pushed[..1]).await, [3]);
}

#[tokio::test(start_paused = true)]
async fn h18_g052_deferred_replies_come_together() {
    let (_client, slow) = join().await;
    let started = Instant::now();
    let pushed = push(&slow, "parallel_slow_ping", 5).await;
    assert_eq!(answered(started, &pushed).await, [3; 5]);
}

/// Ten replies at most are owed at once, so that 25 come in three rounds.
#[tokio::test(start_paused = true)]
async fn h18_g052_too_many_at_once_wait_their_turn() {
    let (_client, slow) = join().await;
    let started = Instant::now();
    let pushed = push(&slow, "parallel_slow_ping", 25).await;
    let expected = [[3; 10].as_slice(), &[6; 10], &[9; 5]].concat();
    assert_eq!(answered(started, &pushed).await, expected);
}

/// A reply that is under way survives its channel (spec §3.5).
#[tokio::test(start_paused = true)]
async fn h18_a_deferred_reply_arrives_after_the_client_has_left() {
    let (_client, slow) = join().await;
    let pushed = slow.push("parallel_slow_ping", ()).await;
    slow.leave().await;
    pushed.expect_ok(json!({ "ping": "pong" })).await;
}
