//! What a POST may carry (spec §4.4).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use firecrest::prelude::*;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::client::{App, Client, NDJSON, error, ok, settle, v1};
use crate::support::Version;

fn ack(join_ref: Value, reference: &str) -> String {
    json!([join_ref, reference, "room:a", "ack", {}]).to_string()
}

fn acked(reference: &str) -> Value {
    ok(json!("1"), json!(reference), "room:a", json!({}))
}

/// A client push as a binary frame (spec §2.3).
fn binary(reference: &str, event: &str, data: &[u8]) -> Vec<u8> {
    let mut frame = vec![0, 1, reference.len() as u8, 6, event.len() as u8];
    for part in ["1".as_bytes(), reference.as_bytes(), b"room:a", event.as_bytes(), data] {
        frame.extend_from_slice(part);
    }
    frame
}

async fn joined(app: &App) -> Client {
    let client = app.open().await;
    client.join("1", "room:a").await;
    client
}

#[tokio::test(start_paused = true)]
async fn c165_c304_all_frames_of_a_batch_in_order_but_stale_ones() {
    let client = joined(&App::new()).await;
    let lines = [ack(json!("1"), "2"), ack(json!("0"), "stale"), ack(Value::Null, "3"), ack(json!("1"), "4")];
    assert_eq!(client.post_lines(&lines).await, 200);
    client.expect(["2", "3", "4"].map(acked)).await;
    client.expect_nothing().await;
}

/// A join and what follows it may travel together.
#[tokio::test(start_paused = true)]
async fn c165_a_join_and_its_first_messages_in_one_batch() {
    let client = App::new().open().await;
    let join = json!(["1", "1", "room:a", "phx_join", {}]).to_string();
    let lines = [join, ack(json!("1"), "2"), ack(json!("1"), "3")];
    assert_eq!(client.post_lines(&lines).await, 200);
    client.expect(["1", "2", "3"].map(acked)).await;
}

#[tokio::test(start_paused = true)]
async fn c166_binary_frames_between_text_frames() {
    let client = joined(&App::new()).await;
    let lines = [
        ack(json!("1"), "2"),
        STANDARD.encode(binary("3", "ack", &[0xff, 0])),
        ack(json!("1"), "4"),
        STANDARD_NO_PAD.encode(binary("55", "ack", b"x")),
    ];
    assert_eq!(client.post_lines(&lines).await, 200);
    client.expect(["2", "3", "4", "55"].map(acked)).await;
}

/// The literal batch of spec §4.4: `join_ref` is empty there, which counts as null.
#[tokio::test(start_paused = true)]
async fn the_example_of_the_specification() {
    let client = App::new().open().await;
    client.say(json!(["6", "1", "room:a", "phx_join", {}])).await;
    client.expect([ok(json!("6"), json!("1"), "room:a", json!({}))]).await;
    let text = r#"["6","10","room:a","echo",{"a":1}]"#;
    // ref "69", event "bin", data 01 02 03: an event that the room does not know ends it.
    let body = format!("AAEBBgM2OXJvb206YWJpbgECAw==\n{text}");
    assert_eq!(client.post(Some(NDJSON), body).await.json(), json!({ "status": 200 }));
    let frames = client.receive(2).await;
    let crash = json!(["6", "6", "room:a", "phx_error", { "reason": "channel_crash" }]);
    assert!(frames.contains(&crash), "{frames:?}");
    assert!(frames.contains(&error(Value::Null, json!("10"), "room:a", "unmatched topic")), "{frames:?}");
}

#[tokio::test(start_paused = true)]
async fn c169_only_the_first_hundred_entries_count() {
    let client = joined(&App::new()).await;
    let lines: Vec<_> = (0..150).map(|n| ack(json!("1"), &n.to_string())).collect();
    assert_eq!(client.post_lines(&lines).await, 200);
    let expected: Vec<_> = (0..100).map(|n| acked(&n.to_string())).collect();
    client.expect(expected).await;
    client.expect_nothing().await;
}

/// Better than the reference (spec appendix B 3).
#[tokio::test(start_paused = true)]
async fn blank_lines_are_skipped_and_content_type_parameters_ignored() {
    let client = joined(&App::new()).await;
    for content_type in [NDJSON, "application/x-ndjson; charset=utf-8", "Application/X-NDJSON ;a=b"] {
        let body = format!("\r\n{}\r\n\n{}\n", ack(json!("1"), "2"), ack(json!("1"), "3"));
        assert_eq!(client.post(Some(content_type), body).await.json(), json!({ "status": 200 }));
        client.expect(["2", "3"].map(acked)).await;
    }
    assert_eq!(client.post(Some(NDJSON), "").await.json(), json!({ "status": 200 }), "an empty batch");
    client.expect_nothing().await;
}

#[tokio::test(start_paused = true)]
async fn c177_without_a_content_type_the_body_is_one_text_frame() {
    let app = App::new();
    let client = joined(&app).await;
    for content_type in [None, Some("application/json"), Some("text/plain")] {
        let pretty = "[\n\"1\",\n\"2\",\"room:a\",\"ack\",{}]";
        assert_eq!(client.post(content_type, pretty).await.json(), json!({ "status": 200 }));
        client.expect([acked("2")]).await;
    }
    let old = app.open_as(Version::V1, "").await;
    let join = v1(&json!([null, "1", "room:a", "phx_join", {}]));
    assert_eq!(old.post(None, join).await.json(), json!({ "status": 200 }));
    old.expect([acked("1")]).await;
}

/// Whatever cannot be read ends this session, at once and alone (spec appendix B 3).
#[tokio::test(start_paused = true)]
async fn what_is_no_message_ends_the_session() {
    for (content_type, body) in [
        (Some(NDJSON), &b"not base64!"[..]),
        (Some(NDJSON), b"{\"topic\":\"room:a\"}"),
        (Some(NDJSON), b"[\"1\",\"2\",\"room:a\"]"),
        (Some(NDJSON), b"[\"1\","),
        (Some(NDJSON), b"AQID"),
        (Some(NDJSON), b"\xff\xfe"),
        (None, b""),
        (None, b"\xff"),
        (None, b"null"),
    ] {
        let app = App::new();
        let (client, other) = (joined(&app).await, joined(&app).await);
        for expected in ["room:a"; 2] {
            app.probe.handle(expected).await;
        }
        let started = Instant::now();
        let answer = client.post(content_type, body).await;
        assert_eq!(answer.json(), json!({ "status": 410 }), "{body:?}");
        app.probe.expect_ended("room:a", Reason::Refused).await;
        client.expect_gone().await;
        assert_eq!(started.elapsed(), Duration::ZERO, "{body:?}: nobody waited");
        other.say(json!(["1", "2", "room:a", "ack", {}])).await;
        other.expect([acked("2")]).await;
    }
}

/// What came before the bad frame was handled; what comes after is not.
#[tokio::test(start_paused = true)]
async fn a_bad_frame_ends_the_batch() {
    let app = App::new();
    let client = joined(&app).await;
    let observer = joined(&app).await;
    let say = |n: u8| json!(["1", "2", "room:a", "broadcast", { "n": n }]).to_string();
    assert_eq!(client.post_lines(&[say(1), "!".into(), say(2)]).await, 410);
    // The channel ends with its session, so that it may not have come to the first message.
    let rest = observer.poll().await;
    for frame in rest["messages"].as_array().unwrap() {
        assert!(frame.as_str().unwrap().contains("\"n\":1"), "{frame}");
    }
}

/// A channel with a mailbox of 4 that handles nothing takes 5; the sixth waits, and the seventh is not looked at.
#[tokio::test(start_paused = true)]
async fn c168_a_post_that_waits_longer_than_the_window_answers_408() {
    let app = App::new();
    let client = app.open().await;
    client.join("1", "narrow").await;
    let count = |n: usize| json!(["1", n.to_string(), "narrow", "count", { "n": n }]).to_string();
    let counted = |n: usize| ok(json!("1"), json!(n.to_string()), "narrow", json!({ "n": n }));
    // The first is taken out at once.
    assert_eq!(client.post_lines(&[count(1)]).await, 200);
    settle().await;
    assert_eq!(client.post_lines(&[2, 3, 4, 5].map(count)).await, 200);
    let started = Instant::now();
    let answer = client.post(Some(NDJSON), [6, 7].map(count).join("\n")).await;
    assert_eq!((answer.status.as_u16(), answer.json()), (200, json!({ "status": 408 })));
    assert_eq!(started.elapsed(), Duration::from_secs(10));
    app.probe.open_gate(6);
    client.expect((1..=5).map(counted)).await;
    // The one that waited was taken all the same, before anything that comes later.
    client.say(json!([null, "8", "phoenix", "heartbeat", {}])).await;
    let rest = client.receive(2).await;
    assert!(rest.contains(&counted(6)), "{rest:?}");
    client.expect_nothing().await;
}

/// The frames of POSTs that come at the same time take turns; each POST keeps its own order, and nothing is lost.
#[tokio::test(start_paused = true)]
async fn concurrent_posts_take_turns() {
    let app = App::new();
    let client = app.open().await;
    client.join("1", "narrow").await;
    let count = |n: usize| json!(["1", n.to_string(), "narrow", "count", { "n": n }]).to_string();
    let first = {
        let client = client.clone();
        tokio::spawn(async move { client.post_lines(&(0..20).map(count).collect::<Vec<_>>()).await })
    };
    settle().await;
    let second = {
        let client = client.clone();
        tokio::spawn(async move { client.post_lines(&(20..40).map(count).collect::<Vec<_>>()).await })
    };
    settle().await;
    app.probe.open_gate(40);
    assert_eq!((first.await.unwrap(), second.await.unwrap()), (200, 200));
    let answers = client.receive(40).await;
    let numbers = answers.iter().map(|frame| frame[4]["response"]["n"].as_u64().unwrap());
    let (one, other): (Vec<_>, Vec<_>) = numbers.partition(|n| *n < 20);
    assert_eq!((one, other), ((0..20).collect(), (20..40).collect()));
}
