//! What a message costs, in encodings and in writes instead of in time.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use firecrest::prelude::*;
use firecrest::testing::{Write, WriteMeter};
use firecrest::wire::websocket::{Item, Opcode, client};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use crate::support::{Client, RawClient, Server, Version, until};

/// Frames that are pushed in one go.
const MANY: usize = 8;

/// Most frames that go into one system call.
const BATCH: usize = 64;

struct Visitor;

impl Socket for Visitor {
    async fn connect(_request: &Connect<'_>) -> Result<Self, Refused> {
        Ok(Visitor)
    }

    fn channels() -> Channels<Self> {
        Channels::new().route::<Square>("square")
    }
}

struct Square;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum SquareIn {
    Echo(Raw),
    /// Pushes so many times.
    Push {
        times: usize,
    },
    /// Broadcasts so many times.
    Shout {
        times: usize,
    },
}

impl Channel<Visitor> for Square {
    type In = SquareIn;
    type Info = ();

    async fn join(_request: Join<'_, Visitor>) -> Result<Joined<Self>, Rejected> {
        Ok(Square.into())
    }

    async fn handle_in(&mut self, event: SquareIn, cx: &mut Context<'_>) -> Outcome {
        match event {
            SquareIn::Echo(Raw(payload)) => return Reply::payload("ok", payload).into(),
            SquareIn::Push { times } => (0..times).for_each(|n| cx.push("pushed", &json!({ "n": n }))),
            SquareIn::Shout { times } => (0..times).for_each(|n| cx.broadcast("shouted", &json!({ "n": n }))),
        }
        Outcome::NoReply
    }
}

/// Counts how often it is serialized.
struct Counted(AtomicUsize);

impl Serialize for Counted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.fetch_add(1, Ordering::Relaxed);
        json!({"n": 1}).serialize(serializer)
    }
}

/// Clients on the square.
async fn audience(server: &Server, version: Version, size: usize) -> Vec<Client> {
    let mut clients = Vec::new();
    for _ in 0..size {
        let mut client = server.connect_as(version).await;
        client.join("1", "square").await;
        clients.push(client);
    }
    clients
}

/// A client on the square that sends many frames at once, and the meter of its socket.
async fn pipeliner(server: &Server) -> (RawClient, WriteMeter) {
    let mut client = server.raw().await;
    pipeline(&mut client, [json!(["1", "1", "square", "phx_join", {}])]).await;
    heard(&mut client).await;
    let meter = WriteMeter::all(&server.endpoint).pop().unwrap();
    (client, meter)
}

/// Sends frames so that the server reads them at once.
async fn pipeline(client: &mut RawClient, frames: impl IntoIterator<Item = Value>) {
    let frames = frames.into_iter().map(|frame| frame.to_string());
    let bytes: Vec<u8> =
        frames.flat_map(|frame| client::encode(Opcode::Text, frame.as_bytes(), [7; 4], true)).collect();
    client.write(&bytes).await;
}

/// The next frame.
async fn heard(client: &mut RawClient) -> Value {
    match client.next().await {
        Some(Item::Text(text)) => serde_json::from_str(&text).unwrap(),
        other => panic!("expected text, got {other:?}"),
    }
}

/// How many frames each write had.
fn sizes(writes: &[Write]) -> Vec<usize> {
    writes.iter().map(|write| write.slices.len()).collect()
}

/// Spec §2.7: once per serializer, however many clients there are. All of them hold their frame while none of them takes
/// it, so that two encodings cannot lie at one address.
#[tokio::test]
async fn s2_7_a_broadcast_is_serialized_once_and_encoded_once_for_each_version() {
    let server = Server::new::<Visitor>().await;
    let mut clients = audience(&server, Version::V1, 30).await;
    clients.extend(audience(&server, Version::V2, 100).await);
    let meters = WriteMeter::all(&server.endpoint);
    meters.iter().for_each(WriteMeter::stall);
    let payload = Counted(AtomicUsize::new(0));
    assert_eq!(server.endpoint.broadcast("square", "counted", &payload).unwrap(), 130);
    meters.iter().for_each(WriteMeter::release);
    for client in &mut clients {
        client.expect(json!([null, null, "square", "counted", {"n": 1}])).await;
    }
    let mut encodings: HashMap<usize, usize> = HashMap::new();
    for meter in &meters {
        let written: Vec<_> = meter.writes().into_iter().filter(|write| write.taken.is_some()).collect();
        assert_eq!(sizes(&written), [1]);
        *encodings.entry(written[0].slices[0]).or_default() += 1;
    }
    let mut shares: Vec<_> = encodings.into_values().collect();
    shares.sort_unstable();
    assert_eq!(shares, [30, 100], "one encoding per version, shared by all its clients");
    assert_eq!(payload.0.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn answers_to_pipelined_messages_are_one_write() {
    let server = Server::new::<Visitor>().await;
    let (mut client, meter) = pipeliner(&server).await;
    let frame = |n: usize| json!(["1", n.to_string(), "square", "echo", { "n": n }]);
    pipeline(&mut client, (0..MANY).map(frame)).await;
    for n in 0..MANY {
        let answer = json!({"status": "ok", "response": { "n": n }});
        assert_eq!(heard(&mut client).await, json!(["1", n.to_string(), "square", "phx_reply", answer]));
    }
    assert_eq!(sizes(&meter.writes()), [MANY]);
}

#[tokio::test]
async fn answers_to_pipelined_heartbeats_are_one_write() {
    let server = Server::new::<Visitor>().await;
    let (mut client, meter) = pipeliner(&server).await;
    pipeline(&mut client, (0..MANY).map(|n| json!([null, n, "phoenix", "heartbeat", {}]))).await;
    for n in 0..MANY {
        assert_eq!(heard(&mut client).await[1], n);
    }
    assert_eq!(sizes(&meter.writes()), [MANY]);
}

#[tokio::test]
async fn pushes_and_the_reply_of_one_handler_are_one_write() {
    let server = Server::new::<Visitor>().await;
    let (mut client, meter) = pipeliner(&server).await;
    let push = json!(["1", "2", "square", "push", {"times": MANY}]);
    let echo = json!(["1", "3", "square", "echo", {}]);
    pipeline(&mut client, [push, echo]).await;
    for n in 0..MANY {
        assert_eq!(heard(&mut client).await, json!(["1", null, "square", "pushed", { "n": n }]));
    }
    assert_eq!(heard(&mut client).await[1], "3");
    assert_eq!(sizes(&meter.writes()), [MANY + 1]);
}

/// What each client of an audience of this size is written when one of them makes a handler broadcast many times.
async fn shouted_at(size: usize) -> Vec<Vec<usize>> {
    let server = Server::new::<Visitor>().await;
    let mut clients = audience(&server, Version::V2, size).await;
    let meters = WriteMeter::all(&server.endpoint);
    clients[0].send(json!(["1", "2", "square", "shout", {"times": MANY}])).await;
    for client in &mut clients {
        for n in 0..MANY {
            client.expect(json!([null, null, "square", "shouted", { "n": n }])).await;
        }
    }
    meters.iter().map(|meter| sizes(&meter.writes())).collect()
}

#[tokio::test]
async fn broadcasts_of_one_handler_are_one_write_per_client() {
    assert_eq!(shouted_at(BATCH).await, vec![vec![MANY]; BATCH]);
}

/// With more clients than the pushing task writes to by itself, the writing begins with the first broadcast: that one goes
/// out alone to some, the others follow together.
#[tokio::test]
async fn broadcasts_of_one_handler_to_many_are_two_writes_per_client_at_most() {
    for writes in shouted_at(BATCH + 100).await {
        assert!(writes.len() <= 2 && writes.iter().sum::<usize>() == MANY, "{writes:?}");
    }
}

#[tokio::test]
async fn a_client_that_stalled_gets_what_waits_in_as_few_writes_as_the_system_allows() {
    const BROADCASTS: usize = 3 * BATCH + 5;

    let server = Server::new::<Visitor>().await;
    let (mut client, meter) = pipeliner(&server).await;
    meter.stall();
    let broadcast =
        |n| assert_eq!(server.endpoint.broadcast("square", "told", &json!({ "n": n })).unwrap(), 1);
    broadcast(0);
    // Refused to the broadcaster, then to the connection's task, which waits for the socket from then on.
    until(|| meter.writes().len() == 2).await;
    (1..BROADCASTS).for_each(broadcast);
    tokio::task::yield_now().await;
    let refused = meter.writes();
    assert_eq!(sizes(&refused), [1, 1], "nobody tries again until the socket takes something");
    assert!(refused.iter().all(|write| write.taken.is_none()));
    meter.release();
    for n in 0..BROADCASTS {
        assert_eq!(heard(&mut client).await[4]["n"], n);
    }
    assert_eq!(sizes(&meter.writes()[2..]), [BATCH, BATCH, BATCH, 5]);
}
