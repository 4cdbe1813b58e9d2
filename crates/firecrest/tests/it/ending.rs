//! How channels end, and what they and the client are told (spec §3.6–§3.8, §3.15, §1.11).

use std::time::Duration;

use firecrest::prelude::*;
use serde_json::Value;

use crate::fixture::{Fixture, RoomInfo};
use crate::support::{BOTH, Version};

#[tokio::test]
async fn c106_leave_replies_closes_and_is_harmless_twice() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.join("1", "room:a").await;
        client.send(json!(["1", "2", "room:a", "phx_leave", {}])).await;
        client.expect_ok("1", "2", "room:a", json!({})).await;
        client.expect(json!(["1", "1", "room:a", "phx_close", {}])).await;
        server.probe.expect_ended("room:a", Reason::Left).await;
        client.send(json!(["1", "3", "room:a", "phx_leave", {}])).await;
        client.expect_ok("1", "3", "room:a", json!({})).await;
        client.send(json!([null, "4", "room:a", "phx_leave", {}])).await;
        client.expect_ok(Value::Null, "4", "room:a", json!({})).await;
        client.expect_silence().await;
    }
}

/// Spec §3.8: swallowed while the first is on its way, answered once the close is out.
#[tokio::test]
async fn c106_s3_8_a_second_leave_before_the_close_is_swallowed() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.join("1", "room:lingering").await;
        client.send(json!(["1", "2", "room:lingering", "wait", {}])).await;
        for reference in ["3", "4"] {
            client.send(json!(["1", reference, "room:lingering", "phx_leave", {}])).await;
        }
        client.expect_silence().await;
        server.probe.open_gate(1);
        client.expect_ok("1", "2", "room:lingering", json!({})).await;
        client.expect_ok("1", "3", "room:lingering", json!({})).await;
        client.expect(json!(["1", "1", "room:lingering", "phx_close", {}])).await;
        // The client knows it is gone, even though `terminate` still runs.
        client.send(json!(["1", "5", "room:lingering", "phx_leave", {}])).await;
        client.expect_ok("1", "5", "room:lingering", json!({})).await;
        client.send(json!(["1", "6", "room:lingering", "ack", {}])).await;
        client.expect_unmatched("6", "room:lingering").await;
        server.probe.open_gate(1);
        server.probe.expect_ended("room:lingering", Reason::Left).await;
    }
}

/// From the close on, on whatever thread the channel still winds up, its topic is not joined.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c106_c119_once_closed_a_topic_is_not_joined() {
    let server = Fixture::new().await;
    let mut client = server.connect().await;
    for n in 0..300 {
        let (join_ref, crashes) = (n.to_string(), n % 2 == 0);
        client.join(&join_ref, "room:a").await;
        if crashes {
            client.send(json!([join_ref, "end", "room:a", "boom", {}])).await;
            client
                .expect(json!([join_ref, join_ref, "room:a", "phx_error", {"reason": "channel_crash"}]))
                .await;
        } else {
            client.send(json!([join_ref, "end", "room:a", "phx_leave", {}])).await;
            client.expect_ok(&*join_ref, "end", "room:a", json!({})).await;
            client.expect(json!([join_ref, join_ref, "room:a", "phx_close", {}])).await;
        }
        client.send(json!([join_ref, "again", "room:a", "phx_leave", {}])).await;
        client.send(json!(["stale", "stale", "room:a", "ack", {}])).await;
        client.expect_ok(&*join_ref, "again", "room:a", json!({})).await;
        client.expect_unmatched("stale", "room:a").await;
    }
}

#[tokio::test]
async fn c118_what_terminate_pushes_arrives_after_the_close() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.join("1", "room:farewell").await;
        client.send(json!(["1", "2", "room:farewell", "phx_leave", {}])).await;
        client.expect_ok("1", "2", "room:farewell", json!({})).await;
        client.expect(json!(["1", "1", "room:farewell", "phx_close", {}])).await;
        client.expect(json!(["1", null, "room:farewell", "terminating", {}])).await;
        server.probe.expect_ended("room:farewell", Reason::Left).await;
        assert_eq!(server.endpoint.pubsub().topics(), 0);
    }
}

#[tokio::test]
async fn c119_messages_after_leave_are_unmatched_and_not_broadcast() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut listener = server.connect().await;
        listener.join("9", "room:a").await;
        let mut client = server.connect_as(version).await;
        client.join("1", "room:a").await;
        client.send(json!(["1", "2", "room:a", "phx_leave", {}])).await;
        // One on the heels of the leave, one after the close.
        client.send(json!(["1", "3", "room:a", "broadcast", {"x": 1}])).await;
        client.expect_ok("1", "2", "room:a", json!({})).await;
        client.expect(json!(["1", "1", "room:a", "phx_close", {}])).await;
        client.expect_unmatched("3", "room:a").await;
        client.send(json!([null, "4", "room:a", "broadcast", {"x": 1}])).await;
        client.expect_unmatched("4", "room:a").await;
        listener.expect_silence().await;
    }
}

#[tokio::test]
async fn c092_a_crashing_channel_runs_terminate_and_announces_no_close() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.join("1", "room:a").await;
        client.send(json!(["1", "2", "room:a", "boom", {}])).await;
        client.expect(json!(["1", "1", "room:a", "phx_error", {"reason": "channel_crash"}])).await;
        client.expect_silence().await;
        server.probe.expect_ended("room:a", Reason::Crashed("panicked: boom".into())).await;
    }
}

#[tokio::test]
async fn c093_c146_stopping_normally_announces_a_close() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.join("1", "room:a").await;
        client.send(json!(["1", "2", "room:a", "stop", {}])).await;
        client.expect(json!(["1", "1", "room:a", "phx_close", {}])).await;
        client.expect_silence().await;
        server.probe.expect_ended("room:a", Reason::Normal).await;
    }
}

#[tokio::test]
async fn c094_stopping_with_a_reply_replies_first() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.join("1", "room:a").await;
        client.send(json!(["1", "2", "room:a", "stop_with_reply", {"bye": 1}])).await;
        client.expect_ok("1", "2", "room:a", json!({"bye": 1})).await;
        client.expect(json!(["1", "1", "room:a", "phx_close", {}])).await;
        server.probe.expect_ended("room:a", Reason::Normal).await;
    }
}

#[tokio::test]
async fn s3_8_stopping_with_an_error_is_a_crash() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.join("1", "room:a").await;
        client.send(json!(["1", "2", "room:a", "stop_with_error", {}])).await;
        client.expect(json!(["1", "1", "room:a", "phx_error", {"reason": "channel_crash"}])).await;
        server.probe.expect_ended("room:a", Reason::Crashed("told to".into())).await;
    }
}

#[tokio::test]
async fn c095_messages_after_a_stop_harm_nobody() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.join("1", "room:a").await;
        let handle = server.probe.handle("room:a").await;
        client.send(json!(["1", "2", "room:a", "stop", {}])).await;
        for reference in ["3", "4"] {
            client.send(json!(["1", reference, "room:a", "ack", {}])).await;
        }
        client.expect(json!(["1", "1", "room:a", "phx_close", {}])).await;
        client.expect_unmatched("3", "room:a").await;
        client.expect_unmatched("4", "room:a").await;
        assert!(handle.send(RoomInfo::Crash).is_err());
        client.join("5", "room:a").await;
    }
}

/// What waits behind a crash is answered after it, in order.
#[tokio::test]
async fn s3_7_messages_behind_a_crash_are_unmatched() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.join("1", "room:a").await;
        for (reference, event) in [("2", "wait"), ("3", "boom"), ("4", "ack"), ("5", "phx_leave")] {
            client.send(json!(["1", reference, "room:a", event, {}])).await;
        }
        server.probe.open_gate(1);
        client.expect_ok("1", "2", "room:a", json!({})).await;
        client.expect(json!(["1", "1", "room:a", "phx_error", {"reason": "channel_crash"}])).await;
        client.expect_unmatched("4", "room:a").await;
        client.expect_ok("1", "5", "room:a", json!({})).await;
    }
}

#[tokio::test]
async fn c107_c134_channels_end_when_the_transport_closes() {
    let server = Fixture::new().await;
    for version in BOTH {
        for orderly in [true, false] {
            let mut client = server.connect_as(version).await;
            client.join("1", "room:a").await;
            if orderly {
                client.socket.close(None).await.unwrap();
            } else {
                drop(client);
            }
            server.probe.expect_ended("room:a", Reason::Closed).await;
            server.until_nobody_is_connected().await;
            assert_eq!(server.endpoint.pubsub().topics(), 0);
        }
    }
}

/// A handler that is in the middle of something is not interrupted, but is the last.
#[tokio::test]
async fn c107_a_busy_channel_ends_after_what_it_does() {
    let server = Fixture::new().await;
    let mut client = server.connect().await;
    client.join("1", "room:a").await;
    client.send(json!(["1", "2", "room:a", "wait", {}])).await;
    client.send(json!(["1", "3", "room:a", "boom", {}])).await;
    client.expect_silence().await;
    drop(client);
    server.until_nobody_is_connected().await;
    server.probe.open_gate(1);
    server.probe.expect_ended("room:a", Reason::Closed).await;
}

#[tokio::test]
async fn c016_c112_c139_a_disconnect_on_the_id_closes_connection_and_channels() {
    let server = Fixture::new().await;
    for version in BOTH {
        let path = format!("/socket/websocket?vsn={}&id=user:1", version.vsn());
        let mut client = server.open(version, &path).await;
        client.join("1", "room:a").await;
        let mut other = server.open(version, &path.replace("user:1", "user:2")).await;
        // Other events on the id mean nothing (spec §1.11).
        server.endpoint.broadcast("user:1", "reconnect", &json!({})).unwrap();
        client.expect_silence().await;
        server.endpoint.disconnect("user:1");
        client.expect_close(1001).await;
        server.probe.expect_ended("room:a", Reason::Disconnected).await;
        other.expect_silence().await;
        drop((client, other));
        server.until_nobody_is_connected().await;
        assert_eq!(server.endpoint.pubsub().topics(), 0);
    }
}

/// A plain broadcast does the same, whatever its payload.
#[tokio::test]
async fn c016_c098_c112_a_disconnect_is_a_broadcast_on_the_id() {
    let server = Fixture::new().await;
    let mut client = server.open(Version::V2, "/socket/websocket?vsn=2.0.0&id=x").await;
    assert_eq!(server.endpoint.broadcast("x", "disconnect", &json!({"any": 1})).unwrap(), 1);
    client.expect_close(1001).await;
}

#[tokio::test]
async fn s3_15_stopping_the_server_drains_with_1012_channels_or_none() {
    let mut server = Fixture::new().await;
    let mut joined = server.connect().await;
    joined.join("1", "room:a").await;
    let mut idle = server.connect().await;
    idle.expect_silence().await;
    server.server.begin_stop();
    joined.expect_close(1012).await;
    idle.expect_close(1012).await;
    server.probe.expect_ended("room:a", Reason::Draining).await;
    drop((joined, idle));
    server.server.stop().await;
}

/// Spec §3.6: five seconds, then it is killed without an end of its `terminate`, and the new one joins.
#[tokio::test]
async fn c108_s3_6_a_replaced_channel_that_does_not_end_is_killed() {
    let server = Fixture::new().await;
    let mut client = server.connect().await;
    client.join("1", "room:stuck").await;
    let started = tokio::time::Instant::now();
    client.send(json!(["2", "2", "room:stuck", "phx_join", {}])).await;
    client.expect_silence().await;
    client.expect_ok("2", "2", "room:stuck", json!({})).await;
    assert!(started.elapsed() >= Duration::from_secs(5));
    client.expect(json!(["1", "1", "room:stuck", "phx_close", {}])).await;
    assert_eq!(server.probe.ended().await, ("room:stuck".into(), None));
    client.expect_silence().await;
}
