//! Whoever pushes promises to write: promises are kept whatever becomes of who made them, and nobody waits for another's.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use firecrest::prelude::*;
use serde::Deserialize;

use crate::support::{Client, Server, Version, until};

/// More than a pushing task writes to by itself.
const CROWD: usize = 100;

/// More frames than an outbox takes.
const BURST: usize = 4_200;

/// The mouth of a channel whose callback blocks its thread until it is opened.
static GATE: Mutex<Option<Receiver<()>>> = Mutex::new(None);

struct Visitor;

impl Socket for Visitor {
    /// Uses up as much of its task's budget as the client asks for.
    async fn connect(request: &Connect<'_>) -> Result<Self, Refused> {
        let units = request.params().get("units").and_then(|units| units.parse().ok()).unwrap_or(0);
        for _ in 0..units {
            tokio::task::coop::consume_budget().await;
        }
        Ok(Visitor)
    }

    fn channels() -> Channels<Self> {
        Channels::new().route::<Hall>("hall")
    }
}

struct Hall;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum HallIn {
    /// Pushes, then blocks its thread.
    Block,
    /// Pushes so many times so many bytes.
    Push { times: usize, bytes: usize },
    /// Broadcasts so many times.
    Shout { times: usize },
}

impl Channel<Visitor> for Hall {
    type In = HallIn;
    type Info = ();

    async fn join(_request: Join<'_, Visitor>) -> Result<Joined<Self>, Rejected> {
        Ok(Hall.into())
    }

    async fn handle_in(&mut self, event: HallIn, cx: &mut Context<'_>) -> Outcome {
        match event {
            HallIn::Block => {
                cx.push("blocking", &json!({}));
                let gate = GATE.lock().unwrap_or_else(PoisonError::into_inner).take();
                tokio::task::block_in_place(|| gate.map(|gate| gate.recv()));
            }
            HallIn::Push { times, bytes } => {
                let filling = "x".repeat(bytes);
                (0..times).for_each(|n| cx.push("pushed", &json!({ "n": n, "filling": filling })));
            }
            HallIn::Shout { times } => (0..times).for_each(|n| cx.broadcast("shouted", &json!({ "n": n }))),
        }
        Outcome::NoReply
    }
}

async fn audience(server: &Server, size: usize) -> Vec<Client> {
    let mut clients = Vec::new();
    for _ in 0..size {
        let mut client = server.connect_as(Version::V2).await;
        client.join("1", "hall").await;
        clients.push(client);
    }
    clients
}

/// A broadcast from a runtime that nobody drives, and that is gone right afterwards.
#[tokio::test]
async fn a_broadcast_from_a_runtime_that_ends_reaches_everybody() {
    let server = Server::new::<Visitor>().await;
    let mut clients = audience(&server, CROWD).await;
    let endpoint = server.endpoint.clone();
    let elsewhere = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let _entered = runtime.enter();
        endpoint.broadcast("hall", "told", &json!({ "n": 1 })).unwrap()
    });
    assert_eq!(elsewhere.join().unwrap(), CROWD);
    server.endpoint.broadcast("hall", "told", &json!({ "n": 2 })).unwrap();
    for client in &mut clients {
        client.expect(json!([null, null, "hall", "told", { "n": 1 }])).await;
        client.expect(json!([null, null, "hall", "told", { "n": 2 }])).await;
    }
}

/// A callback that blocks its thread holds back nobody's answers to the same client, and not even its own push.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_callback_that_blocks_does_not_hold_back_what_others_write() {
    let (open, gate): (Sender<()>, _) = channel();
    *GATE.lock().unwrap() = Some(gate);
    let server = Server::new::<Visitor>().await;
    let mut client = audience(&server, 1).await.remove(0);
    client.send(json!(["1", "2", "hall", "block", {}])).await;
    until(|| GATE.lock().unwrap().is_none()).await;
    client.send(json!([null, "3", "phoenix", "heartbeat", {}])).await;
    client.expect(json!(["1", null, "hall", "blocking", {}])).await;
    client.expect(json!([null, "3", "phoenix", "phx_reply", {"status": "ok", "response": {}}])).await;
    open.send(()).unwrap();
}

/// What one callback says to a client that reads is written as it goes: its outbox is no limit to it.
#[tokio::test]
async fn a_burst_of_one_callback_closes_nobody_who_reads() {
    let server = Server::new::<Visitor>().await;
    let mut clients = audience(&server, 2).await;
    clients[0].send(json!(["1", "2", "hall", "shout", { "times": BURST }])).await;
    for client in &mut clients {
        for n in 0..BURST {
            client.expect(json!([null, null, "hall", "shouted", { "n": n }])).await;
        }
    }
    for (times, bytes) in [(BURST, 0), (140, 9_000)] {
        clients[0].send(json!(["1", "3", "hall", "push", { "times": times, "bytes": bytes }])).await;
        for n in 0..times {
            assert_eq!(clients[0].next_json().await[4]["n"], n);
        }
    }
}

/// C142: the idle timeout is set however much of its budget the connection's task has used up before.
#[tokio::test]
async fn c142_no_connection_escapes_its_idle_timeout() {
    let server = Server::mounted::<Visitor>(|mount| mount.timeout(Duration::from_millis(200))).await;
    let mut clients = Vec::new();
    for units in 90..=128 {
        clients.push(server.open(Version::V2, &format!("/socket/websocket?vsn=2.0.0&units={units}")).await);
    }
    let endpoint = Arc::new(server.endpoint.clone());
    until(|| endpoint.connections() == 0).await;
}
