//! How assertions fail: with everything that was heard.

use std::time::Duration;

use firecrest::prelude::*;
use firecrest_test::{TestSocket, TestTopic};

use crate::fixture::{RoomSocket, ann, endpoint, room};

#[tokio::test(start_paused = true)]
#[should_panic(expected = r#"expected "pushed" on "room:1" with {"number":1}, but heard nothing"#)]
async fn silence_is_no_push() {
    room().await.1.expect_push("pushed", json!({ "number": 1 })).await;
}

#[tokio::test(start_paused = true)]
#[should_panic(
    expected = r#"expected "pushed" on "room:1" with {"number":3}, but heard "pushed" on "room:1" with {"number":1}, "phx_reply" ok on "room:1" with {}, "pushed" on "room:1" with {"number":2}"#
)]
async fn a_wrong_push_shows_everything_heard() {
    let (_client, room) = room().await;
    let _ = room.push("push", json!({ "number": 1 })).await;
    let _ = room.push("status", json!("ok")).await;
    let _ = room.push("push", json!({ "number": 2 })).await;
    firecrest_test::settle().await;
    room.expect_push("pushed", json!({ "number": 3 })).await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = r#"expected "other" on "room:1", but heard "pushed" on "room:1" with "<3 bytes>""#)]
async fn bytes_are_counted() {
    let (_client, room) = room().await;
    let _ = room.push_payload("push", crate::fixture::binary(&[1, 2, 3])).await;
    room.next("other").await;
}

#[tokio::test(start_paused = true)]
#[should_panic(
    expected = r#"expected no push on "room:1", but heard "pushed" on "room:1" with {"number":1}"#
)]
async fn refute_push_shows_the_push() {
    let (_client, room) = room().await;
    let _ = room.push("push", json!({ "number": 1 })).await;
    room.refute_push().await;
}

#[tokio::test(start_paused = true)]
#[should_panic(
    expected = r#"expected the reply to "echo" to be error with {"a":1}, but heard "phx_reply" ok on "room:1" with {"a":1}"#
)]
async fn a_wrong_status_is_no_reply() {
    room().await.1.push("echo", json!({ "a": 1 })).await.expect_error(json!({ "a": 1 })).await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = r#"expected a reply to "push", but heard "pushed" on "room:1" with {}"#)]
async fn a_push_is_no_reply() {
    room().await.1.push("push", json!({})).await.reply().await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = r#"expected no reply to "echo", but heard "phx_reply" ok on "room:1" with {}"#)]
async fn refute_reply_shows_the_reply() {
    room().await.1.push("echo", ()).await.refute_reply().await;
}

#[tokio::test(start_paused = true)]
#[should_panic(
    expected = r#"expected "phx_close" on "room:1", but heard "phx_error" on "room:1" with {"reason":"channel_crash"}"#
)]
async fn a_crash_is_no_close() {
    let (_client, room) = room().await;
    let _ = room.push("crash", ()).await;
    room.expect_close().await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = r#"expected "phx_error" on "room:1", but heard "phx_close" on "room:1" with {}"#)]
async fn a_close_is_no_crash() {
    let (_client, room) = room().await;
    let _ = room.push("stop", ()).await;
    room.expect_crash().await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = r#"expected the answer to the join of "late", but heard nothing"#)]
async fn a_join_is_not_awaited_for_ever() {
    let _ = ann().await.join("late", ()).await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "expected the connection to be closed, but it is open; heard nothing")]
async fn an_open_connection_is_not_closed() {
    ann().await.expect_closed().await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "expected the connection to be open, but it was closed with Some(1001)")]
async fn a_closed_connection_is_not_open() {
    let client = ann().await;
    client.endpoint().disconnect("room_socket:ann");
    client.refute_closed().await;
}

#[tokio::test(start_paused = true)]
#[should_panic(
    expected = r#"expected "pushed" on "room:1" with {}, but heard nothing; then the connection was closed with 1001"#
)]
async fn the_end_of_the_connection_is_shown() {
    let (client, room) = room().await;
    client.endpoint().disconnect("room_socket:ann");
    room.within(Duration::MAX).expect_push("pushed", json!({})).await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = r#"cannot send "echo": the connection is closed"#)]
async fn nothing_is_said_on_a_closed_connection() {
    let (client, room) = room().await;
    client.close().await;
    let _ = room.push("echo", ()).await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = r#"cannot send "echo": a mailbox of this client is full"#)]
async fn a_full_mailbox_is_not_awaited_for_ever() {
    let (_client, room) = room().await;
    let _ = room.push("sleep", ()).await;
    for _ in 0..5 {
        let _ = room.push("echo", ()).await;
    }
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = r#"expected "news" on "room:1" with {}, but heard "other" on "room:1" with {}"#)]
async fn another_broadcast_is_shown() {
    let endpoint = endpoint();
    let topic = TestTopic::subscribe(&endpoint, "room:1");
    endpoint.broadcast("room:1", "other", &json!({})).unwrap();
    topic.expect("news", ()).await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = r#"expected no broadcast on "room:1", but heard "news" on "room:1" with {"a":1}"#)]
async fn refute_shows_the_broadcast() {
    let endpoint = endpoint();
    let topic = TestTopic::subscribe(&endpoint, "room:1");
    endpoint.broadcast("room:1", "news", &json!({ "a": 1 })).unwrap();
    topic.refute().await;
}

#[test]
fn everything_can_be_printed() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let client = TestSocket::new(&endpoint(), RoomSocket { user: "ann".into(), told: json!({}) });
        let room = client.join("room:1", ()).await.unwrap();
        let pushed = room.push("echo", ()).await;
        let topic = TestTopic::subscribe(client.endpoint(), "room:1");
        let printed = format!("{client:?} {room:?} {pushed:?} {topic:?}");
        assert!(printed.contains("TestSocket") && printed.contains("Pushed { event: \"echo\""), "{printed}");
    });
}
