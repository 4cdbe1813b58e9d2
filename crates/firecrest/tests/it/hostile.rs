//! Bad input harms nobody else.

use std::time::Duration;

use firecrest::connection::OutboxLimits;
use firecrest::prelude::*;
use firecrest::wire::websocket::{Opcode, client};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::net::TcpSocket;
use tokio_tungstenite::tungstenite::Message;

use crate::fixture::Fixture;
use crate::support::{BOTH, Version, soon, until};

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

/// It is the server that does not read: that is no silence of the client (spec §1.12).
#[tokio::test]
async fn a_client_whose_messages_wait_is_not_silent() {
    let server = Fixture::mounted(|mount| mount.timeout(Duration::from_millis(200))).await;
    let mut client = server.connect().await;
    client.join("1", "narrow").await;
    for n in 0..10 {
        client.send(json!(["1", n, "narrow", "count", {"n": n}])).await;
    }
    let mut other = server.connect().await;
    let mut beat = tokio::time::interval(Duration::from_millis(50));
    for _ in 0..12 {
        beat.tick().await;
        other.expect_silence().await;
    }
    server.probe.open_gate(10);
    for n in 0..10 {
        client.expect_ok("1", n, "narrow", json!({"n": n})).await;
    }
}

/// A client that does not read while it is written to is closed with 4008; others get everything.
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
