//! How channels end, and that `terminate` is told why.

use std::time::Duration;

use firecrest::prelude::*;
use firecrest_test::{TestChannel, TestSocket, TestTopic, settle};

use crate::fixture::{RoomSocket, room};

/// A client in `room:1`, and what is said about ends.
async fn watched() -> (TestSocket<RoomSocket>, TestChannel, TestTopic) {
    let (client, room) = room().await;
    let ends = TestTopic::subscribe(client.endpoint(), "ends");
    (client, room, ends)
}

async fn expect_end(ends: &TestTopic, reason: &str) {
    ends.expect("ended", json!({ "topic": "room:1", "reason": reason })).await;
    ends.refute().await;
}

#[tokio::test(start_paused = true)]
async fn c092_a_crash_runs_terminate_and_is_no_orderly_close() {
    let (client, room, ends) = watched().await;
    room.push("crash", ()).await.refute_reply().await;
    room.expect_crash().await;
    expect_end(&ends, "Crashed").await;
    client.heartbeat().await;
}

#[tokio::test(start_paused = true)]
async fn c093_a_stop_runs_terminate_and_closes() {
    let (_client, room, ends) = watched().await;
    room.push("stop", ()).await.refute_reply().await;
    room.expect_close().await;
    expect_end(&ends, "Normal").await;
}

#[tokio::test(start_paused = true)]
async fn c094_a_stop_with_a_reply_replies_first() {
    let (_client, room, ends) = watched().await;
    room.push("stop_with_reply", ()).await.expect_ok(json!({ "bye": true })).await;
    room.expect_close().await;
    expect_end(&ends, "Normal").await;
}

#[tokio::test(start_paused = true)]
async fn c095_what_is_said_after_a_stop_harms_nobody() {
    let (client, room, _ends) = watched().await;
    let _ = room.push("stop", ()).await;
    let _ = room.push("crash", ()).await;
    room.expect_close().await;
    room.push("crash", ()).await.expect_error(json!({ "reason": "unmatched topic" })).await;
    client.heartbeat().await;
}

#[tokio::test(start_paused = true)]
async fn c106_leaving_is_answered_runs_terminate_and_closes() {
    let (_client, room, ends) = watched().await;
    room.leave().await;
    expect_end(&ends, "Left").await;
    room.push("phx_leave", ()).await.expect_ok(()).await;
    ends.refute().await;
}

#[tokio::test(start_paused = true)]
async fn c107_closing_runs_terminate_and_says_nothing_more() {
    let (client, room, ends) = watched().await;
    client.close().await;
    expect_end(&ends, "Closed").await;
    assert_eq!(client.expect_closed().await.as_u16(), 1000);
    client.close().await;
    ends.refute().await;
    room.refute_push().await;
}

/// C134: a client that vanishes takes its channels along.
#[tokio::test(start_paused = true)]
async fn c134_a_dropped_client_ends_its_channels() {
    let (client, room, ends) = watched().await;
    let endpoint = client.endpoint().clone();
    drop((client, room));
    expect_end(&ends, "Closed").await;
    assert_eq!((endpoint.connections(), endpoint.pubsub().subscribers("room:1")), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_waits_for_a_full_mailbox_can_be_dropped_too() {
    let (client, room, _ends) = watched().await;
    for event in ["sleep", "echo", "echo", "echo"] {
        let _ = room.push(event, ()).await;
    }
    let endpoint = client.endpoint().clone();
    drop((client, room));
    settle().await;
    assert_eq!(endpoint.connections(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_client_lives_as_long_as_one_of_its_channels() {
    let (client, room, ends) = watched().await;
    drop(client);
    settle().await;
    ends.refute().await;
    room.push("status", json!("ok")).await.expect_ok(()).await;
}

#[tokio::test(start_paused = true)]
async fn a_full_mailbox_holds_the_client_up_until_there_is_room() {
    let (_client, room, _ends) = watched().await;
    let room = room.within(Duration::from_secs(7_200));
    let _ = room.push("sleep", ()).await;
    let started = tokio::time::Instant::now();
    let mut last = None;
    // Two fit into the mailbox and one waits at its door; the next has to wait for the hour to be over.
    for _ in 0..5 {
        last = Some(room.push("status", json!("ok")).await);
    }
    assert_eq!(started.elapsed().as_secs(), 3_600);
    last.unwrap().expect_ok(()).await;
}
