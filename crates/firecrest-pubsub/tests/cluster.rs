//! Several nodes in one process.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use firecrest_pubsub::cluster::{Gap, InProcess, Node, conformance};
use firecrest_pubsub::{Broadcast, PubSub, Service, Subscriber, SubscriberId};
use firecrest_wire::Payload;
use proptest::prelude::*;

#[tokio::test]
async fn in_process_does_what_every_cluster_must() {
    let cluster = InProcess::new();
    conformance::run(async || cluster.node()).await;
}

/// A node of a cluster, started.
fn node(cluster: &InProcess, name: &str) -> PubSub {
    let around: firecrest_pubsub::Around = |_, deliver| deliver();
    let pubsub =
        PubSub::with_cluster(around, Node::new(name, rand_life()), Arc::new(cluster.node()), |topic| {
            topic.starts_with("local:")
        });
    pubsub.start();
    pubsub
}

fn rand_life() -> u128 {
    static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);
    NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed).into()
}

#[derive(Default)]
struct Ear(Mutex<Vec<String>>);

impl Subscriber for Ear {
    fn deliver(&self, broadcast: &Arc<Broadcast>) {
        self.0.lock().expect("nobody panics with it").push(format!(
            "{}:{}",
            broadcast.topic(),
            broadcast.event()
        ));
    }
}

impl Service for Ear {
    fn receive(&self, from: &Node, message: Bytes) {
        self.0.lock().expect("nobody panics with it").push(format!("{from}:{}", message.escape_ascii()));
    }

    fn gap(&self, gap: &Gap) {
        self.0.lock().expect("nobody panics with it").push(match gap {
            Gap::In => "in".to_owned(),
            Gap::Out => "out".to_owned(),
            Gap::From(node) => format!("from {node}"),
        });
    }
}

impl Ear {
    fn heard(&self) -> Vec<String> {
        self.0.lock().expect("nobody panics with it").clone()
    }

    async fn until(&self, count: usize) -> Vec<String> {
        let enough = async {
            while self.heard().len() < count {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        let _ = tokio::time::timeout(Duration::from_secs(10), enough).await;
        self.heard()
    }
}

fn event(topic: &str, event: &str) -> Broadcast {
    Broadcast::new(topic.to_owned(), event.to_owned(), Payload::empty())
}

#[tokio::test]
async fn a_broadcast_reaches_all_nodes_and_a_local_one_its_own() {
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a"), node(&cluster, "b"));
    let (here, there) = (Arc::new(Ear::default()), Arc::new(Ear::default()));
    let owner = SubscriberId::unique();
    let _here = a.subscribe("room", owner, here.clone());
    let _there = b.subscribe("room", SubscriberId::unique(), there.clone());
    assert_eq!(a.broadcast(event("room", "one"), None), Ok(1));
    assert_eq!(a.broadcast(event("room", "two"), Some(owner)), Ok(0));
    assert_eq!(a.local_broadcast(event("room", "three"), None), 1);
    assert_eq!(a.broadcast(event("room", "four"), None), Ok(1));
    assert_eq!(there.until(3).await, ["room:one", "room:two", "room:four"]);
    assert_eq!(here.heard(), ["room:one", "room:three", "room:four"]);
}

#[tokio::test]
async fn a_topic_of_one_node_stays_there() {
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a"), node(&cluster, "b"));
    let ear = Arc::new(Ear::default());
    let subscribe = |topic| b.subscribe(topic, SubscriberId::unique(), ear.clone());
    let _both = [subscribe("local:room"), subscribe("room")];
    assert!(b.hold("local:room").is_none());
    a.broadcast(event("local:room", "one"), None).unwrap();
    a.broadcast(event("room", "two"), None).unwrap();
    assert_eq!(ear.until(1).await, ["room:two"]);
    assert_eq!(b.broadcast(event("local:room", "three"), None), Ok(1));
}

#[tokio::test]
async fn a_topic_that_is_held_is_heard_and_one_that_nobody_keeps_is_not() {
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a"), node(&cluster, "b"));
    let hold = b.hold("room").unwrap();
    hold.reached().await;
    let ear = Arc::new(Ear::default());
    let subscription = b.subscribe("room", SubscriberId::unique(), ear.clone());
    drop(hold);
    a.broadcast(event("room", "one"), None).unwrap();
    assert_eq!(ear.until(1).await, ["room:one"]);
    drop(subscription);
    assert_eq!(b.topics(), 0);
    drop(b.hold("room"));
    assert_eq!(b.topics(), 0);
}

#[tokio::test]
async fn c219_services_hear_all_nodes_or_one_and_the_gaps() {
    let cluster = InProcess::new();
    let (a, b, c) = (node(&cluster, "a"), node(&cluster, "b"), node(&cluster, "c"));
    let [at_a, at_b, at_c] = [(); 3].map(|()| Arc::new(Ear::default()));
    for (node, ear) in [(&a, &at_a), (&b, &at_b), (&c, &at_c)] {
        node.serve("presence", ear.clone()).wait().await;
    }
    a.send("presence", b"all").unwrap();
    a.send_to("c", "presence", b"one").unwrap();
    a.send_to("nobody", "presence", b"none").unwrap();
    a.send("other", b"unheard").unwrap();
    assert_eq!(at_c.until(2).await, ["a:all", "a:one"]);
    assert_eq!(at_b.until(1).await, ["a:all"]);
    cluster.cut("b");
    a.send("presence", b"lost").unwrap();
    cluster.heal("b");
    assert_eq!(at_b.until(3).await, ["a:all", "in", "out"]);
    assert_eq!(at_a.until(1).await, ["from b"]);
}

/// Panics at what it is told, but for one word; counts how often it was told that there is a connection.
#[derive(Default)]
struct Nervous {
    heard: Ear,
    connected: std::sync::atomic::AtomicUsize,
}

impl Service for Nervous {
    fn receive(&self, from: &Node, message: Bytes) {
        assert_eq!(&message[..], b"fine", "on purpose");
        Service::receive(&self.heard, from, message);
    }

    fn connected(&self) {
        self.connected.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    }

    fn gap(&self, _: &Gap) {
        panic!("on purpose");
    }
}

#[tokio::test]
async fn a_receiver_that_panics_ends_nothing_and_is_told_of_every_connection() {
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a"), node(&cluster, "b"));
    let nervous = Arc::new(Nervous::default());
    b.serve("nervous", nervous.clone()).wait().await;
    cluster.cut("b");
    cluster.heal("b");
    for message in [&b"boom"[..], b"fine"] {
        a.send("nervous", message).unwrap();
    }
    assert_eq!(nervous.heard.until(1).await, ["a:fine"]);
    assert_eq!(nervous.connected.load(std::sync::atomic::Ordering::Relaxed), 2);
    cluster.cut("a");
    assert!(a.send("nervous", b"fine").is_err(), "nobody is asked without a connection");
}

#[tokio::test(start_paused = true)]
async fn gaps_of_a_kind_are_told_once_a_second() {
    let cluster = InProcess::new();
    let (a, _b) = (node(&cluster, "a"), node(&cluster, "b"));
    let mut gaps = a.gaps().unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    for _ in 0..50 {
        a.missed();
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    let told: Vec<_> = std::iter::from_fn(|| gaps.try_recv().ok()).collect();
    assert_eq!(told, [Gap::In, Gap::In], "the first at once, the others as one");
}

#[tokio::test]
async fn p086_a_node_does_not_hear_one_with_its_own_name() {
    let cluster = InProcess::new();
    let a = node(&cluster, "a");
    let b = node(&cluster, "b");
    let ear = Arc::new(Ear::default());
    let _subscription = b.subscribe("room", SubscriberId::unique(), ear.clone());
    let namesake = node(&cluster, "b");
    namesake.broadcast(event("room", "false"), None).unwrap();
    a.broadcast(event("room", "true"), None).unwrap();
    assert_eq!(ear.until(1).await, ["room:true"]);
}

#[tokio::test]
async fn what_is_too_large_for_the_others_is_refused_and_nobody_gets_it() {
    let cluster = InProcess::new();
    let a = node(&cluster, "a");
    let ear = Arc::new(Ear::default());
    let _subscription = a.subscribe("room", SubscriberId::unique(), ear.clone());
    let payload = Payload::Binary(vec![0; 9 * 1024 * 1024].into());
    let large = Broadcast::new("room", "large", payload);
    let refused = a.broadcast(large, None).unwrap_err();
    assert!(refused.to_string().contains("8388608"), "{refused}");
    assert_eq!(ear.heard(), Vec::<String>::new());
}

proptest! {
    /// Whatever comes over the broker is taken or counted, and nothing else.
    #[test]
    fn garbage_is_survived(message in proptest::collection::vec(any::<u8>(), 0..200), version in any::<bool>()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let cluster = InProcess::new();
            let raw = cluster.node();
            let heard = node(&cluster, "a");
            let ear = Arc::new(Ear::default());
            let _subscription = heard.subscribe("room", SubscriberId::unique(), ear.clone());
            let mut message = message;
            if version && message.len() > 1 {
                message[0] = 1;
                message[1] %= 5;
            }
            use firecrest_pubsub::cluster::Cluster as _;
            struct Deaf;
            impl firecrest_pubsub::cluster::Receiver for Deaf {
                fn receive(&self, _: Bytes) {}
                fn connected(&self) {}
                fn gap(&self, _: Gap) {}
            }
            raw.start(Node::new("raw", 77), Arc::new(Deaf));
            raw.direct("a", message.into()).unwrap();
            let b = node(&cluster, "b");
            b.broadcast(event("room", "fine"), None).unwrap();
            let heard = ear.until(1).await;
            assert_eq!(heard.last().map(String::as_str), Some("room:fine"));
        });
    }
}
