//! What every [`Cluster`] must do, as a suite that each of them runs.
//!
//! ```
//! use firecrest_pubsub::cluster::{InProcess, conformance};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let cluster = InProcess::new();
//! conformance::run(async || cluster.node()).await;
//! # }
//! ```

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::{Cluster, Gap, Node, Reached, Receiver, Refused};

/// How long anything may take.
const SOON: Duration = Duration::from_secs(20);

/// Messages that are sent in a row.
const MANY: u32 = 5_000;

/// Runs the whole suite; panics at the first thing that is not as it must be.
///
/// `node` gives another node of the same cluster, not started. The broker is up, and stays up. Names of nodes and subjects are new
/// ones each time. It needs tokio's timers.
pub async fn run<C: Cluster>(node: impl AsyncFn() -> C) {
    let [ann, ben, eve] = [start(&node).await, start(&node).await, start(&node).await];
    only_subscribers_hear(&ann, &ben, &eve).await;
    one_node_alone_hears(&ann, &ben, &eve).await;
    who_unsubscribes_hears_no_more(&ann, &ben).await;
    order_is_kept(&ann, &ben).await;
    subjects_are_any_text(&ann, &ben).await;
    messages_are_any_bytes(&ann, &ben).await;
    too_large_is_refused(&ann, &ben).await;
    subscriptions_come_and_go_quickly(&ann, &ben).await;
    who_subscribed_before_the_start_hears(&ann, node().await).await;
    nobody_is_lost_silently(&ann).await;
    assert_eq!(ann.gaps() + ben.gaps() + eve.gaps(), 0, "nothing was lost");
    what_was_said_before_the_end_arrives(ann, &ben).await;
}

/// A node under test, and what it has heard.
struct Member<C> {
    cluster: C,
    name: String,
    heard: tokio::sync::Mutex<mpsc::UnboundedReceiver<Bytes>>,
    ear: Arc<Ear>,
}

struct Ear {
    heard: mpsc::UnboundedSender<Bytes>,
    gaps: Mutex<Vec<Gap>>,
    connected: AtomicU64,
}

impl Receiver for Ear {
    fn receive(&self, message: Bytes) {
        // The test may be over.
        let _ = self.heard.send(message);
    }

    fn connected(&self) {
        self.connected.fetch_add(1, Ordering::Relaxed);
    }

    fn gap(&self, gap: Gap) {
        self.gaps.lock().unwrap_or_else(PoisonError::into_inner).push(gap);
    }
}

/// A name that nobody else has, in this run or another.
fn unique(what: &str) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let time = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    format!("{what}-{}-{}-{}", std::process::id(), time.as_nanos(), NEXT.fetch_add(1, Ordering::Relaxed))
}

async fn start<C: Cluster>(node: &impl AsyncFn() -> C) -> Member<C> {
    started(node().await).await
}

async fn started<C: Cluster>(cluster: C) -> Member<C> {
    let (sender, heard) = mpsc::unbounded_channel();
    let ear = Arc::new(Ear { heard: sender, gaps: Mutex::default(), connected: AtomicU64::new(0) });
    let name = unique("node");
    cluster.start(Node::new(&name, rand_life()), Arc::clone(&ear) as _);
    let connected = async {
        while !cluster.health().is_connected() || ear.connected.load(Ordering::Relaxed) != 1 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(SOON, connected).await.expect("a node connects to a broker that is up");
    Member { cluster, name, heard: heard.into(), ear }
}

fn rand_life() -> u128 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed).into()
}

impl<C: Cluster> Member<C> {
    /// Subscribes, and waits until that is in effect.
    async fn subscribe(&self, subject: &str) {
        let reached = Reached::new();
        self.cluster.subscribe(subject, reached.clone());
        timeout(SOON, reached.wait()).await.expect("a subscription takes effect");
    }

    fn publish(&self, subject: &str, message: impl Into<Bytes>) {
        self.cluster.publish(subject, message.into()).expect("a message is taken");
    }

    fn direct(&self, node: &str, message: impl Into<Bytes>) {
        self.cluster.direct(node, message.into()).expect("a message is taken");
    }

    async fn hear(&self) -> Bytes {
        let mut heard = self.heard.lock().await;
        timeout(SOON, heard.recv()).await.expect("a message arrives").expect("the suite keeps the sender")
    }

    /// Hears exactly this: what was lost or came beside it would be heard before.
    async fn expect(&self, message: impl AsRef<[u8]>) {
        let (heard, message) = (self.hear().await, message.as_ref());
        assert_eq!(heard.escape_ascii().to_string(), message.escape_ascii().to_string(), "{}", self.name);
    }

    /// Whatever was on its way to this node from `other` has arrived when this returns, and was nothing.
    async fn expect_nothing(&self, other: &Member<C>) {
        let end = unique("end");
        other.direct(&self.name, end.clone());
        self.expect(end).await;
    }

    fn gaps(&self) -> usize {
        self.ear.gaps.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

async fn only_subscribers_hear<C: Cluster>(ann: &Member<C>, ben: &Member<C>, eve: &Member<C>) {
    let (subject, other) = (unique("subject"), unique("other"));
    ben.subscribe(&subject).await;
    eve.subscribe(&other).await;
    ann.publish(&subject, "one");
    ann.publish(&other, "two");
    ben.expect("one").await;
    eve.expect("two").await;
    ben.expect_nothing(ann).await;
    eve.expect_nothing(ann).await;
}

async fn one_node_alone_hears<C: Cluster>(ann: &Member<C>, ben: &Member<C>, eve: &Member<C>) {
    ann.direct(&ben.name, "for ben");
    ann.direct(&eve.name, "for eve");
    ben.expect("for ben").await;
    eve.expect("for eve").await;
    ben.expect_nothing(eve).await;
    eve.expect_nothing(ben).await;
}

async fn who_unsubscribes_hears_no_more<C: Cluster>(ann: &Member<C>, ben: &Member<C>) {
    let (subject, fence) = (unique("subject"), unique("fence"));
    ben.subscribe(&subject).await;
    ann.publish(&subject, "heard");
    ben.expect("heard").await;
    ben.cluster.unsubscribe(&subject);
    // What is asked for later is done later.
    ben.subscribe(&fence).await;
    ann.publish(&subject, "not heard");
    ann.publish(&fence, "fence");
    ben.expect("fence").await;
    ben.subscribe(&subject).await;
    ann.publish(&subject, "again");
    ben.expect("again").await;
}

async fn order_is_kept<C: Cluster>(ann: &Member<C>, ben: &Member<C>) {
    let subject = unique("subject");
    ben.subscribe(&subject).await;
    let mut next = 0;
    while next < MANY {
        match ann.cluster.publish(&subject, next.to_be_bytes().to_vec().into()) {
            Ok(()) => next += 1,
            // Bounded, as it must be.
            Err(Refused::Full) => tokio::task::yield_now().await,
            Err(refused) => panic!("a message is taken: {refused}"),
        }
    }
    for number in 0..MANY {
        ben.expect(number.to_be_bytes()).await;
    }
}

async fn subjects_are_any_text<C: Cluster>(ann: &Member<C>, ben: &Member<C>) {
    let long = "long:".repeat(200);
    let longer = "x".repeat(65_535);
    let odd = [
        "", " ", "a b", "a.b", "*", ">", "a.*", "a.>", "[a-z]*", "?", "\r\n", "\0", "%41", "=41", "ä", "🐦",
        "$SYS.x", &long, &longer,
    ];
    let unique = unique("odd");
    let subjects: Vec<String> = odd.iter().map(|odd| format!("{odd}{unique}{odd}")).collect();
    assert_eq!(subjects.iter().collect::<HashSet<_>>().len(), odd.len());
    for subject in &subjects {
        ben.subscribe(subject).await;
    }
    for (number, subject) in subjects.iter().enumerate() {
        ann.publish(subject, format!("{number}"));
        ben.expect(format!("{number}")).await;
    }
    for subject in &subjects {
        ben.cluster.unsubscribe(subject);
    }
    ben.expect_nothing(ann).await;
}

async fn messages_are_any_bytes<C: Cluster>(ann: &Member<C>, ben: &Member<C>) {
    let subject = unique("subject");
    ben.subscribe(&subject).await;
    let all: Vec<u8> = (0..=255).collect();
    let large: Vec<u8> = all.iter().copied().cycle().take(ann.cluster.max_message()).collect();
    for message in [b"" as &[u8], &all, b"\r\nMSG x 1 1\r\n", &large] {
        ann.publish(&subject, message.to_vec());
        ben.expect(message).await;
        ann.direct(&ben.name, message.to_vec());
        ben.expect(message).await;
    }
}

async fn too_large_is_refused<C: Cluster>(ann: &Member<C>, ben: &Member<C>) {
    let subject = unique("subject");
    ben.subscribe(&subject).await;
    let max = ann.cluster.max_message();
    let message = Bytes::from(vec![0; max + 1]);
    let refused = Err(Refused::TooLarge { len: max + 1, max });
    assert_eq!(ann.cluster.publish(&subject, message.clone()), refused);
    assert_eq!(ann.cluster.direct(&ben.name, message), refused);
    ann.publish(&subject, "small");
    ben.expect("small").await;
}

async fn subscriptions_come_and_go_quickly<C: Cluster>(ann: &Member<C>, ben: &Member<C>) {
    let subject = unique("subject");
    for round in 0..200 {
        let reached = Reached::new();
        ben.cluster.subscribe(&subject, reached.clone());
        if round % 3 == 0 {
            timeout(SOON, reached.wait()).await.expect("a subscription takes effect");
        }
        ben.cluster.unsubscribe(&subject);
    }
    ben.subscribe(&subject).await;
    ann.publish(&subject, "once");
    ben.expect("once").await;
    ben.expect_nothing(ann).await;
}

async fn who_subscribed_before_the_start_hears<C: Cluster>(ann: &Member<C>, cluster: C) {
    let subject = unique("subject");
    let reached = Reached::new();
    cluster.subscribe(&subject, reached);
    let late = started(cluster).await;
    ann.publish(&subject, "heard");
    late.expect("heard").await;
    late.cluster.close().await;
    assert!(!late.cluster.health().is_connected());
    assert!(late.cluster.publish(&subject, Bytes::new()).is_err(), "nothing is taken after the end");
}

async fn nobody_is_lost_silently<C: Cluster>(ann: &Member<C>) {
    ann.publish(&unique("nobody"), "unheard");
    ann.direct(&unique("nobody"), "unheard");
}

async fn what_was_said_before_the_end_arrives<C: Cluster>(ann: Member<C>, ben: &Member<C>) {
    let subject = unique("subject");
    ben.subscribe(&subject).await;
    for number in 0..100_u32 {
        ann.publish(&subject, number.to_be_bytes().to_vec());
    }
    ann.cluster.close().await;
    for number in 0..100_u32 {
        ben.expect(number.to_be_bytes()).await;
    }
}
