//! Several nodes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use firecrest::Endpoint;
use firecrest::hub::{Every, Keep, PollError, Topic};
use firecrest::pubsub::Service;
use firecrest::pubsub::cluster::{Gap, InProcess, InProcessNode, Node};
use futures_util::FutureExt as _;
use tokio::time::sleep;

use crate::{ms, node, until};

/// Waits until what nodes tell each other has arrived.
pub(crate) async fn settle() {
    sleep(ms(500)).await;
}

fn topic(endpoint: &Endpoint, keep: Keep) -> Topic<u32> {
    endpoint.hub().topic("a.b", keep).unwrap()
}

fn last(topic: &Topic<u32>) -> Option<u32> {
    topic.last().map(|it| *it)
}

#[tokio::test(start_paused = true)]
async fn a_message_reaches_listeners_on_other_nodes() {
    let cluster = InProcess::new();
    let (a, b, c) = (node(&cluster, "a"), node(&cluster, "b"), node(&cluster, "c"));
    let mut feeds = [b.hub().subscribe::<u32>("a.*").unwrap(), c.hub().subscribe::<u32>("a.b").unwrap()];
    settle().await;
    topic(&a, Keep::Nothing).publish(7);
    for feed in &mut feeds {
        let message = feed.next().await;
        assert_eq!((*message, message.node(), message.topic()), (7, Some("a"), "a.b"));
    }
    a.hub().send("a.b", &8).unwrap();
    assert_eq!(*feeds[0].next().await, 8);
    assert_eq!(feeds[0].waiting(), 0);
}

/// A node that only hears what is sent to its hub.
#[derive(Clone, Default)]
pub(crate) struct Ear(Arc<Mutex<Vec<Bytes>>>);

impl Service for Ear {
    fn receive(&self, _from: &Node, message: Bytes) {
        self.0.lock().unwrap().push(message);
    }

    fn gap(&self, _gap: &Gap) {}
}

impl Ear {
    pub(crate) fn new(node: InProcessNode) -> (Self, firecrest::pubsub::PubSub) {
        let ear = Ear::default();
        let around: firecrest::pubsub::Around = |_, deliver| deliver();
        let pubsub =
            firecrest::pubsub::PubSub::with_cluster(around, Node::new("ear", 1), Arc::new(node), |_| false);
        let _ = pubsub.serve("hub", Arc::new(ear.clone()));
        pubsub.start();
        (ear, pubsub)
    }

    /// The last message with this text.
    pub(crate) fn last(&self, text: &str) -> String {
        let heard = self.0.lock().unwrap();
        let mut heard = heard.iter().map(|message| String::from_utf8_lossy(message).into_owned());
        heard.rfind(|message| message.contains(text)).unwrap()
    }

    /// How many messages with this text it has heard.
    pub(crate) fn heard(&self, text: &str) -> usize {
        let heard = self.0.lock().unwrap();
        heard.iter().filter(|message| String::from_utf8_lossy(message).contains(text)).count()
    }
}

#[tokio::test(start_paused = true)]
async fn messages_go_to_the_nodes_that_want_them_and_no_others() {
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a"), node(&cluster, "b"));
    let (ear, pubsub) = Ear::new(cluster.node());
    // It says that it is there, and wants something else.
    pubsub.send("hub", b"\x03{\"Table\":{\"number\":1,\"patterns\":[\"x.y\"],\"answer\":false}}").unwrap();
    let mut feed = b.hub().subscribe::<String>("a.b").unwrap();
    settle().await;
    a.hub().send("a.b", "for b").unwrap();
    a.hub().send("a.c", "for nobody").unwrap();
    a.hub().send("x.y", "for the ear").unwrap();
    a.hub().local::<String>("x.y", Keep::Last).unwrap().publish("for a alone".into());
    assert_eq!(*feed.next().await, "for b");
    until(|| ear.heard("for the ear") == 1).await;
    settle().await;
    assert_eq!((ear.heard("for b"), ear.heard("for nobody"), ear.heard("for a alone")), (0, 0, 0));
    assert_eq!(feed.waiting(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_node_that_does_not_listen_any_more_is_not_sent_to() {
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a"), node(&cluster, "b"));
    let feed = b.hub().subscribe::<u32>("a.b").unwrap();
    settle().await;
    let sending = topic(&a, Keep::Nothing);
    assert!(sending.is_wanted());
    drop(feed);
    settle().await;
    assert!(!sending.is_wanted());
}

#[tokio::test(start_paused = true)]
async fn d009_a_new_node_shows_the_last_value_at_once() {
    let cluster = InProcess::new();
    let a = node(&cluster, "a");
    let sending = topic(&a, Keep::Newest(3));
    (0..5).for_each(|number| sending.publish(number));
    let b = node(&cluster, "b");
    let (newcomer, last_only) =
        (topic(&b, Keep::Newest(2)), b.hub().topic::<u64>("a.b", Keep::Last).unwrap());
    until(|| newcomer.recent().len() == 2).await;
    assert_eq!(newcomer.recent().iter().map(|it| **it).collect::<Vec<_>>(), [3, 4]);
    assert_eq!(last_only.last().map(|it| *it), Some(4));
    // And a topic that a node that has been there for long comes to know.
    let other = a.hub().topic::<u32>("other", Keep::Last).unwrap();
    other.publish(9);
    let late = b.hub().topic::<u32>("other", Keep::Last).unwrap();
    until(|| late.last().is_some()).await;
}

#[tokio::test(start_paused = true)]
async fn the_newest_value_wins_and_none_is_kept_twice() {
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a"), node(&cluster, "b"));
    let (on_a, on_b) = (topic(&a, Keep::Newest(10)), topic(&b, Keep::Newest(10)));
    settle().await;
    on_a.publish(1);
    until(|| last(&on_b) == Some(1)).await;
    on_b.publish(2);
    until(|| last(&on_a) == Some(2)).await;
    // A third node is told the same by both.
    let c = node(&cluster, "c");
    let on_c = topic(&c, Keep::Newest(10));
    until(|| on_c.recent().len() == 2).await;
    settle().await;
    cluster.cut("c");
    cluster.heal("c");
    settle().await;
    for topic in [on_a, on_b, on_c] {
        assert_eq!(topic.recent().iter().map(|it| **it).collect::<Vec<_>>(), [1, 2]);
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_cut_nodes_agree_on_the_newest_again() {
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a"), node(&cluster, "b"));
    let (on_a, on_b) = (topic(&a, Keep::Last), topic(&b, Keep::Last));
    settle().await;
    cluster.cut("b");
    on_a.publish(1);
    let mut late = b.hub().subscribe::<u32>("late").unwrap();
    settle().await;
    assert_eq!(last(&on_b), None);
    cluster.heal("b");
    until(|| last(&on_b) == Some(1)).await;
    // What was subscribed to meanwhile is known as well.
    settle().await;
    a.hub().send("late", &2).unwrap();
    assert_eq!(*late.next().await, 2);
}

#[tokio::test(start_paused = true)]
async fn a_node_that_is_cut_off_is_forgotten_after_30_s() {
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a"), node(&cluster, "b"));
    let mut feed = b.hub().subscribe::<u32>("a.b").unwrap();
    settle().await;
    let sending = topic(&a, Keep::Nothing);
    cluster.cut("b");
    sleep(Duration::from_secs(25)).await;
    assert!(sending.is_wanted());
    sleep(Duration::from_secs(16)).await;
    assert!(!sending.is_wanted());
    cluster.heal("b");
    until(|| sending.is_wanted()).await;
    sending.publish(1);
    assert_eq!(*feed.next().await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_node_stays_known_as_long_as_it_is_there() {
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a"), node(&cluster, "b"));
    let _feed = b.hub().subscribe::<u32>("a.b").unwrap();
    settle().await;
    let sending = topic(&a, Keep::Nothing);
    for _ in 0..100 {
        sleep(Duration::from_secs(3)).await;
        assert!(sending.is_wanted());
    }
}

#[tokio::test(start_paused = true)]
async fn who_wants_very_much_is_sent_everything() {
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a"), node(&cluster, "b"));
    let hub = b.hub();
    let mut feeds: Vec<_> =
        (0..1_025).map(|number| hub.subscribe::<u32>(&format!("n.{number}")).unwrap()).collect();
    settle().await;
    let (unknown, known) = (topic(&a, Keep::Nothing), a.hub().topic("n.7", Keep::Nothing).unwrap());
    assert!(unknown.is_wanted());
    known.publish(1);
    assert_eq!(*feeds[7].next().await, 1);
    feeds.truncate(10);
    settle().await;
    assert!(!unknown.is_wanted() && known.is_wanted());
}

#[tokio::test(start_paused = true)]
async fn garbage_between_nodes_is_left_alone() {
    let cluster = InProcess::new();
    let a = node(&cluster, "a");
    let mut feed = a.hub().subscribe::<u32>(">").unwrap();
    let (_ear, pubsub) = Ear::new(cluster.node());
    for message in
        [&b""[..], b"\x01", b"\x03{", b"\x09xx", &[&b"\x01"[..], &[0; 16], b"\0\0\x03a b1"].concat()]
    {
        pubsub.send("hub", message).unwrap();
    }
    for body in ["{", "", "7"] {
        pubsub.send("hub", &sent(SystemTime::now(), body)).unwrap();
    }
    let message = feed.next().await;
    assert_eq!((*message, message.node()), (7, Some("ear")));
    assert!(feed.next().now_or_never().is_none());
}

#[tokio::test(start_paused = true)]
async fn d006_what_one_node_has_asked_for_all_nodes_see() {
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a"), node(&cluster, "b"));
    let (on_a, on_b) = (topic(&a, Keep::Last), topic(&b, Keep::Last));
    settle().await;
    let every = Every::new(Duration::from_secs(10));
    let _poller = a.hub().poll(&on_a, every, async || Ok::<_, PollError>(3));
    until(|| last(&on_b) == Some(3)).await;
}

#[tokio::test]
async fn in_real_time_too_nodes_find_each_other() {
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a"), node(&cluster, "b"));
    let (on_a, on_b) = (topic(&a, Keep::Newest(5)), topic(&b, Keep::Newest(5)));
    let wanted = a.hub().topic::<u32>("feed", Keep::Nothing).unwrap();
    let mut feed = b.hub().subscribe::<u32>("feed").unwrap();
    until(|| wanted.is_wanted()).await;
    wanted.publish(5);
    assert_eq!(*feed.next().await, 5);
    for number in 0..5 {
        if number % 2 == 0 {
            on_a.publish(number);
        } else {
            on_b.publish(number);
        }
        until(|| last(&on_a) == Some(number) && last(&on_b) == Some(number)).await;
    }
    let all = |topic: &Topic<u32>| topic.recent().iter().map(|it| **it).collect::<Vec<_>>();
    assert_eq!((all(&on_a), all(&on_b)), (vec![0, 1, 2, 3, 4], vec![0, 1, 2, 3, 4]));
}

/// A poller on each of three nodes, and how often each has asked.
struct Pollers {
    topics: Vec<Topic<u32>>,
    pollers: Vec<Option<firecrest::hub::Poller>>,
    asked: Arc<Mutex<[u32; 3]>>,
    fails: Arc<AtomicBool>,
}

impl Pollers {
    async fn start(nodes: [&Endpoint; 3]) -> Self {
        let (asked, fails) = (Arc::<Mutex<[u32; 3]>>::default(), Arc::<AtomicBool>::default());
        let topics: Vec<_> = nodes.iter().map(|node| topic(node, Keep::Last)).collect();
        let pollers = nodes.iter().zip(&topics).enumerate().map(|(number, (node, topic))| {
            let (asked, fails) = (Arc::clone(&asked), Arc::clone(&fails));
            let every = Every::new(Duration::from_secs(10)).once_per_cluster();
            Some(node.hub().poll(topic, every, move || {
                asked.lock().unwrap()[number] += 1;
                let fails = fails.load(Ordering::SeqCst);
                async move { if fails { Err(PollError::new("not today")) } else { Ok(7) } }
            }))
        });
        let pollers = pollers.collect();
        sleep(Duration::from_secs(2)).await;
        Pollers { topics, pollers, asked, fails }
    }

    fn asked(&self) -> [u32; 3] {
        *self.asked.lock().unwrap()
    }

    fn total(&self) -> u32 {
        self.asked().iter().sum()
    }
}

#[tokio::test(start_paused = true)]
async fn d006_nodes_leave_a_poll_to_one_of_them() {
    let cluster = InProcess::new();
    let nodes = ["a", "b", "c"].map(|name| node(&cluster, name));
    let mut all = Pollers::start(nodes.each_ref()).await;
    // Two that begin at the same moment may both ask once.
    let first = all.total();
    assert!((1..=3).contains(&first), "{first}");
    sleep(Duration::from_secs(100)).await;
    let steady = all.total() - first;
    assert!((9..=13).contains(&steady), "{steady} times within ten intervals");
    assert!(all.topics.iter().all(|topic| last(topic) == Some(7) && topic.stale().is_none()));
    // All nodes know that it is stale, and that it is not any more.
    all.fails.store(true, Ordering::SeqCst);
    until(|| all.topics.iter().all(|topic| topic.stale().is_some_and(|stale| stale.error == "not today")))
        .await;
    all.fails.store(false, Ordering::SeqCst);
    until(|| all.topics.iter().all(|topic| topic.stale().is_none())).await;
    // The one that asks stops: another goes on.
    let before = all.asked();
    sleep(Duration::from_secs(50)).await;
    let after = all.asked();
    let asks = (0..3).max_by_key(|number| after[*number] - before[*number]).unwrap();
    all.pollers[asks] = None;
    let before = all.asked();
    sleep(Duration::from_secs(50)).await;
    let after = all.asked();
    let others: u32 =
        (0..3).filter(|number| *number != asks).map(|number| after[number] - before[number]).sum();
    assert!(after[asks] == before[asks] && (4..=7).contains(&others), "{before:?} {after:?}");
}

#[tokio::test(start_paused = true)]
async fn d006_a_node_that_is_cut_off_asks_for_itself() {
    let cluster = InProcess::new();
    let nodes = ["a", "b", "c"].map(|name| node(&cluster, name));
    let all = Pollers::start(nodes.each_ref()).await;
    ["a", "b", "c"].iter().for_each(|name| cluster.cut(name));
    let before = all.asked();
    sleep(Duration::from_secs(50)).await;
    let after = all.asked();
    assert!((0..3).all(|number| after[number] - before[number] >= 3), "{before:?} {after:?}");
}

/// A message to the topic `a.b`, as another node sends it at some time.
pub(crate) fn sent(at: SystemTime, body: &str) -> Vec<u8> {
    let micros = u64::try_from(at.duration_since(UNIX_EPOCH).unwrap().as_micros()).unwrap();
    [&b"\x01"[..], &micros.to_be_bytes(), &micros.to_be_bytes(), b"\0\0\x03a.b", body.as_bytes()].concat()
}

#[tokio::test(start_paused = true)]
async fn what_is_sent_last_is_last_whatever_the_clocks_say() {
    let cluster = InProcess::new();
    let a = node(&cluster, "a");
    let on_a = topic(&a, Keep::Newest(5));
    let (_ear, pubsub) = Ear::new(cluster.node());
    let ahead = SystemTime::now() + Duration::from_secs(3_600);
    pubsub.send("hub", &sent(ahead, "1")).unwrap();
    until(|| last(&on_a) == Some(1)).await;
    on_a.publish(2);
    a.hub().send("a.b", &3).unwrap();
    pubsub.send("hub", &sent(ahead - Duration::from_secs(1), "0")).unwrap();
    until(|| on_a.recent().len() == 4).await;
    assert_eq!(on_a.recent().iter().map(|it| **it).collect::<Vec<_>>(), [0, 1, 2, 3]);
}

#[tokio::test(start_paused = true)]
async fn a_node_asks_for_a_table_that_it_has_missed() {
    let cluster = InProcess::new();
    let _a = node(&cluster, "a");
    let (ear, pubsub) = Ear::new(cluster.node());
    settle().await;
    assert_eq!(ear.heard("Want"), 0);
    pubsub.send("hub", b"\x03{\"Lease\":{\"number\":5,\"clock\":0}}").unwrap();
    until(|| ear.heard("Want") == 1).await;
    pubsub.send("hub", b"\x03{\"Table\":{\"number\":5,\"patterns\":[],\"answer\":false}}").unwrap();
    pubsub.send("hub", b"\x03{\"Lease\":{\"number\":5,\"clock\":0}}").unwrap();
    settle().await;
    assert_eq!(ear.heard("Want"), 1);
}
