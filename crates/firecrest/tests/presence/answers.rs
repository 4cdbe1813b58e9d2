//! Nodes that come when there are many rows already, over ways that are slow or narrow.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use firecrest::Endpoint;
use firecrest::prelude::*;
use firecrest::presence::Tracked;
use firecrest::pubsub::cluster::InProcess;
use tokio::time::{Instant, sleep};

use crate::captured::Captured;
use crate::cluster::{present, until};
use crate::room::{SOON, ms, node, options};
use crate::way::{Seen, Way, Width, stranger};

const ROOM: &str = "room:1";

/// A node on such a way.
fn node_on(cluster: &InProcess, name: &str, width: Width) -> (Endpoint, Arc<Seen>) {
    let way = Way::new(cluster, width);
    let seen = Arc::clone(&way.seen);
    let builder = Endpoint::builder().node(name).secret_key_base("s".repeat(64));
    (builder.cluster(way).presence(options()).build().unwrap(), seen)
}

/// Rows of some 3 kB each.
fn crowd(endpoint: &Endpoint, keys: std::ops::Range<usize>) -> Vec<Tracked> {
    let meta = json!({ "text": "x".repeat(3_000) });
    keys.map(|key| endpoint.presence().track(ROOM, key, &meta).unwrap()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_newcomer_is_told_everything_through_a_way_that_holds_a_tenth_of_it() {
    let cluster = InProcess::new();
    let width = Width { queue: 2 << 20, rate: 10 << 10, ..Width::default() };
    let (a, seen) = node_on(&cluster, "a", width);
    let _crowd = crowd(&a, 0..10_000);
    sleep(SOON).await;
    seen.full.store(0, Ordering::Relaxed);
    let late = node(&cluster, "late", options());
    let took = until(|| present(&late) == 10_000).await;
    let full = seen.full.load(Ordering::Relaxed);
    assert!(took < Duration::from_secs(15), "{took:?}: 30 MB, 10 MB a second");
    assert!(full < 12, "nobody else finds it full all the time, but {full} times");
    let sent = seen.sent.load(Ordering::Relaxed);
    assert!(sent < 50 << 20, "{sent} bytes: everything once");
}

/// In virtual time two looks at the clock show the same, which hides what is never quite due.
#[tokio::test]
async fn p042_a_newcomer_is_told_everything_in_real_time_too() {
    let cluster = InProcess::new();
    let a = node(&cluster, "a", options());
    let there = node(&cluster, "there", options());
    let _crowd = crowd(&a, 0..100);
    let told = async |node: &Endpoint| {
        let all = async {
            while present(node) < 100 {
                sleep(ms(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), all).await.unwrap();
    };
    told(&there).await;
    // What has been said is not said again, but to who asks.
    told(&node(&cluster, "late", options())).await;
}

#[tokio::test(start_paused = true)]
async fn what_is_small_does_not_wait_for_what_is_large() {
    let cluster = InProcess::new();
    let a = node(&cluster, "a", options());
    let there = node(&cluster, "there", options());
    let _crowd = crowd(&a, 0..30_000);
    until(|| present(&there) == 30_000).await;
    sleep(SOON).await;
    let late = node(&cluster, "late", options());
    // The newcomer asks half a second after it has been greeted, and is told for more than two seconds.
    sleep(ms(2_500)).await;
    assert_eq!(present(&late), 0, "it is being told");
    let _small = a.presence().track("room:2", "ann", &json!({})).unwrap();
    let took = until(|| there.presence().count("room:2").connections == 1).await;
    assert!(took < ms(50), "{took:?}");
    assert_eq!(present(&late), 0, "it is still being told");
    until(|| present(&late) == 30_000 && late.presence().count("room:2").connections == 1).await;
}

#[tokio::test(start_paused = true)]
async fn several_newcomers_are_told_side_by_side() {
    let cluster = InProcess::new();
    let (a, seen) = node_on(&cluster, "a", Width::default());
    let _crowd = crowd(&a, 0..3_000);
    sleep(SOON).await;
    let before = seen.sent.load(Ordering::Relaxed);
    let late = ["b", "c", "d", "e"].map(|name| node(&cluster, name, options()));
    until(|| late.iter().all(|late| present(late) == 3_000)).await;
    let sent = seen.sent.load(Ordering::Relaxed) - before;
    assert!(sent < 50 << 20, "{sent} bytes: each is told once");
}

#[tokio::test(start_paused = true)]
async fn a_newcomer_that_dies_is_told_no_more() {
    let cluster = InProcess::new();
    let (a, seen) = node_on(&cluster, "a", Width { queue: 1 << 20, rate: 1 << 8, ..Width::default() });
    let _crowd = crowd(&a, 0..10_000);
    sleep(SOON).await;
    let late = node(&cluster, "late", options());
    sleep(SOON).await;
    cluster.cut("late");
    drop(late);
    sleep(Duration::from_secs(40)).await;
    let before = seen.sent.load(Ordering::Relaxed);
    sleep(Duration::from_secs(20)).await;
    assert!(seen.sent.load(Ordering::Relaxed) - before < 10_000, "heartbeats");
}

#[tokio::test(start_paused = true)]
async fn p042_a_node_that_connects_late_learns_at_once_who_is_there() {
    let cluster = InProcess::new();
    let a = node(&cluster, "a", options());
    let _ann = a.presence().track(ROOM, "ann", &json!({})).unwrap();
    sleep(Duration::from_secs(60)).await;
    let width = Width { connects: Duration::from_secs(3), ..Width::default() };
    let (late, _) = node_on(&cluster, "late", width);
    let _bob = late.presence().track(ROOM, "bob", &json!({})).unwrap();
    let took = until(|| present(&late) == 2 && present(&a) == 2).await;
    assert!((ms(3_000)..ms(4_000)).contains(&took), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_node_that_is_cut_off_at_first_is_heard_once_it_is_not() {
    let cluster = InProcess::new();
    let a = node(&cluster, "a", options());
    let _ann = a.presence().track(ROOM, "ann", &json!({})).unwrap();
    sleep(Duration::from_secs(60)).await;
    let late = node(&cluster, "late", options());
    cluster.cut("late");
    sleep(ms(1_000)).await;
    assert_eq!(present(&late), 0);
    cluster.heal("late");
    let took = until(|| present(&late) == 1).await;
    assert!(took < ms(900), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_counted_topic_that_became_empty_while_cut_off_is_empty_soon_after() {
    let counting = || options().mode(ROOM, firecrest::presence::Mode::Count);
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a", counting()), node(&cluster, "b", counting()));
    let ann = b.presence().track(ROOM, "ann", &json!({})).unwrap();
    sleep(SOON).await;
    assert_eq!(present(&a), 1);
    cluster.cut("b");
    drop(ann);
    sleep(Duration::from_secs(10)).await;
    cluster.heal("b");
    let took = until(|| present(&a) == 0).await;
    assert!(took < ms(1_500), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_broker_that_takes_small_messages_only_gets_small_ones() {
    let cluster = InProcess::new();
    let width = Width { message: 16 * 1024, ..Width::default() };
    let ((a, seen), (b, _)) = (node_on(&cluster, "a", width), node_on(&cluster, "b", width));
    let crowd = crowd(&a, 0..500);
    until(|| present(&b) == 500).await;
    sleep(SOON).await;
    let (late, _) = node_on(&cluster, "late", width);
    until(|| present(&late) == 500).await;
    assert_eq!(seen.too_large.load(Ordering::Relaxed), 0);
    drop(crowd);
    until(|| present(&late) == 0 && present(&b) == 0).await;
}

#[tokio::test(start_paused = true)]
async fn what_is_too_large_for_the_broker_is_said_in_the_log() {
    let log = Captured::start();
    let cluster = InProcess::new();
    let (a, _) = node_on(&cluster, "a", Width { message: 2_000, ..Width::default() });
    let _b = node(&cluster, "b", options());
    let _crowd = crowd(&a, 0..1);
    sleep(Duration::from_secs(60)).await;
    let log = log.take();
    let line = "presence: a message has ";
    assert!(log.contains(line) && log.contains("and the broker takes 2000"), "{log}");
    assert!(log.matches(line).count() <= 20, "{log}");
}

#[tokio::test(start_paused = true)]
async fn whatever_others_are_called_and_however_often_they_come_the_log_stays_readable() {
    let log = Captured::start();
    let cluster = InProcess::new();
    let _a = node(&cluster, "a", options());
    let start = Instant::now();
    let stranger = stranger(&cluster, "x\nERROR it is a lie");
    for _ in 0..1_000 {
        stranger.send("presence", b"garbage").unwrap();
        sleep(ms(1)).await;
    }
    for number in 0..40 {
        let _node = node(&cluster, &format!("n{number}\nERROR it is a lie"), options());
        sleep(ms(100)).await;
    }
    sleep(ms(1_000)).await;
    assert!(start.elapsed() < Duration::from_secs(30));
    let log = log.take();
    assert!(!log.lines().any(|line| line.starts_with("ERROR")), "{log}");
    assert!(log.contains(r"\nERROR it is a lie"), "{log}");
    for line in ["is not understood", "presence: a node is up"] {
        let said_by_first = |said: &&str| said.contains(line) && !said.contains(r#"node="a""#);
        let count = log.lines().filter(said_by_first).count();
        assert!((1..=11).contains(&count), "{count} times {line}");
    }
}
