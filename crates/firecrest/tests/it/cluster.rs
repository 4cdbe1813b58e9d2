//! Several nodes, each with a server and clients of its own (spec §7.1).

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use firecrest::prelude::*;
use firecrest::pubsub::SubscriberId;
use firecrest::pubsub::cluster::{
    self, Cluster, Gap, Health, InProcess, InProcessNode, Node, Reached, Receiver,
};
use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde_json::Value;

use crate::support::{Server, Version, soon, until};

struct User(String);

impl Socket for User {
    async fn connect(request: &Connect<'_>) -> Result<Self, Refused> {
        Ok(User(request.params().get("user").unwrap_or("nobody").to_owned()))
    }

    fn id(&self) -> Option<String> {
        Some(format!("user:{}", self.0))
    }

    fn channels() -> Channels<Self> {
        Channels::new().route::<Room>("room:*")
    }
}

/// How often a channel was asked to join `room:slow`.
static ASKED: AtomicUsize = AtomicUsize::new(0);

struct Room {
    waiting: Option<DeferredReply>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum RoomIn {
    Shout(Raw),
    Others(Raw),
    Large {},
    /// Answered when another node says so.
    Wait {},
}

impl Channel<User> for Room {
    type In = RoomIn;
    type Info = ();
    const INTERCEPT: &'static [&'static str] = &["marked"];

    async fn join(request: Join<'_, User>) -> Result<Joined<Self>, Rejected> {
        if request.topic() == "room:slow" {
            ASKED.fetch_add(1, Ordering::SeqCst);
        }
        Ok(Joined::new(Room { waiting: None }).subscribe("answers"))
    }

    async fn handle_in(&mut self, event: RoomIn, cx: &mut Context<'_>) -> Outcome {
        match event {
            RoomIn::Shout(Raw(payload)) => cx.broadcast("shouted", &payload.parse::<Value>().unwrap()),
            RoomIn::Others(Raw(payload)) => cx.broadcast_from("shouted", &payload.parse::<Value>().unwrap()),
            RoomIn::Large {} => cx.broadcast("large", &json!({ "text": "x".repeat(9_000_000) })),
            RoomIn::Wait {} => self.waiting = Some(cx.defer_reply()),
        }
        Outcome::NoReply
    }

    async fn handle_out(&mut self, _broadcast: &Broadcast, cx: &mut Context<'_>) -> Outcome {
        let node = cx.endpoint().node().to_owned();
        cx.push("marked", &json!({ "node": node }));
        Outcome::NoReply
    }

    async fn handle_broadcast(&mut self, broadcast: &Broadcast, _cx: &mut Context<'_>) -> Outcome {
        if let Some(waiting) = self.waiting.take() {
            waiting.send(Reply::payload("ok", broadcast.payload().clone()));
        }
        Outcome::NoReply
    }
}

/// An engine whose broker takes its time to confirm.
#[derive(Clone, Debug)]
struct Slow(Arc<(InProcessNode, Mutex<Vec<Reached>>)>);

impl Slow {
    fn new(cluster: &InProcess) -> Slow {
        Slow(Arc::new((cluster.node(), Mutex::default())))
    }

    /// Confirms everything up to now.
    fn confirm(&self) {
        self.0.1.lock().unwrap().drain(..).for_each(|reached| reached.set());
    }
}

impl Cluster for Slow {
    fn start(&self, node: Node, receiver: Arc<dyn Receiver>) {
        self.0.0.start(node, receiver);
    }

    fn publish(&self, subject: &str, message: Bytes) -> Result<(), cluster::Refused> {
        self.0.0.publish(subject, message)
    }

    fn direct(&self, node: &str, message: Bytes) -> Result<(), cluster::Refused> {
        self.0.0.direct(node, message)
    }

    fn subscribe(&self, subject: &str, reached: Reached) {
        self.0.0.subscribe(subject, Reached::new());
        self.0.1.lock().unwrap().push(reached);
    }

    fn unsubscribe(&self, subject: &str) {
        self.0.0.unsubscribe(subject);
    }

    fn health(&self) -> Health {
        self.0.0.health()
    }

    fn max_message(&self) -> usize {
        self.0.0.max_message()
    }

    fn close(&self) -> BoxFuture<'static, ()> {
        self.0.0.close()
    }
}

async fn node(cluster: &InProcess, name: &str) -> Server {
    node_on(cluster.node(), name).await
}

async fn node_on(cluster: impl Cluster, name: &str) -> Server {
    let endpoint = Endpoint::builder().node(name).cluster(cluster).build().unwrap();
    let router = endpoint.socket::<User>("/socket").into_router();
    Server::start(endpoint, router).await
}

#[tokio::test]
async fn h21_a_broadcast_from_a_node_without_clients_reaches_those_of_others() {
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a").await, node(&cluster, "b").await);
    let mut client = a.connect().await;
    client.join("1", "room:1").await;
    assert_eq!(b.endpoint.broadcast("room:1", "hello", &json!({ "x": 1 })).unwrap(), 0);
    client.expect(json!([null, null, "room:1", "hello", { "x": 1 }])).await;
    b.endpoint.broadcast_binary("room:1", "bytes", vec![1, 2, 3]).unwrap();
    assert!(client.next_binary().await.ends_with(&[1, 2, 3]));
    b.endpoint.local_broadcast("room:1", "hello", &json!({})).unwrap();
    b.endpoint.broadcast("room:2", "hello", &json!({})).unwrap();
    b.endpoint.broadcast("room:1", "last", &json!({})).unwrap();
    client.expect(json!([null, null, "room:1", "last", {}])).await;
}

#[tokio::test]
async fn h21_an_intercepted_event_is_handled_on_the_node_of_the_client() {
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a").await, node(&cluster, "b").await);
    let (mut here, mut there) = (a.connect().await, b.connect().await);
    here.join("1", "room:1").await;
    there.join("1", "room:1").await;
    a.endpoint.broadcast("room:1", "marked", &json!({})).unwrap();
    here.expect(json!(["1", null, "room:1", "marked", { "node": "a" }])).await;
    there.expect(json!(["1", null, "room:1", "marked", { "node": "b" }])).await;
}

#[tokio::test]
async fn c218_what_is_said_to_the_others_reaches_them_on_all_nodes() {
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a").await, node(&cluster, "b").await);
    let (mut speaker, mut near, mut far) = (a.connect().await, a.connect().await, b.connect().await);
    for client in [&mut speaker, &mut near, &mut far] {
        client.join("1", "room:1").await;
    }
    speaker.send(json!(["1", null, "room:1", "others", { "x": 1 }])).await;
    speaker.send(json!(["1", null, "room:1", "shout", { "x": 2 }])).await;
    speaker.expect(json!([null, null, "room:1", "shouted", { "x": 2 }])).await;
    for client in [&mut near, &mut far] {
        client.expect(json!([null, null, "room:1", "shouted", { "x": 1 }])).await;
        client.expect(json!([null, null, "room:1", "shouted", { "x": 2 }])).await;
    }
}

#[tokio::test]
async fn s1_11_a_disconnect_reaches_the_connections_of_all_nodes() {
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a").await, node(&cluster, "b").await);
    let path = |user: &str| format!("/socket/websocket?vsn=2.0.0&user={user}");
    let mut ann = a.open(Version::V2, &path("ann")).await;
    let mut elsewhere = b.open(Version::V2, &path("ann")).await;
    let mut ben = b.open(Version::V2, &path("ben")).await;
    ben.join("1", "room:1").await;
    b.endpoint.disconnect("user:ann");
    let codes = [soon(ann.close_code()).await, soon(elsewhere.close_code()).await];
    assert_eq!(codes[0], codes[1]);
    ben.expect_silence().await;
}

#[tokio::test]
async fn a_deferred_reply_is_given_when_another_node_says_so() {
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a").await, node(&cluster, "b").await);
    let mut client = a.connect().await;
    client.join("1", "room:1").await;
    client.send(json!(["1", "2", "room:1", "wait", {}])).await;
    client.expect_silence().await;
    b.endpoint.broadcast("answers", "answer", &json!({ "x": 1 })).unwrap();
    client.expect_ok("1", "2", "room:1", json!({ "x": 1 })).await;
}

#[tokio::test]
async fn what_is_too_large_for_other_nodes_crashes_its_channel_alone() {
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a").await, node(&cluster, "b").await);
    let (mut client, mut other) = (a.connect().await, b.connect().await);
    client.join("1", "room:1").await;
    other.join("1", "room:1").await;
    let error = a.endpoint.broadcast("room:1", "large", &json!({ "text": "x".repeat(9_000_000) }));
    let error = error.unwrap_err().to_string();
    assert!(error.contains("\"large\"") && error.contains("8388608"), "{error}");
    client.send(json!(["1", "2", "room:1", "large", {}])).await;
    client.expect(json!(["1", "1", "room:1", "phx_error", { "reason": "channel_crash" }])).await;
    other.expect_silence().await;
}

#[tokio::test]
async fn a_node_that_is_cut_off_serves_its_clients_and_says_what_is_wrong() {
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a").await, node(&cluster, "b").await);
    assert!(a.endpoint.cluster_health().unwrap().is_connected());
    let mut gaps = b.endpoint.cluster_gaps();
    let mut client = a.connect().await;
    cluster.cut("a");
    assert_eq!(a.endpoint.cluster_health().unwrap().to_string(), "disconnected");
    client.join("1", "room:1").await;
    client.send(json!(["1", null, "room:1", "shout", { "x": 1 }])).await;
    client.expect(json!([null, null, "room:1", "shouted", { "x": 1 }])).await;
    b.endpoint.broadcast("room:1", "lost", &json!({})).unwrap();
    cluster.heal("a");
    let gap = soon(gaps.next()).await.unwrap();
    assert!(matches!(&gap, Gap::From(node) if &**node.name() == "a"), "{gap:?}");
    b.endpoint.broadcast("room:1", "found", &json!({})).unwrap();
    client.expect(json!([null, null, "room:1", "found", {}])).await;
}

/// The topic of a live view is that of one process: other nodes neither hear of it nor speak to it.
#[tokio::test]
async fn the_topics_of_live_views_stay_on_their_node() {
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a").await, node(&cluster, "b").await);
    let ear = Arc::new(Ear::default());
    let subscribe = |topic| b.endpoint.pubsub().subscribe(topic, SubscriberId::unique(), ear.clone());
    let _subscriptions = [subscribe("lv:phx-1"), subscribe("room:1")];
    a.endpoint.broadcast("lv:phx-1", "hello", &json!({})).unwrap();
    a.endpoint.broadcast("room:1", "hello", &json!({})).unwrap();
    until(|| !ear.0.lock().unwrap().is_empty()).await;
    assert_eq!(*ear.0.lock().unwrap(), ["room:1"]);
}

#[derive(Default)]
struct Ear(Mutex<Vec<String>>);

impl firecrest::pubsub::Subscriber for Ear {
    fn deliver(&self, broadcast: &Arc<Broadcast>) {
        self.0.lock().unwrap().push(broadcast.topic().to_owned());
    }
}

#[tokio::test]
async fn a_node_that_ends_leaves_its_cluster() {
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a").await, node(&cluster, "b").await);
    let endpoint = a.endpoint.clone();
    a.stop().await;
    assert_eq!(endpoint.cluster_health().unwrap().to_string(), "closed");
    assert!(b.endpoint.cluster_health().unwrap().is_connected());
    endpoint.broadcast("room:1", "late", &json!({})).unwrap();
}

/// What a channel loads to answer a join may be stale when its topic is wanted only afterwards.
#[tokio::test]
async fn a_channel_is_asked_when_no_broadcast_of_its_topic_can_be_missed_any_more() {
    let cluster = InProcess::new();
    let slow = Slow::new(&cluster);
    let a = node_on(slow.clone(), "a").await;
    let confirming = async {
        loop {
            slow.confirm();
            tokio::task::yield_now().await;
        }
    };
    let mut client = tokio::select! {
        client = a.connect() => client,
        () = confirming => unreachable!("it goes on for ever"),
    };
    client.send(json!(["1", "1", "room:slow", "phx_join", {}])).await;
    client.expect_silence().await;
    assert_eq!(ASKED.load(Ordering::SeqCst), 0);
    slow.confirm();
    until(|| ASKED.load(Ordering::SeqCst) == 1).await;
    // The topic that it subscribes to is confirmed late: it goes on, and says that it may have missed something.
    let mut gaps = a.endpoint.cluster_gaps();
    client.expect_ok("1", "1", "room:slow", json!({})).await;
    slow.confirm();
    assert_eq!(soon(gaps.next()).await, Some(Gap::In));
}
