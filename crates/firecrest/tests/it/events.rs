//! Events of joined channels, their replies, and what a channel says of its own accord (spec §3.3, §3.5).

use firecrest::channel::SendError;
use firecrest::prelude::*;
use serde_json::Value;
use tokio::sync::oneshot;

use crate::fixture::{Fixture, RoomInfo};
use crate::support::{BOTH, Client, Version, soon};

/// Expects that the channel has crashed, which was joined with ref `1`, and joins it again.
async fn expect_crash(client: &mut Client, topic: &str) {
    client.expect(json!(["1", "1", topic, "phx_error", {"reason": "channel_crash"}])).await;
    client.join("1", topic).await;
}

#[tokio::test]
async fn c088_c089_an_event_is_answered_with_nothing_a_status_or_a_payload() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.join("1", "room:a").await;
        client.send(json!(["1", "2", "room:a", "ignore", {}])).await;
        client.send(json!(["1", "3", "room:a", "push", {"x": 1}])).await;
        client.expect(json!(["1", null, "room:a", "pushed", {"x": 1}])).await;
        client.send(json!(["1", "4", "room:a", "ack", {}])).await;
        client.expect_ok("1", "4", "room:a", json!({})).await;
        client.send(json!(["1", "5", "room:a", "refuse", {"why": ["a"]}])).await;
        client.expect_error("1", "5", "room:a", json!({"why": ["a"]})).await;
        client.send(json!(["1", "6", "room:a", "custom", 42])).await;
        let reply = json!({"status": "custom_status", "response": 42});
        client.expect(json!(["1", "6", "room:a", "phx_reply", reply])).await;
    }
}

/// Any JSON value reaches user code unchanged and may be a reply (spec §2.2).
#[tokio::test]
async fn c090_payloads_of_any_shape_arrive_unchanged() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.join("1", "room:a").await;
        let payloads = [
            json!({"list": [{"a": [{"b": 1}]}, null, 1.5, "ü\u{2028}\u{0}"]}),
            json!(null),
            json!([]),
            json!("text"),
            json!(18_446_744_073_709_551_615_u64),
        ];
        for payload in payloads {
            client.send(json!(["1", "2", "room:a", "echo", payload])).await;
            client.expect_ok("1", "2", "room:a", payload).await;
        }
    }
}

#[tokio::test]
async fn c077_c116_a_push_carries_the_join_ref_and_no_ref() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.send(json!(["1", "2", "room:greeting", "phx_join", {}])).await;
        client.expect_ok("1", "2", "room:greeting", json!({})).await;
        client.expect(json!(["1", null, "room:greeting", "pushed", {"a": 1}])).await;
    }
}

#[tokio::test]
async fn s3_5_pushes_before_the_reply_arrive_before_it() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.join("1", "room:a").await;
        client.send(json!(["1", "2", "room:a", "push_then_reply", {}])).await;
        client.expect(json!(["1", null, "room:a", "first", {}])).await;
        client.expect(json!(["1", null, "room:a", "second", {}])).await;
        client.expect_ok("1", "2", "room:a", json!({})).await;
    }
}

#[tokio::test]
async fn s3_5_a_message_without_ref_is_answered_without_ref() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.join("1", "room:a").await;
        client.send(json!(["1", null, "room:a", "ack", {}])).await;
        client.expect_ok("1", Value::Null, "room:a", json!({})).await;
    }
}

#[tokio::test]
async fn s3_5_messages_of_one_channel_are_answered_in_order() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.join("1", "room:a").await;
        for n in 0..300 {
            client.send(json!(["1", n, "room:a", "echo", {"n": n}])).await;
        }
        for n in 0..300 {
            client.expect_ok("1", n, "room:a", json!({"n": n})).await;
        }
    }
}

#[tokio::test]
async fn s3_3_a_stale_join_ref_is_dropped_silently_and_a_null_one_accepted() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.join("2", "room:a").await;
        for stale in [json!("1"), json!(2), json!("")] {
            client.send(json!([stale, "3", "room:a", "ack", {}])).await;
            client.send(json!([stale, "4", "room:a", "phx_leave", {}])).await;
        }
        client.expect_silence().await;
        client.send(json!([null, "5", "room:a", "ack", {}])).await;
        client.expect_ok("2", "5", "room:a", json!({})).await;
        client.send(json!(["2", "6", "room:a", "ack", {}])).await;
        client.expect_ok("2", "6", "room:a", json!({})).await;
    }
}

/// Spec §3.3: nothing but `phx_join` and `phx_leave` is reserved.
#[tokio::test]
async fn s3_3_phoenix_events_of_a_client_reach_user_code() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.join("1", "room:a").await;
        for event in ["phx_close", "phx_error", "phx_reply", "presence_diff"] {
            client.send(json!(["1", "2", "room:a", event, {}])).await;
            client.expect_ok("1", "2", "room:a", json!({"event": event})).await;
        }
    }
}

#[tokio::test]
async fn s3_10_heartbeats_are_answered_whatever_they_carry() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.send(json!(["1", 7, "phoenix", "heartbeat", [1, 2]])).await;
        client.expect_ok(Value::Null, 7, "phoenix", json!({})).await;
        client.send(json!([null, null, "phoenix", "heartbeat", null])).await;
        client.expect_ok(Value::Null, Value::Null, "phoenix", json!({})).await;
        client.send(json!([null, "8", "phoenix", "ack", {}])).await;
        client.expect_unmatched("8", "phoenix").await;
    }
}

/// Spec §3.1: a channel may have the topic `phoenix`, but not its heartbeats.
#[tokio::test]
async fn s3_1_a_channel_named_phoenix_never_sees_heartbeats() {
    let server = Fixture::new().await;
    let mut client = server.connect().await;
    client.join("1", "phoenix").await;
    client.send(json!(["1", "2", "phoenix", "ack", {}])).await;
    client.expect_ok("1", "2", "phoenix", json!({})).await;
    client.send(json!(["1", "3", "phoenix", "heartbeat", {}])).await;
    client.expect_ok(Value::Null, "3", "phoenix", json!({})).await;
}

#[tokio::test]
async fn c135_an_event_on_an_unjoined_topic_is_unmatched_and_reaches_nobody() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut listener = server.connect().await;
        listener.join("1", "room:a").await;
        let mut client = server.connect_as(version).await;
        client.send(json!(["1", "2", "room:a", "broadcast", {"x": 1}])).await;
        client.expect_unmatched("2", "room:a").await;
        listener.expect_silence().await;
    }
}

#[tokio::test]
async fn c078_c079_c091_a_deferred_reply_carries_the_ref_of_its_message() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.join("1", "room:a").await;
        client.send(json!(["1", "2", "room:a", "hold", {}])).await;
        client.send(json!(["1", "3", "room:a", "ack", {}])).await;
        client.expect_ok("1", "3", "room:a", json!({})).await;
        let held = server.probe.take_held().await;
        held.send(json!({"a": 1}));
        held.send(Reply::empty());
        held.send(Reply::error(json!({"b": 2})));
        client.expect_ok("1", "2", "room:a", json!({"a": 1})).await;
        client.expect_ok("1", "2", "room:a", json!({})).await;
        client.expect_error("1", "2", "room:a", json!({"b": 2})).await;
        // It outlives its channel (spec §3.5).
        client.send(json!(["1", "4", "room:a", "stop", {}])).await;
        client.expect(json!(["1", "1", "room:a", "phx_close", {}])).await;
        held.send(json!({"late": true}));
        client.expect_ok("1", "2", "room:a", json!({"late": true})).await;
    }
}

#[tokio::test]
async fn c080_deferring_a_reply_without_a_message_to_answer_crashes_the_channel() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.join("1", "room:a").await;
        client.send(json!(["1", null, "room:a", "hold", {}])).await;
        expect_crash(&mut client, "room:a").await;
        for info in [RoomInfo::DeferReply, RoomInfo::Reply] {
            client.send(json!(["1", "2", "room:a", "ack", {}])).await;
            client.expect_ok("1", "2", "room:a", json!({})).await;
            server.probe.handle("room:a").await.send(info).unwrap();
            expect_crash(&mut client, "room:a").await;
        }
    }
}

/// While too many replies are owed the channel takes no events, and goes on when there are fewer.
#[tokio::test]
async fn deferred_replies_are_bounded() {
    let server = Fixture::new().await;
    let mut client = server.connect().await;
    client.join("1", "room:a").await;
    for n in 0..4 {
        client.send(json!(["1", n, "room:a", "hold", {}])).await;
    }
    client.send(json!(["1", "ack", "room:a", "ack", {}])).await;
    // Infos are still taken.
    let (answer, answered) = oneshot::channel();
    server.probe.handle("room:a").await.send(RoomInfo::Ask(answer)).unwrap();
    assert_eq!(soon(answered).await.unwrap(), "room:a");
    client.expect_silence().await;
    assert_eq!(server.probe.held(), 4);
    drop(server.probe.take_held().await);
    client.expect_ok("1", "ack", "room:a", json!({})).await;
}

#[tokio::test]
async fn c147_a_binary_event_gets_a_binary_reply_and_a_binary_push_the_join_ref() {
    let server = Fixture::new().await;
    let mut client = server.connect().await;
    client.join("10", "room:a").await;
    client.send_binary(b"\x00\x02\x02\x06\x071011room:areverse\x01\x02\xff").await;
    assert_eq!(client.next_binary().await, b"\x01\x02\x02\x06\x021011room:aok\xff\x02\x01");
    client.send_binary(b"\x00\x02\x02\x06\x0b1012room:apush_binary\x09").await;
    assert_eq!(client.next_binary().await, b"\x00\x02\x06\x0610room:apushed\x09");
    // Text may be answered with binary and the other way round (spec §2.3).
    client.send(json!(["10", 13, "room:a", "reply_binary", {}])).await;
    assert_eq!(client.next_binary().await, b"\x01\x02\x02\x06\x021013room:aok\x01\x02\x03");
    client.send_binary(b"\x00\x02\x02\x06\x031014room:aack").await;
    client.expect_ok("10", "14", "room:a", json!({})).await;
}

/// Spec §2.3: binary frames can carry any event. An empty join ref is null here (appendix B 7).
#[tokio::test]
async fn s2_3_joining_leaving_and_heartbeats_in_binary() {
    let server = Fixture::new().await;
    let mut client = server.connect().await;
    client.send_binary(b"\x00\x00\x01\x07\x097phoenixheartbeat").await;
    client.expect_ok(Value::Null, "7", "phoenix", json!({})).await;
    client.send_binary(b"\x00\x01\x01\x06\x0811room:aphx_join\xff").await;
    client.expect_ok("1", "1", "room:a", json!({})).await;
    client.send_binary(b"\x00\x00\x01\x06\x032room:aack").await;
    client.expect_ok("1", "2", "room:a", json!({})).await;
    client.send_binary(b"\x00\x00\x00\x06\x03room:aack").await;
    let reply = client.next_json().await;
    assert_eq!(reply[0], "1");
    assert!(reply[1] == "" || reply[1].is_null(), "{reply}");
    client.send_binary(b"\x00\x01\x01\x06\x0913room:aphx_leave").await;
    client.expect_ok("1", "3", "room:a", json!({})).await;
    client.expect(json!(["1", "1", "room:a", "phx_close", {}])).await;
}

#[tokio::test]
async fn s2_6_what_cannot_be_encoded_crashes_only_its_channel() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.join("1", "room:a").await;
        client.join("2", "room:b").await;
        let mut events = vec!["reply_unencodable", "broadcast_list", "push_list"];
        // Version 1 has no binary frames (spec §2.4).
        events.extend((version == Version::V1).then_some("reply_binary"));
        for event in events {
            client.send(json!(["1", "3", "room:a", event, {}])).await;
            expect_crash(&mut client, "room:a").await;
            client.send(json!(["2", "4", "room:b", "ack", {}])).await;
            client.expect_ok("2", "4", "room:b", json!({})).await;
        }
    }
}

#[tokio::test]
async fn c133_an_exception_in_a_handler_is_a_crash_of_that_channel_only() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.join("1", "room:a").await;
        client.join("2", "room:b").await;
        client.send(json!(["1", "3", "room:a", "boom", {}])).await;
        client.expect(json!(["1", "1", "room:a", "phx_error", {"reason": "channel_crash"}])).await;
        client.send(json!(["2", "4", "room:b", "ack", {}])).await;
        client.expect_ok("2", "4", "room:b", json!({})).await;
        client.send(json!(["1", "5", "room:a", "ack", {}])).await;
        client.expect_unmatched("5", "room:a").await;
    }
}

#[tokio::test]
async fn c133_s2_2_an_event_nobody_understands_crashes_only_its_channel() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.join("1", "room:a").await;
        let events = [json!("unknown"), json!(""), json!(42), json!(null), json!(["ack"]), json!({"ack": 1})];
        for event in events {
            client.send(json!(["1", "2", "room:a", event, {}])).await;
            expect_crash(&mut client, "room:a").await;
        }
        client.send(json!(["1", "2", "room:a", "subscribe", {"no": "topic"}])).await;
        expect_crash(&mut client, "room:a").await;
    }
}

#[tokio::test]
async fn c104_c153_infos_push_broadcast_and_stop() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut other = server.connect().await;
        other.join("9", "room:a").await;
        let mut client = server.connect_as(version).await;
        client.join("1", "room:a").await;
        client.send(json!(["1", "2", "room:a", "ack", {}])).await;
        client.expect_ok("1", "2", "room:a", json!({})).await;
        let handle = server.probe.handle("room:a").await;
        handle.send(RoomInfo::Push(json!({"p": 1}))).unwrap();
        client.expect(json!(["1", null, "room:a", "pushed", {"p": 1}])).await;
        handle.send(RoomInfo::Broadcast(json!({"b": 1}))).unwrap();
        client.expect(json!([null, null, "room:a", "told", {"b": 1}])).await;
        other.expect(json!([null, null, "room:a", "told", {"b": 1}])).await;
        handle.send(RoomInfo::Stop).unwrap();
        client.expect(json!(["1", "1", "room:a", "phx_close", {}])).await;
        server.probe.expect_ended("room:a", Reason::Normal).await;
        assert_eq!(handle.send(RoomInfo::Hello), Err(SendError::Closed));
        drop(other);
        server.probe.expect_ended("room:a", Reason::Closed).await;
    }
}

/// A call is an info with a channel for its answer.
#[tokio::test]
async fn c105_infos_are_calls_and_casts() {
    let server = Fixture::new().await;
    let mut client = server.connect().await;
    client.join("1", "room:a").await;
    let handle = server.probe.handle("room:a").await;
    let (answer, answered) = oneshot::channel();
    handle.send(RoomInfo::Ask(answer)).unwrap();
    assert_eq!(soon(answered).await.unwrap(), "room:a");
    handle.send(RoomInfo::Push(json!({}))).unwrap();
    client.expect(json!(["1", null, "room:a", "pushed", {}])).await;
    handle.send(RoomInfo::Crash).unwrap();
    expect_crash(&mut client, "room:a").await;
}

#[tokio::test]
async fn timers_push_later_and_can_be_cancelled() {
    let server = Fixture::new().await;
    let mut client = server.connect().await;
    client.join("1", "room:a").await;
    client.send(json!(["1", "2", "room:a", "push_later", {}])).await;
    client.expect(json!(["1", null, "room:a", "pushed", {"later": true}])).await;
}
