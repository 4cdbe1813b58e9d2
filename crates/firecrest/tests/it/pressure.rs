//! Much at once: large frames, pipelined messages, channels that always have something to do.

use std::time::Duration;

use firecrest::connection::OutboxLimits;
use firecrest::prelude::*;
use firecrest::wire::websocket::{Item, Opcode, client};
use futures_util::{SinkExt as _, StreamExt as _};
use serde::Deserialize;
use serde_json::Value;
use tokio::net::TcpSocket;
use tokio::time::advance;
use tokio_tungstenite::tungstenite::Message;

use crate::fixture::{Fixture, RoomInfo};
use crate::line::Line;
use crate::support::{Server, Version, endpoint, soon};

/// More than the default bound of an outbox, in bytes.
const LARGE: usize = 1_500_000;

struct Busy;

impl Socket for Busy {
    async fn connect(_request: &Connect<'_>) -> Result<Self, Refused> {
        Ok(Busy)
    }

    fn channels() -> Channels<Self> {
        Channels::new().route::<Large>("large").route::<Restless>("restless")
    }
}

/// A channel whose join reply is large, with a push right behind it.
struct Large;

impl Channel<Busy> for Large {
    type In = NoEvents;
    type Info = ();

    async fn join(_request: Join<'_, Busy>) -> Result<Joined<Self>, Rejected> {
        Ok(Joined::new(Large).with_reply(json!({"padding": "x".repeat(LARGE)})).then(()))
    }

    async fn handle_info(&mut self, (): (), cx: &mut Context<'_>) -> Outcome {
        cx.push("then", &json!({}));
        Outcome::NoReply
    }
}

/// A channel that can have something to do always.
struct Restless;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum RestlessIn {
    /// Sets a timer of 100 ms.
    Later,
    /// Takes a millisecond.
    Work,
    /// Sends itself as many infos, each after the one before.
    Loop {
        times: u64,
    },
    Ack,
}

enum RestlessInfo {
    Due,
    Again(u64),
}

impl Channel<Busy> for Restless {
    type In = RestlessIn;
    type Info = RestlessInfo;

    const MAX_EVENTS: usize = 8;

    async fn join(_request: Join<'_, Busy>) -> Result<Joined<Self, RestlessInfo>, Rejected> {
        Ok(Restless.into())
    }

    async fn handle_in(&mut self, event: RestlessIn, cx: &mut Context<'_, RestlessInfo>) -> Outcome {
        match event {
            RestlessIn::Later => {
                cx.send_after(Duration::from_millis(100), RestlessInfo::Due);
            }
            RestlessIn::Work => advance(Duration::from_millis(1)).await,
            RestlessIn::Loop { times } => cx.handle().send(RestlessInfo::Again(times)).unwrap(),
            RestlessIn::Ack => {}
        }
        Reply::empty().into()
    }

    async fn handle_info(&mut self, info: RestlessInfo, cx: &mut Context<'_, RestlessInfo>) -> Outcome {
        match info {
            RestlessInfo::Due | RestlessInfo::Again(0) => cx.push("done", &json!({})),
            RestlessInfo::Again(times) => cx.handle().send(RestlessInfo::Again(times - 1)).unwrap(),
        }
        Outcome::NoReply
    }
}

/// A frame larger than the outbox's bound reaches a client that reads, and so does what follows.
#[tokio::test]
async fn a_large_push_and_small_ones_after_it() {
    let server = Fixture::new().await;
    let mut client = server.connect().await;
    client.join("1", "room:a").await;
    let handle = server.probe.handle("room:a").await;
    let large = json!({"padding": "x".repeat(LARGE)});
    handle.send(RoomInfo::Push(large.clone())).unwrap();
    for n in 0..100 {
        handle.send(RoomInfo::Push(json!({ "n": n }))).unwrap();
    }
    client.expect(json!(["1", null, "room:a", "pushed", large])).await;
    for n in 0..100 {
        client.expect(json!(["1", null, "room:a", "pushed", {"n": n}])).await;
    }
    client.expect_silence().await;
}

#[tokio::test]
async fn s3_4_a_large_join_reply_and_a_push_after_it() {
    let server = Server::new::<Busy>().await;
    let mut client = server.connect().await;
    client.send(json!(["1", "1", "large", "phx_join", {}])).await;
    client.expect_ok("1", "1", "large", json!({"padding": "x".repeat(LARGE)})).await;
    client.expect(json!(["1", null, "large", "then", {}])).await;
    client.expect_silence().await;
}

/// More pings than an outbox takes, all of them sent before the first answer is read.
#[tokio::test]
async fn s1_12_every_pipelined_ping_is_answered() {
    const PINGS: u32 = 20_000;

    let server = Fixture::new().await;
    let mut client = server.raw().await;
    let pings: Vec<u8> =
        (0..PINGS).flat_map(|n| client::encode(Opcode::Ping, &n.to_be_bytes(), [1; 4], true)).collect();
    client.write(&pings).await;
    for n in 0..PINGS {
        match client.next().await {
            Some(Item::Pong(payload)) => assert_eq!(payload[..], n.to_be_bytes()),
            other => panic!("expected pong {n}, got {other:?}"),
        }
    }
    client.write(&client::encode(Opcode::Ping, b"and on", [1; 4], true)).await;
    assert!(matches!(client.next().await, Some(Item::Pong(_))));
}

/// The same with heartbeats, and an outbox that takes the answers to a few of them.
#[tokio::test]
async fn c121_every_pipelined_heartbeat_is_answered() {
    const HEARTBEATS: u64 = 10_000;

    let limits = OutboxLimits { frames: 64, bytes: 64 * 1024 };
    let server = Fixture::mounted(|mount| mount.outbox(limits)).await;
    let (mut sink, mut stream) = server.connect().await.socket.split();
    let sending = tokio::spawn(async move {
        for n in 0..HEARTBEATS {
            let heartbeat = json!([null, n, "phoenix", "heartbeat", {}]).to_string();
            sink.feed(Message::text(heartbeat)).await.unwrap();
        }
        sink.flush().await.unwrap();
        sink
    });
    for n in 0..HEARTBEATS {
        let reply = soon(stream.next()).await.unwrap().unwrap();
        let reply: Value = serde_json::from_str(reply.to_text().unwrap()).unwrap();
        assert_eq!(reply, json!([null, n, "phoenix", "phx_reply", {"status": "ok", "response": {}}]));
    }
    drop(sending.await.unwrap());
    assert_eq!(server.endpoint.connections(), 1);
}

/// While much waits to be written to a client it is not read; what it has said meanwhile is answered once it has read.
#[tokio::test]
async fn what_a_client_says_while_it_is_written_to_is_answered_afterwards() {
    let server = Fixture::new().await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(16 * 1024).unwrap();
    let stream = socket.connect(server.address).await.unwrap();
    let mut client = server.open_on(Version::V2, "/socket/websocket?vsn=2.0.0", stream).await;
    client.join("1", "room:a").await;
    // More than the network holds.
    let large = json!({"padding": "x".repeat(8 * LARGE)});
    for payload in [&large, &json!({})] {
        server.endpoint.broadcast("room:a", "news", payload).unwrap();
    }
    client.send(json!([null, "2", "phoenix", "heartbeat", {}])).await;
    for payload in [large, json!({})] {
        client.expect(json!([null, null, "room:a", "news", payload])).await;
    }
    client.expect_ok(Value::Null, "2", "phoenix", json!({})).await;
}

#[tokio::test(start_paused = true)]
async fn a_timer_fires_although_the_mailbox_is_never_empty() {
    const EVENTS: u64 = 1_000;

    let mut line = Line::new(&endpoint(), Busy);
    line.join("1", "restless").await;
    line.send(json!(["1", "timer", "restless", "later", {}]));
    for n in 0..EVENTS {
        line.send(json!(["1", n, "restless", "work", {}]));
    }
    line.expect_ok("1", "timer", "restless").await;
    let mut worked = 0;
    while line.receive().await.unwrap() != json!(["1", null, "restless", "done", {}]) {
        worked += 1;
    }
    assert!((90..=110).contains(&worked), "the timer of 100 ms fired after {worked} ms");
    for n in worked..EVENTS {
        line.expect_ok("1", n, "restless").await;
    }
}

/// On the one thread there is: the client gets its answer between the infos, not after them.
#[tokio::test]
async fn a_channel_that_never_rests_starves_nobody() {
    let mut line = Line::new(&endpoint(), Busy);
    line.join("1", "restless").await;
    line.send(json!(["1", "2", "restless", "loop", {"times": 100_000}]));
    line.expect_ok("1", "2", "restless").await;
    line.send(json!(["1", "3", "restless", "ack", {}]));
    line.expect_ok("1", "3", "restless").await;
    line.expect(json!(["1", null, "restless", "done", {}])).await;
}
