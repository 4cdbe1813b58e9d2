//! What the bench channel does, for any server.

use firecrest_wire::websocket::{Item, Opcode};
use serde_json::{Value, json};

use crate::client::{Client, frame, text};
use crate::server::Server;

const TOPIC: &str = "bench:all";

fn say(topic: &str, payload: &Value) -> Value {
    json!(["1", null, topic, "say", payload])
}

fn said(topic: &str, payload: &Value) -> Value {
    json!([null, null, topic, "said", payload])
}

/// Spec §3.4.
pub(crate) fn a_topic_is_joined(server: &Server) {
    let mut client = Client::connect(server);
    assert_eq!(client.ask("3", "4", "bench:any:thing", "phx_join", &json!({})), json!({}));
}

/// Spec §3.9: neither does it exist, nor is anybody heard who has not joined.
pub(crate) fn a_topic_of_another_kind_is_refused(server: &Server) {
    let mut client = Client::join(server, TOPIC);
    for (topic, event) in [("other:a", "phx_join"), ("bench:other", "echo")] {
        client.send(&json!(["1", "7", topic, event, {}]));
        let answer = json!({ "response": { "reason": "unmatched topic" }, "status": "error" });
        assert_eq!(client.next(), json!([null, "7", topic, "phx_reply", answer]));
    }
}

pub(crate) fn an_echo_keeps_its_payload(server: &Server) {
    let mut client = Client::join(server, TOPIC);
    let payload = json!({ "text": "\"]},{[ \\ ü \u{1f426}", "list": [1, -2.5, null, true, {}], "empty": "" });
    assert_eq!(client.ask("1", "2", TOPIC, "echo", &payload), payload);
    assert_eq!(client.ask("1", "3", TOPIC, "echo", &json!({})), json!({}));
}

pub(crate) fn what_is_said_reaches_everybody_once_and_in_order(server: &Server) {
    let (mut speaker, mut listener) = (Client::join(server, TOPIC), Client::join(server, TOPIC));
    for n in 0..100 {
        speaker.send(&say(TOPIC, &json!({ "n": n })));
    }
    for client in [&mut speaker, &mut listener] {
        for n in 0..100 {
            assert_eq!(client.next(), said(TOPIC, &json!({ "n": n })));
        }
        client.expect_nothing(TOPIC);
    }
}

pub(crate) fn topics_do_not_mix(server: &Server) {
    let (mut a, mut b) = (Client::join(server, "bench:a"), Client::join(server, "bench:b"));
    a.send(&say("bench:a", &json!({ "to": "a" })));
    assert_eq!(a.next(), said("bench:a", &json!({ "to": "a" })));
    b.send(&say("bench:b", &json!({ "to": "b" })));
    assert_eq!(b.next(), said("bench:b", &json!({ "to": "b" })));
    a.expect_nothing("bench:a");
    b.expect_nothing("bench:b");
}

pub(crate) fn one_connection_is_on_several_topics(server: &Server) {
    let mut both = Client::join(server, "bench:a");
    both.ask("2", "2", "bench:b", "phx_join", &json!({}));
    let mut other = Client::join(server, "bench:b");
    other.send(&say("bench:b", &json!({ "n": 1 })));
    assert_eq!(both.next(), said("bench:b", &json!({ "n": 1 })));

    both.send(&json!(["1", "3", "bench:a", "phx_leave", {}]));
    assert_eq!([both.next(), both.next()].map(|message| message[2] == "bench:a"), [true; 2]);
    other.send(&say("bench:b", &json!({ "n": 2 })));
    assert_eq!(both.next(), said("bench:b", &json!({ "n": 2 })));
}

pub(crate) fn a_large_payload_arrives_whole(server: &Server) {
    let (mut speaker, mut listener) = (Client::join(server, TOPIC), Client::join(server, TOPIC));
    let payload = json!({ "text": "0123456789".repeat(10_000) });
    assert_eq!(speaker.ask("1", "2", TOPIC, "echo", &payload), payload);
    speaker.send(&say(TOPIC, &payload));
    for client in [&mut speaker, &mut listener] {
        assert_eq!(client.next(), said(TOPIC, &payload));
        client.expect_nothing(TOPIC);
    }
}

/// Spec §3.8.
pub(crate) fn who_leaves_is_told_so_and_hears_no_more(server: &Server) {
    let (mut stays, mut leaves) = (Client::join(server, TOPIC), Client::join(server, TOPIC));
    leaves.ask("1", "2", TOPIC, "phx_leave", &json!({}));
    assert_eq!(leaves.next(), json!(["1", "1", TOPIC, "phx_close", {}]));

    stays.send(&say(TOPIC, &json!({})));
    assert_eq!(stays.next(), said(TOPIC, &json!({})));
    leaves.ask("1", "3", TOPIC, "phx_join", &json!({}));
    leaves.send(&say(TOPIC, &json!({ "again": true })));
    for client in [stays, leaves].iter_mut() {
        assert_eq!(client.next(), said(TOPIC, &json!({ "again": true })));
    }
}

/// Members that go, from any place among the others and with or without a word, leave the others where they are.
pub(crate) fn who_is_gone_is_forgotten(server: &Server) {
    let mut clients: Vec<Client> = (0..8).map(|_| Client::join(server, TOPIC)).collect();
    for (n, position) in [0, 3, 5, 2].into_iter().enumerate() {
        let mut gone = clients.remove(position);
        if n % 2 == 0 {
            gone.send_bytes(&frame(Opcode::Close, &[]));
            assert!(matches!(gone.next_item(), Some(Item::Close(_))));
        }
        drop(gone);
        let last = clients.len() - 1;
        clients[last].send(&say(TOPIC, &json!({ "n": n })));
        for client in &mut clients {
            assert_eq!(client.next(), said(TOPIC, &json!({ "n": n })));
        }
    }
    for client in &mut clients {
        client.expect_nothing(TOPIC);
    }
}

/// Spec §3.10; refs keep their type (spec §2.1).
pub(crate) fn a_heartbeat_is_answered(server: &Server) {
    let mut client = Client::connect(server);
    for reference in [json!("8"), json!(9)] {
        client.send(&json!([null, reference, "phoenix", "heartbeat", {}]));
        let answer = json!({ "response": {}, "status": "ok" });
        assert_eq!(client.next(), json!([null, reference, "phoenix", "phx_reply", answer]));
    }
}

/// RFC 6455 §5.5.
pub(crate) fn a_ping_is_answered_and_so_is_a_close(server: &Server) {
    let mut client = Client::connect(server);
    client.send_bytes(&frame(Opcode::Ping, b"there?"));
    assert_eq!(client.next_item(), Some(Item::Pong("there?".into())));
    client.send_bytes(&frame(Opcode::Close, &1000_u16.to_be_bytes()));
    assert!(matches!(client.next_item(), Some(Item::Close(Some(_)))));
    assert_eq!(client.next_item(), None);
}

pub(crate) fn many_messages_in_one_write_are_all_answered(server: &Server) {
    let mut client = Client::join(server, TOPIC);
    let echo = |n: usize| json!(["1", n, TOPIC, "echo", { "n": n }]);
    client.send_bytes(&(0..2_000).flat_map(|n| text(&echo(n))).collect::<Vec<u8>>());
    for n in 0..2_000 {
        let answer = json!({ "response": { "n": n }, "status": "ok" });
        assert_eq!(client.next(), json!(["1", n, TOPIC, "phx_reply", answer]));
    }
}

pub(crate) fn a_message_in_many_writes_is_answered(server: &Server) {
    let mut client = Client::join(server, TOPIC);
    let payload = json!({ "text": "x".repeat(200) });
    for part in text(&json!(["1", "2", TOPIC, "echo", payload])).chunks(7) {
        client.send_bytes(part);
    }
    assert_eq!(client.next()[4]["response"], payload);
}

/// Twenty megabytes are more than the buffers of a socket take.
pub(crate) fn a_client_that_does_not_read_stops_nobody(server: &Server) {
    let mut speaker = Client::join(server, TOPIC);
    let _deaf = Client::join(server, TOPIC);
    let mut listener = Client::join(server, TOPIC);
    for n in 0..200 {
        let payload = json!({ "n": n, "text": "x".repeat(100_000) });
        speaker.send(&say(TOPIC, &payload));
        for client in [&mut speaker, &mut listener] {
            assert_eq!(client.next(), said(TOPIC, &payload));
        }
    }
}
