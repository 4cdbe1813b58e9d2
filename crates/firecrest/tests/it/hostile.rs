//! Bad input harms nobody else.

use std::marker::PhantomData;
use std::time::Duration;

use firecrest::channel::{Event, EventError};
use firecrest::connection::OutboxLimits;
use firecrest::prelude::*;
use firecrest::wire::websocket::{Opcode, client};
use futures_util::{SinkExt as _, StreamExt as _};
use serde::Deserialize;
use serde_json::Value;
use tokio::net::TcpSocket;
use tokio_tungstenite::tungstenite::Message;

use crate::captured::Captured;
use crate::fixture::Fixture;
use crate::support::{BOTH, Server, Version, soon, until};

struct Fragile;

impl Socket for Fragile {
    async fn connect(_request: &Connect<'_>) -> Result<Self, Refused> {
        Ok(Fragile)
    }

    fn channels() -> Channels<Self> {
        Channels::new().route::<Glass<ByHand>>("by hand").route::<Glass<Derived>>("derived")
    }
}

/// A channel that answers whatever it understands.
struct Glass<In>(PhantomData<fn(In)>);

impl<In: Event> Channel<Fragile> for Glass<In> {
    type In = In;
    type Info = ();

    async fn join(_request: Join<'_, Fragile>) -> Result<Joined<Self>, Rejected> {
        Ok(Glass(PhantomData).into())
    }

    async fn handle_in(&mut self, _event: In, _cx: &mut Context<'_>) -> Outcome {
        Reply::empty().into()
    }

    async fn terminate(&mut self, _reason: &Reason, cx: &mut Context<'_>) {
        cx.push("terminated", &json!({}));
    }
}

/// Panics at the event `break`.
struct ByHand;

impl Event for ByHand {
    fn decode(event: &str, _payload: &Payload) -> Result<Self, EventError> {
        assert_ne!(event, "break");
        Ok(ByHand)
    }
}

/// The same with serde.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Derived {
    Work,
    #[serde(deserialize_with = "never")]
    Break,
}

fn never<'de, D: serde::Deserializer<'de>>(_deserializer: D) -> Result<(), D::Error> {
    panic!("nobody can read this");
}

#[tokio::test]
async fn undecodable_text_closes_its_connection_and_no_other() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut other = server.connect().await;
        other.join("1", "room:a").await;
        let mut client = server.connect_as(version).await;
        client.join("1", "room:b").await;
        client.send_text("{").await;
        client.expect_close(1011).await;
        server.probe.expect_ended("room:b", Reason::Refused).await;
        other.send(json!(["1", "2", "room:a", "ack", {}])).await;
        other.expect_ok("1", "2", "room:a", json!({})).await;
        drop((client, other));
        server.probe.expect_ended("room:a", Reason::Closed).await;
        server.until_nobody_is_connected().await;
    }
}

/// What came before the bad frame is still answered.
#[tokio::test]
async fn what_was_said_before_the_bad_frame_is_answered() {
    let server = Fixture::new().await;
    let mut client = server.connect().await;
    client.send(json!([null, "1", "phoenix", "heartbeat", {}])).await;
    client.send_text("{").await;
    client.expect_ok(Value::Null, "1", "phoenix", json!({})).await;
    client.expect_close(1011).await;
}

#[tokio::test]
async fn a_panic_stays_in_its_channel() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut other = server.connect().await;
        other.join("1", "room:a").await;
        let mut client = server.connect_as(version).await;
        client.join("1", "room:a").await;
        client.join("2", "room:b").await;
        for n in 0..20 {
            client.send(json!(["1", n, "room:a", "boom", {}])).await;
            client.expect(json!(["1", "1", "room:a", "phx_error", {"reason": "channel_crash"}])).await;
            client.join("1", "room:a").await;
        }
        client.send(json!(["2", "3", "room:b", "broadcast", {}])).await;
        client.expect(json!([null, null, "room:b", "shouted", {}])).await;
        other.send(json!(["1", "4", "room:a", "ack", {}])).await;
        other.expect_ok("1", "4", "room:a", json!({})).await;
        drop((client, other));
        server.until_nobody_is_connected().await;
        assert_eq!(server.endpoint.pubsub().topics(), 0);
    }
}

/// The application's code that reads an event is a callback as any other.
#[tokio::test]
async fn s3_7_a_panic_while_an_event_is_read_stays_in_its_channel() {
    let server = Server::new::<Fragile>().await;
    for version in BOTH {
        for topic in ["by hand", "derived"] {
            let mut client = server.connect_as(version).await;
            client.join("1", "by hand").await;
            client.join("2", "derived").await;
            let (broken, whole) = if topic == "derived" { ("2", "by hand") } else { ("1", "derived") };
            for n in 0..3 {
                client.send(json!([broken, n, topic, "break", {}])).await;
                client.expect(json!([broken, null, topic, "terminated", {}])).await;
                client.expect(json!([broken, broken, topic, "phx_error", {"reason": "channel_crash"}])).await;
                // More of them than a mailbox holds.
                for n in 0..100 {
                    client.send(json!([broken, n, topic, "work", {}])).await;
                    client.expect_unmatched(n, topic).await;
                }
                client.join(broken, topic).await;
            }
            for (join_ref, topic) in [(broken, topic), (if broken == "1" { "2" } else { "1" }, whole)] {
                for n in 0..100 {
                    client.send(json!([join_ref, n, topic, "work", {}])).await;
                    client.expect_ok(join_ref, n, topic, json!({})).await;
                }
            }
        }
    }
}

/// Ten thousand messages to a channel that handles none: they wait in its small mailbox and in the network, not in memory.
/// Once it goes on, every one of them is answered in order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_is_slowed_down_and_answered_in_order() {
    const MESSAGES: u64 = 10_000;
    const PADDING: usize = 2_048;
    /// What the socket buffers of both ends may hold at the very most, in messages.
    const IN_THE_NETWORK: u64 = 12 * 1024 * 1024 / PADDING as u64;

    let server = Fixture::new().await;
    let mut other = server.connect().await;
    other.join("1", "room:a").await;
    let mut client = server.connect().await;
    client.join("1", "narrow").await;

    let padding = "x".repeat(PADDING);
    let message = |n: u64| json!(["1", n, "narrow", "count", {"n": n, "padding": padding}]).to_string();
    let (mut sink, mut stream) = client.socket.split();
    let mut sent = 0;
    loop {
        let sending = sink.send(Message::text(message(sent)));
        match tokio::time::timeout(Duration::from_millis(500), sending).await {
            Ok(result) => result.unwrap(),
            Err(_) => break,
        }
        sent += 1;
        assert!(sent < IN_THE_NETWORK, "nobody slowed the client down");
    }
    // The last one is half written and stays in the sink: it is sent with the next.
    let sent = sent + 1;

    other.send(json!(["1", "2", "room:a", "ack", {}])).await;
    other.expect_ok("1", "2", "room:a", json!({})).await;

    server.probe.open_gate(MESSAGES as usize);
    let sending = tokio::spawn({
        let rest: Vec<_> = (sent..MESSAGES).map(message).collect();
        async move {
            for message in rest {
                soon(sink.send(Message::text(message))).await.unwrap();
            }
            sink
        }
    });
    for n in 0..MESSAGES {
        let reply = soon(stream.next()).await.unwrap().unwrap();
        let reply: Value = serde_json::from_str(reply.to_text().unwrap()).unwrap();
        assert_eq!(reply, json!(["1", n, "narrow", "phx_reply", {"status": "ok", "response": {"n": n}}]));
    }
    drop((sending.await.unwrap(), stream, other));
    server.until_nobody_is_connected().await;
}

#[tokio::test]
async fn a_blocked_connection_ends_with_its_client() {
    let server = Fixture::new().await;
    let mut client = server.connect().await;
    client.join("1", "narrow").await;
    for n in 0..20 {
        client.send(json!(["1", n, "narrow", "count", {"n": n}])).await;
    }
    drop(client);
    server.probe.open_gate(20);
    server.until_nobody_is_connected().await;
}

/// That a channel of its own is full does not keep a client: it is closed in time, and one that has vanished is noticed (spec
/// §1.12).
#[tokio::test]
async fn s1_12_a_client_whose_messages_wait_for_longer_than_the_timeout_is_closed() {
    let server = Fixture::mounted(|mount| mount.timeout(Duration::from_millis(200))).await;
    let mut clients = [server.connect().await, server.connect().await];
    for client in &mut clients {
        client.join("1", "narrow").await;
        for n in 0..10 {
            client.send(json!(["1", n, "narrow", "count", {"n": n}])).await;
        }
    }
    assert_eq!(server.endpoint.connections(), 2);
    let [vanished, mut stays] = clients;
    drop(vanished);
    stays.expect_close(1002).await;
    server.until_nobody_is_connected().await;
}

/// A client that does not read while it is written to is closed with 4008; others get everything (G062).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_reader_is_closed_and_others_get_everything() {
    const PADDING: usize = 16 * 1024;

    let limits = OutboxLimits { frames: 64, bytes: 256 * 1024 };
    let server = Fixture::mounted(|mount| mount.outbox(limits)).await;
    let mut reader = server.connect().await;
    reader.join("1", "room:a").await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(16 * 1024).unwrap();
    let stream = socket.connect(server.address).await.unwrap();
    let mut slow = server.open_on(Version::V2, "/socket/websocket?vsn=2.0.0", stream).await;
    slow.join("1", "room:a").await;

    let padding = "x".repeat(PADDING);
    let mut sent = 0;
    while server.endpoint.pubsub().subscribers("room:a") == 2 {
        assert!(sent < 10_000, "nobody closed the client that does not read");
        let payload = json!({"n": sent, "padding": padding});
        server.endpoint.broadcast("room:a", "news", &payload).unwrap();
        reader.expect(json!([null, null, "room:a", "news", payload])).await;
        sent += 1;
    }
    server.probe.expect_ended("room:a", Reason::Refused).await;
    assert_eq!(slow.close_code().await, 4008);
    drop(slow);
    until(|| server.endpoint.connections() == 1).await;
    reader.expect_silence().await;
    drop(reader);
    server.until_nobody_is_connected().await;
}

/// The same for one that never reads again: its connection does not outlive the closing handshake's time limit.
#[tokio::test]
async fn a_slow_reader_that_never_reads_again_is_cut_off() {
    let limits = OutboxLimits { frames: 64, bytes: 64 * 1024 };
    let server = Fixture::mounted(|mount| mount.outbox(limits)).await;
    let mut slow = server.connect().await;
    slow.join("1", "room:a").await;
    let payload = json!({"padding": "x".repeat(32 * 1024)});
    while server.endpoint.pubsub().subscribers("room:a") == 1 {
        server.endpoint.broadcast("room:a", "news", &payload).unwrap();
        tokio::task::yield_now().await;
    }
    server.until_nobody_is_connected().await;
}

/// Ends of connections at any point of a frame leave nothing behind.
#[tokio::test]
async fn a_client_may_vanish_in_the_middle_of_anything() {
    let server = Fixture::new().await;
    let frame = client::encode(Opcode::Text, br#"["1","1","room:a","phx_join",{}]"#, [1; 4], true);
    for length in 0..=frame.len() {
        let mut client = server.raw().await;
        client.write(&frame[..length]).await;
    }
    server.until_nobody_is_connected().await;
    until(|| server.endpoint.pubsub().topics() == 0).await;
}

/// What a client sends can neither flood the log nor forge a line of it, and what was not understood is not shown (spec §3.14).
#[tokio::test]
async fn s3_14_what_a_client_sends_does_no_harm_to_the_log() {
    const FORGED: &str = "\n2000-01-01T00:00:00.000000Z ERROR forged";

    let server = Fixture::new().await;
    let logs = Captured::start();
    let mut client = server.connect().await;
    let topic = format!("room:a{FORGED}");
    let secret = "hunter2".repeat(150_000);
    for (n, (event, payload)) in [
        (format!("unknown{FORGED}"), json!({})),
        ("subscribe".to_owned(), json!(secret)),
        ("subscribe".to_owned(), json!({"topic": [secret]})),
        ("subscribe".to_owned(), json!([{"topic": secret}])),
        ("boom".to_owned(), json!({})),
    ]
    .into_iter()
    .enumerate()
    {
        client.join("1", &topic).await;
        client.send(json!(["1", n, topic, event, payload])).await;
        client.expect(json!(["1", "1", topic, "phx_error", {"reason": "channel_crash"}])).await;
    }
    // Refused and crashing joins are logged too, and a payload that is understood, if too long to be shown.
    client.send(json!(["1", "1", "crashing:params", "phx_join", secret])).await;
    client.expect_error("1", "1", "crashing:params", json!({"reason": "join crashed"})).await;
    client.join("1", &topic).await;
    client.send(json!(["1", "2", topic, "ack", {"secret": secret}])).await;
    client.expect_ok("1", "2", &topic, json!({})).await;
    for n in 0..100 {
        client.send(json!(["1", n, format!("nowhere{FORGED}"), "phx_join", {}])).await;
        client.expect_unmatched(n, format!("nowhere{FORGED}")).await;
    }

    let log = logs.take();
    let unrouted = log.lines().filter(|line| line.contains("without a route")).count();
    assert_eq!(unrouted, 1, "{log}");
    assert_eq!(log.lines().filter(|line| line.contains("channel crashed")).count(), 5, "{log}");
    let now = log.lines().next().unwrap().split('T').next().unwrap();
    for line in log.lines() {
        assert!(line.starts_with(now), "forged: {line}");
        assert!(line.len() < 5_000, "{} bytes: {line:.300}", line.len());
        assert!(!line.contains("hunter2"), "{line}");
    }
}
