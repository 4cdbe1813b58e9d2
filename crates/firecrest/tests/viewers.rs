//! Who looks at something, through the public interface.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use std::collections::HashSet;
use std::thread;

use firecrest::viewers::{ViewerEvent, Viewers, Viewing};
use firecrest::{Endpoint, Source as _};
use futures_util::{FutureExt as _, Stream, StreamExt as _};
use proptest::prelude::*;

fn endpoint() -> Endpoint {
    Endpoint::builder().secret_key_base("s".repeat(64)).build().unwrap()
}

fn viewers() -> Viewers {
    endpoint().viewers("post:1")
}

/// What a stream yields without waiting.
fn ready<T>(stream: &mut (impl Stream<Item = T> + Unpin)) -> Vec<T> {
    std::iter::from_fn(|| stream.next().now_or_never().flatten()).collect()
}

#[test]
fn k007_every_connection_is_counted_until_it_is_gone() {
    let viewers = viewers();
    assert_eq!(viewers.count(), 0);
    let (tab, other_tab) = (viewers.enter(), viewers.enter());
    assert_ne!(tab.id(), other_tab.id());
    assert_eq!(viewers.count(), 2);
    drop(tab);
    assert_eq!(viewers.count(), 1);
    drop(other_tab);
    assert_eq!(viewers.count(), 0);
}

#[test]
fn handles_of_a_topic_are_the_same_and_those_of_others_are_not() {
    let endpoint = endpoint();
    let (one, same, other) =
        (endpoint.viewers("post:1"), endpoint.viewers("post:1"), endpoint.viewers("post:2"));
    let _viewing = one.enter();
    assert_eq!((same.count(), other.count()), (1, 0));
    assert_eq!((same.topic(), other.topic()), ("post:1", "post:2"));
}

#[test]
fn a_viewer_is_counted_when_its_topic_has_no_other_handle() {
    let endpoint = endpoint();
    let viewing = endpoint.viewers("post:1").enter();
    assert_eq!(endpoint.viewers("post:1").count(), 1);
    assert_eq!(viewing.viewers().topic(), "post:1");
    drop(viewing);
    assert_eq!(endpoint.viewers("post:1").count(), 0);
}

#[tokio::test]
async fn k008_a_task_that_panics_or_is_killed_leaves_no_viewer() {
    let viewers = viewers();
    let viewing = viewers.enter();
    let panicking = tokio::spawn(async move {
        let _viewing = viewing;
        panic!("on purpose");
    });
    assert!(panicking.await.unwrap_err().is_panic());
    assert_eq!(viewers.count(), 0);

    let viewing = viewers.enter();
    let killed = tokio::spawn(async move {
        let _viewing = viewing;
        std::future::pending::<()>().await;
    });
    killed.abort();
    assert!(killed.await.unwrap_err().is_cancelled());
    assert_eq!(viewers.count(), 0);
}

#[tokio::test]
async fn the_newest_count_can_be_waited_for() {
    let viewers = viewers();
    let mut count = viewers.watch();
    let waiting = tokio::spawn(async move { *count.wait_for(|count| *count == 3).await.unwrap() });
    let _all: Vec<Viewing> = (0..3).map(|_| viewers.enter()).collect();
    assert_eq!(waiting.await.unwrap(), 3);
}

#[test]
fn changes_are_noticed_as_one_and_keep_the_topic() {
    let endpoint = endpoint();
    let mut changes = endpoint.viewers("post:1").changes();
    assert_eq!(ready(&mut changes), []);
    let all: Vec<Viewing> = (0..100).map(|_| endpoint.viewers("post:1").enter()).collect();
    assert_eq!(ready(&mut changes), [()]);
    drop(all);
    assert_eq!(ready(&mut changes), [()]);
    assert_eq!(ready(&mut changes), []);
}

#[test]
fn k014_who_comes_and_goes_is_told_once_and_in_order() {
    let viewers = viewers();
    let before = viewers.enter();
    let mut events = viewers.events();
    let (one, two) = (viewers.enter(), viewers.enter());
    let (first, second) = (one.id(), two.id());
    drop(one);
    let expected = [ViewerEvent::Joined(first), ViewerEvent::Joined(second), ViewerEvent::Left(first)];
    assert_eq!(ready(&mut events), expected);
    let oldest = before.id();
    drop((before, two));
    assert_eq!(ready(&mut events), [ViewerEvent::Left(oldest), ViewerEvent::Left(second)]);
}

#[test]
fn a_listener_that_is_too_slow_is_told_how_much_it_missed() {
    let viewers = viewers();
    let (mut slow, mut quick) = (viewers.events(), viewers.events());
    let mut seen = Vec::new();
    for _ in 0..150 {
        drop(viewers.enter());
        seen.extend(ready(&mut quick));
    }
    assert_eq!(seen.len(), 300);
    let mut late = ready(&mut slow);
    assert_eq!(late.remove(0), ViewerEvent::Missed(300 - 256));
    assert_eq!(late, seen[300 - 256..]);
}

#[test]
fn ten_thousand_viewers_are_counted_and_cost_little() {
    let viewers = viewers();
    let all: Vec<Viewing> = (0..10_000).map(|_| viewers.enter()).collect();
    assert_eq!(viewers.count(), 10_000);
    let names: HashSet<String> = all.iter().map(|viewing| viewing.id().to_string()).collect();
    assert_eq!(names.len(), 10_000);
    assert!(names.iter().all(|name| name.starts_with('v') && name.len() < 12));
    assert!(size_of::<Viewing>() <= 32, "{} bytes", size_of::<Viewing>());
    drop(all);
    assert_eq!(viewers.count(), 0);
}

#[test]
fn a_topic_that_is_forgotten_while_others_come_loses_nobody() {
    let endpoint = endpoint();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..20_000 {
                    // Both handles are often the only ones, so the topic comes and goes all the time.
                    let viewing = endpoint.viewers("post:1").enter();
                    assert!(endpoint.viewers("post:1").count() > 0);
                    drop(viewing);
                }
            });
        }
    });
    assert_eq!(endpoint.viewers("post:1").count(), 0);
}

/// What one thread does, step by step: comes (true) or, if somebody is there, goes.
fn come_and_go(viewers: &Viewers, steps: &[bool]) -> Vec<Viewing> {
    let mut there = Vec::new();
    for comes in steps {
        if *comes {
            there.push(viewers.enter());
        } else {
            there.pop();
        }
    }
    there
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_count_is_who_came_less_who_went(
        threads in proptest::collection::vec(proptest::collection::vec(any::<bool>(), 0..60), 1..4)
    ) {
        let viewers = viewers();
        let mut events = viewers.events();
        let left: Vec<Viewing> = thread::scope(|scope| {
            let running: Vec<_> = threads.iter().map(|steps| scope.spawn(|| come_and_go(&viewers, steps))).collect();
            running.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        prop_assert_eq!(viewers.count(), left.len());
        prop_assert_eq!(*viewers.watch().borrow(), left.len());
        let mut there = HashSet::new();
        for event in ready(&mut events) {
            match event {
                ViewerEvent::Joined(id) => prop_assert!(there.insert(id)),
                ViewerEvent::Left(id) => prop_assert!(there.remove(&id)),
                ViewerEvent::Missed(_) => prop_assert!(false, "180 events are not too many"),
            }
        }
        prop_assert_eq!(there, left.iter().map(Viewing::id).collect::<HashSet<_>>());
    }
}

mod nodes {
    //! The same on several nodes.

    use std::time::Duration;

    use firecrest::presence::PresenceOptions;
    use firecrest::pubsub::cluster::InProcess;

    use super::*;

    fn node(cluster: &InProcess, name: &str) -> Endpoint {
        let presence = PresenceOptions::new();
        Endpoint::builder().node(name).cluster(cluster.node()).presence(presence).build().unwrap()
    }

    /// Waits, in virtual time, until so many look.
    async fn until(viewers: &Viewers, count: usize) {
        let mut counts = viewers.watch();
        let reached =
            tokio::time::timeout(Duration::from_secs(300), counts.wait_for(|now| *now == count)).await;
        assert!(reached.is_ok(), "{} instead of {count}", viewers.count());
    }

    #[tokio::test(start_paused = true)]
    async fn k003_those_on_all_nodes_are_counted_on_each() {
        let cluster = InProcess::new();
        let (a, b) = (node(&cluster, "a"), node(&cluster, "b"));
        let (here, there) = (a.viewers("post:1"), b.viewers("post:1"));
        let (ann, ben) = (here.enter(), here.enter());
        assert_eq!((here.count(), here.local_count()), (2, 2));
        until(&there, 2).await;
        let eve = there.enter();
        assert_eq!((there.count(), there.local_count()), (3, 1));
        until(&here, 3).await;
        drop(ann);
        until(&there, 2).await;
        drop((ben, eve));
        for viewers in [&here, &there] {
            until(viewers, 0).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn k003_who_asks_later_is_told_of_those_who_look_already() {
        let cluster = InProcess::new();
        let a = node(&cluster, "a");
        let _ann = a.viewers("post:1").enter();
        let b = node(&cluster, "b");
        until(&b.viewers("post:1"), 1).await;
        let long = "x".repeat(5_000);
        let _ben = a.viewers(&long).enter();
        until(&b.viewers(&long), 1).await;
        assert_eq!(b.viewers(&"y".repeat(5_000)).count(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn k008_those_on_a_node_that_is_gone_are_not_counted_any_more() {
        let cluster = InProcess::new();
        let (a, b) = (node(&cluster, "a"), node(&cluster, "b"));
        let (here, there) = (a.viewers("post:1"), b.viewers("post:1"));
        let (_ann, _ben) = (here.enter(), there.enter());
        for viewers in [&here, &there] {
            until(viewers, 2).await;
        }
        cluster.cut("a");
        for viewers in [&here, &there] {
            until(viewers, 1).await;
        }
        cluster.heal("a");
        for viewers in [&here, &there] {
            until(viewers, 2).await;
        }
    }
}
