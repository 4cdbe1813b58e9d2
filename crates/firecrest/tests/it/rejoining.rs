//! Joining again: while joined, while leaving, after a crash (spec §3.6, §3.7).

use firecrest::prelude::*;

use crate::fixture::Fixture;
use crate::support::BOTH;

#[tokio::test]
async fn c140_a_second_join_replaces_the_first_and_closes_it_after_its_own_reply() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.join("1", "room:a").await;
        client.send(json!(["2", "3", "room:a", "phx_join", {}])).await;
        client.expect_ok("2", "3", "room:a", json!({})).await;
        client.expect(json!(["1", "1", "room:a", "phx_close", {}])).await;
        client.expect_silence().await;
        server.probe.expect_ended("room:a", Reason::DuplicateJoin).await;
        // The old join ref is stale, the new one is not, and there is one subscription.
        client.send(json!(["1", "4", "room:a", "ack", {}])).await;
        client.send(json!(["2", "5", "room:a", "ack", {}])).await;
        client.expect_ok("2", "5", "room:a", json!({})).await;
        server.endpoint.broadcast("room:a", "once", &json!({})).unwrap();
        client.expect(json!([null, null, "room:a", "once", {}])).await;
        client.expect_silence().await;
        client.send(json!(["2", "6", "room:a", "phx_leave", {}])).await;
        client.expect_ok("2", "6", "room:a", json!({})).await;
        client.expect(json!(["2", "2", "room:a", "phx_close", {}])).await;
        server.probe.expect_ended("room:a", Reason::Left).await;
    }
}

#[tokio::test]
async fn s3_6_a_failed_second_join_leaves_no_channel() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.join("1", "room:a").await;
        client.send(json!(["2", "2", "room:a", "phx_join", {"refuse": true}])).await;
        client.expect_error("2", "2", "room:a", json!({"reason": "told to"})).await;
        client.expect(json!(["1", "1", "room:a", "phx_close", {}])).await;
        for join_ref in ["1", "2"] {
            client.send(json!([join_ref, "3", "room:a", "ack", {}])).await;
            client.expect_unmatched("3", "room:a").await;
        }
    }
}

/// The join finds the channel about to leave; whichever is first, there is one close (spec §3.6).
#[tokio::test]
async fn s3_6_leave_and_join_back_to_back() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.join("1", "room:a").await;
        for n in 2..20 {
            let (old, new) = ((n - 1).to_string(), n.to_string());
            client.send(json!([old, "leave", "room:a", "phx_leave", {}])).await;
            client.send(json!([new, new, "room:a", "phx_join", {}])).await;
            let ok = json!({"status": "ok", "response": {}});
            let left = json!([old, "leave", "room:a", "phx_reply", ok]);
            let joined = json!([new, new, "room:a", "phx_reply", ok]);
            client.expect_in_any_order([left, joined, json!([old, old, "room:a", "phx_close", {}])]).await;
            client.expect_silence().await;
        }
        assert_eq!(server.endpoint.pubsub().subscribers("room:a"), 1);
        drop(client);
        server.until_nobody_is_connected().await;
    }
}

#[tokio::test]
async fn s3_7_joining_again_at_once_after_a_crash() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.join("1", "room:a").await;
        for n in 2..30 {
            let (old, new) = ((n - 1).to_string(), n.to_string());
            client.send(json!([old, "boom", "room:a", "boom", {}])).await;
            client.expect(json!([old, old, "room:a", "phx_error", {"reason": "channel_crash"}])).await;
            client.join(&new, "room:a").await;
            client.expect_silence().await;
        }
    }
}

/// The join is on its way before the crash is known.
#[tokio::test]
async fn s3_7_a_join_behind_a_crash_finds_the_topic_free() {
    let server = Fixture::new().await;
    let mut client = server.connect().await;
    client.join("1", "room:a").await;
    client.send(json!(["1", "2", "room:a", "wait", {}])).await;
    client.send(json!(["1", "3", "room:a", "boom", {}])).await;
    client.expect_silence().await;
    server.probe.open_gate(1);
    client.expect_ok("1", "2", "room:a", json!({})).await;
    client.expect(json!(["1", "1", "room:a", "phx_error", {"reason": "channel_crash"}])).await;
    client.join("4", "room:a").await;
    client.expect_silence().await;
}
