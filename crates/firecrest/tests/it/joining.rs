//! Joining: routes, replies and refusals (spec §3.1, §3.4).

use firecrest::prelude::*;
use futures_util::future::join_all;
use serde_json::Value;

use crate::fixture::Fixture;
use crate::support::{BOTH, Version};

#[tokio::test]
async fn c001_c113_the_first_route_that_matches_serves_the_topic_with_its_data() {
    let server = Fixture::new().await;
    let mut client = server.connect().await;
    let routed = [
        ("food:1", json!({"label": "first", "splat": ":1"})),
        ("food", json!({"label": "first", "splat": ""})),
        ("foo:1", json!({"label": "second", "splat": ":1"})),
        ("foo:a:*", json!({"label": "second", "splat": ":a:*"})),
        ("exact", json!({"label": null, "splat": ""})),
    ];
    for (topic, response) in routed {
        client.send(json!(["1", "2", topic, "phx_join", {}])).await;
        client.expect_ok("1", "2", topic, response).await;
    }
}

#[tokio::test]
async fn c002_c143_a_topic_without_a_route_has_no_channel() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        for topic in ["nope", "", "Food:1", "exactly", "exact:1", "room"] {
            client.send(json!(["1", "2", topic, "phx_join", {}])).await;
            client.expect_unmatched("2", topic).await;
        }
    }
}

#[tokio::test]
async fn c114_a_socket_may_be_mounted_below_another() {
    let server = Fixture::mounted_at(&["/ws", "/ws/admin"]).await;
    for version in BOTH {
        for mount in ["/ws", "/ws/admin"] {
            let path = format!("{mount}/websocket?vsn={}", version.vsn());
            server.open(version, &path).await.join("1", "room:a").await;
        }
    }
}

#[tokio::test]
async fn c115_the_join_reply_carries_ref_and_join_ref() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.send(json!(["1", "2", "room:a", "phx_join", {}])).await;
        client.expect_ok("1", "2", "room:a", json!({})).await;
    }
}

/// Refs are opaque JSON values (spec §2.1) and the join reply echoes both as they were.
#[tokio::test]
async fn c115_s2_1_refs_are_echoed_as_they_were_sent() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        for (n, reference) in [json!("7"), json!(8), json!(1.5), json!(true), json!("")].iter().enumerate() {
            let topic = format!("room:{n}");
            client.send(json!([reference, reference, topic, "phx_join", {}])).await;
            client.expect_ok(reference.clone(), reference.clone(), &topic, json!({})).await;
        }
        client.send(json!([8, 9, "room:1", "ack", {}])).await;
        client.expect_ok(8, 9, "room:1", json!({})).await;
        client.send(json!(["8", 10, "room:1", "ack", {}])).await;
        client.expect_silence().await;
    }
}

#[tokio::test]
async fn s3_4_a_join_may_be_answered_with_any_json() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        for (n, reply) in
            [json!({"a": [1, {"b": null}]}), json!(42), json!([]), json!("text")].into_iter().enumerate()
        {
            let topic = format!("room:{n}");
            client.send(json!(["1", "1", topic, "phx_join", {"reply": reply}])).await;
            client.expect_ok("1", "1", &topic, reply).await;
        }
    }
}

/// Spec §2.5: replies and pushes of a join without a join ref carry the join's ref, `phx_close` does not.
#[tokio::test]
async fn s2_5_a_join_without_a_join_ref() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.send(json!([null, "5", "room:greeting", "phx_join", {}])).await;
        client.expect_ok(Value::Null, "5", "room:greeting", json!({})).await;
        client.expect(json!(["5", null, "room:greeting", "pushed", {"a": 1}])).await;
        client.send(json!(["5", "6", "room:greeting", "ack", {}])).await;
        client.expect_silence().await;
        client.send(json!([null, "7", "room:greeting", "ack", {}])).await;
        client.expect_ok("5", "7", "room:greeting", json!({})).await;
        client.send(json!([null, "8", "room:greeting", "phx_leave", {}])).await;
        client.expect_ok("5", "8", "room:greeting", json!({})).await;
        client.expect(json!([null, null, "room:greeting", "phx_close", {}])).await;
    }
}

#[tokio::test]
async fn c086_c144_a_refused_join_is_answered_with_its_payload() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        let refusals = [
            ("refusing:payload", json!({"code": 7, "list": [{"a": 1}]})),
            ("refusing:empty", json!({})),
            ("refusing:reason", json!({"reason": "not today"})),
        ];
        for (topic, response) in refusals {
            client.send(json!(["1", "2", topic, "phx_join", response])).await;
            client.expect_error("1", "2", topic, response).await;
            client.send(json!(["1", "3", topic, "ack", {}])).await;
            client.expect_unmatched("3", topic).await;
        }
    }
}

#[tokio::test]
async fn c087_c145_a_join_that_fails_is_answered_join_crashed() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        for topic in ["crashing:panic", "crashing:params", "crashing:reply", "crashing:refusal"] {
            client.send(json!(["1", "2", topic, "phx_join", {}])).await;
            client.expect_error("1", "2", topic, json!({"reason": "join crashed"})).await;
            client.send(json!(["1", "3", topic, "ack", {}])).await;
            client.expect_unmatched("3", topic).await;
        }
    }
}

/// Spec appendix B 6: the reference would close the connection.
#[tokio::test]
async fn s2_6_a_join_reply_that_cannot_be_encoded_is_answered_join_crashed() {
    let server = Fixture::new().await;
    let mut client = server.connect_as(Version::V1).await;
    client.send(json!([null, "2", "crashing:binary", "phx_join", {}])).await;
    client.expect_error(Value::Null, "2", "crashing:binary", json!({"reason": "join crashed"})).await;
    client.join("3", "room:a").await;
    assert_eq!(server.endpoint.pubsub().topics(), 1);
}

#[tokio::test]
async fn s2_3_a_join_reply_may_be_binary() {
    let server = Fixture::new().await;
    let mut client = server.connect().await;
    client.send(json!(["1", "2", "crashing:binary", "phx_join", {}])).await;
    assert_eq!(client.next_binary().await, b"\x01\x01\x01\x0f\x0212crashing:binaryok\x01");
}

#[tokio::test]
async fn c120_the_101st_channel_is_refused() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        for n in 0..100 {
            client.join(&n.to_string(), &format!("room:{n}")).await;
        }
        client.send(json!(["a", "b", "room:100", "phx_join", {}])).await;
        client.expect_error("a", "b", "room:100", json!({"reason": "too many channels joined"})).await;
        client.send(json!(["a", "c", "room:100", "ack", {}])).await;
        client.expect_unmatched("c", "room:100").await;
    }
}

#[tokio::test]
async fn c121_a_lower_limit_is_honoured_and_a_replaced_or_left_channel_does_not_count() {
    let server = Fixture::mounted(|mount| mount.max_channels(2)).await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.join("1", "room:1").await;
        client.join("2", "room:2").await;
        client.send(json!(["3", "3", "room:3", "phx_join", {}])).await;
        client.expect_error("3", "3", "room:3", json!({"reason": "too many channels joined"})).await;
        // Replacing one needs no further place.
        client.join("4", "room:2").await;
        client.expect(json!(["2", "2", "room:2", "phx_close", {}])).await;
        client.send(json!(["1", "5", "room:1", "phx_leave", {}])).await;
        client.expect_ok("1", "5", "room:1", json!({})).await;
        client.expect(json!(["1", "1", "room:1", "phx_close", {}])).await;
        client.join("6", "room:3").await;
        client.send(json!(["4", "7", "room:2", "boom", {}])).await;
        client.expect(json!(["4", "4", "room:2", "phx_error", {"reason": "channel_crash"}])).await;
        client.join("8", "room:4").await;
    }
}

#[tokio::test]
async fn s3_3_a_topic_that_is_no_string_is_echoed() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        for topic in [json!(1), json!(null), json!({"a": [1]}), json!(["room:a"]), json!(true)] {
            for event in ["phx_join", "ack"] {
                client.send(json!(["1", "2", topic, event, {}])).await;
                client.expect_unmatched("2", topic.clone()).await;
            }
            client.send(json!(["1", "3", topic, "phx_leave", {}])).await;
            let reply = json!({"status": "ok", "response": {}});
            client.expect(json!(["1", "3", topic, "phx_reply", reply])).await;
        }
    }
}

/// Spec §3.4: pushes from the join follow its reply.
#[tokio::test]
async fn s3_4_the_join_reply_is_the_first_frame_of_a_channel() {
    let server = Fixture::new().await;
    let mut client = server.connect().await;
    for n in 0..50 {
        let reference = n.to_string();
        client.send(json!([reference, reference, "room:greeting", "phx_join", {}])).await;
        client.expect_ok(&*reference, &*reference, "room:greeting", json!({})).await;
        if n > 0 {
            let old = (n - 1).to_string();
            client.expect(json!([old, old, "room:greeting", "phx_close", {}])).await;
        }
        client.expect(json!([reference, null, "room:greeting", "pushed", {"a": 1}])).await;
    }
}

/// The same while others broadcast on the topic all the time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s3_4_no_broadcast_overtakes_the_join_reply() {
    let server = Fixture::new().await;
    let endpoint = server.endpoint.clone();
    let shouting = tokio::spawn(async move {
        loop {
            endpoint.broadcast("room:a", "noise", &json!({})).unwrap();
            tokio::task::yield_now().await;
        }
    });
    let mut client = server.connect().await;
    for n in 0..100 {
        let reference = n.to_string();
        client.send(json!([reference, reference, "room:a", "phx_join", {}])).await;
        client.expect_ok(&*reference, &*reference, "room:a", json!({})).await;
        client.send(json!([reference, "left", "room:a", "phx_leave", {}])).await;
        let left = json!([reference, "left", "room:a", "phx_reply", {"status": "ok", "response": {}}]);
        while client.next_json().await != left {}
        // Broadcasts reach a leaving client until it has been unsubscribed, and no longer.
        let close = json!([reference, reference, "room:a", "phx_close", {}]);
        while client.next_json().await != close {}
    }
    shouting.abort();
}

#[tokio::test]
async fn s3_4_a_slow_join_delays_nothing_else() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.join("1", "room:a").await;
        client.send(json!(["2", "2", "room:slow", "phx_join", {}])).await;
        client.send(json!(["1", "3", "room:a", "ack", {}])).await;
        client.expect_ok("1", "3", "room:a", json!({})).await;
        client.send(json!([null, "4", "phoenix", "heartbeat", {}])).await;
        client.expect_ok(Value::Null, "4", "phoenix", json!({})).await;
        client.join("5", "room:b").await;
        server.probe.open_gate(1);
        client.expect_ok("2", "2", "room:slow", json!({})).await;
    }
}

#[tokio::test]
async fn s3_4_messages_for_a_topic_that_is_being_joined_wait_in_order() {
    let server = Fixture::new().await;
    let mut client = server.connect().await;
    client.send(json!(["2", "2", "room:slow", "phx_join", {}])).await;
    for n in 0..10 {
        client.send(json!(["2", n, "room:slow", "echo", {"n": n}])).await;
    }
    client.send(json!(["1", "stale", "room:slow", "echo", {}])).await;
    client.send(json!(["2", "leave", "room:slow", "phx_leave", {}])).await;
    client.expect_silence().await;
    server.probe.open_gate(1);
    client.expect_ok("2", "2", "room:slow", json!({})).await;
    for n in 0..10 {
        client.expect_ok("2", n, "room:slow", json!({"n": n})).await;
    }
    client.expect_ok("2", "leave", "room:slow", json!({})).await;
    client.expect(json!(["2", "2", "room:slow", "phx_close", {}])).await;
}

#[tokio::test]
async fn s3_4_what_the_join_leaves_to_do_comes_before_what_the_client_says_meanwhile() {
    let server = Fixture::new().await;
    let mut client = server.connect().await;
    client.send(json!(["2", "2", "room:slow:greeting", "phx_join", {}])).await;
    client.send(json!(["2", "3", "room:slow:greeting", "ack", {}])).await;
    server.probe.open_gate(1);
    client.expect_ok("2", "2", "room:slow:greeting", json!({})).await;
    client.expect(json!(["2", null, "room:slow:greeting", "pushed", {"a": 1}])).await;
    client.expect_ok("2", "3", "room:slow:greeting", json!({})).await;
}

/// The client's join timeout: it leaves and joins again while the server is still thinking (spec §3.4).
#[tokio::test]
async fn s3_4_leaving_and_joining_again_during_a_slow_join_yields_one_channel() {
    let server = Fixture::new().await;
    let mut client = server.connect().await;
    client.send(json!(["1", "1", "room:slow", "phx_join", {}])).await;
    client.send(json!(["1", "2", "room:slow", "phx_leave", {}])).await;
    client.send(json!(["3", "3", "room:slow", "phx_join", {}])).await;
    client.expect_error("1", "1", "room:slow", json!({"reason": "join replaced"})).await;
    client.expect_ok("1", "2", "room:slow", json!({})).await;
    client.expect_silence().await;
    server.probe.open_gate(1);
    client.expect_ok("3", "3", "room:slow", json!({})).await;
    client.expect_silence().await;
    assert_eq!(server.endpoint.pubsub().subscribers("room:slow"), 1);
}

#[tokio::test]
async fn s3_4_a_join_that_nobody_waits_for_is_dropped_with_its_connection() {
    let server = Fixture::new().await;
    let mut client = server.connect().await;
    client.send(json!(["1", "1", "room:slow", "phx_join", {}])).await;
    client.expect_silence().await;
    drop(client);
    server.until_nobody_is_connected().await;
    server.probe.open_gate(1);
    // The permit is still there for somebody else.
    server.probe.pass_gate().await;
}

#[tokio::test]
async fn s2_7_many_clients_join_one_topic_at_once() {
    let server = Fixture::new().await;
    let clients = join_all((0..20).map(|_| async {
        let mut client = server.connect().await;
        client.join("1", "room:a").await;
        client
    }));
    let mut clients = clients.await;
    assert_eq!(server.endpoint.broadcast("room:a", "all", &json!({})).unwrap(), 20);
    for client in &mut clients {
        client.expect(json!([null, null, "room:a", "all", {}])).await;
    }
    drop(clients);
    server.until_nobody_is_connected().await;
}
