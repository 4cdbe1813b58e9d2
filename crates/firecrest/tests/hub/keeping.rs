//! What topics keep.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Wake};
use std::time::SystemTime;

use firecrest::Source as _;
use firecrest::hub::{Hub, Keep, Topic};
use futures_util::{FutureExt as _, StreamExt as _};
use proptest::prelude::*;

use crate::hub;

fn numbers(hub: &Hub, keep: Keep) -> Topic<u32> {
    hub.topic("numbers", keep).unwrap()
}

fn recent(topic: &Topic<u32>) -> Vec<u32> {
    topic.recent().iter().map(|it| **it).collect()
}

#[test]
fn d009_a_newcomer_has_the_last_value_at_once() {
    let hub = hub();
    let topic = numbers(&hub, Keep::Last);
    assert!(topic.last().is_none() && topic.at().is_none());
    let before = SystemTime::now();
    topic.publish(1);
    topic.publish(2);
    let newcomer = numbers(&hub, Keep::Nothing);
    assert_eq!((newcomer.last().map(|it| *it), recent(&newcomer)), (Some(2), vec![2]));
    assert!(newcomer.at().unwrap().duration_since(before).unwrap().as_secs() < 60);
}

#[test]
fn d012_a_newcomer_has_the_newest_oldest_first() {
    let hub = hub();
    let topic = numbers(&hub, Keep::Newest(10));
    (0..25).for_each(|number| topic.publish(number));
    assert_eq!(recent(&numbers(&hub, Keep::Nothing)), (15..25).collect::<Vec<_>>());
}

#[test]
fn what_is_sent_without_a_handle_is_kept_as_well() {
    let hub = hub();
    let topic = numbers(&hub, Keep::Newest(2));
    hub.send("numbers", &1).unwrap();
    topic.publish(2);
    hub.send("numbers", &3).unwrap();
    assert_eq!(recent(&topic), [2, 3]);
}

#[test]
fn the_most_that_any_handle_wants_is_kept_until_the_last_goes() {
    let hub = hub();
    let (small, large) = (numbers(&hub, Keep::Last), numbers(&hub, Keep::Newest(3)));
    (0..5).for_each(|number| small.publish(number));
    drop(large);
    assert_eq!(recent(&small), [2, 3, 4]);
    drop(small);
    assert_eq!(recent(&numbers(&hub, Keep::Last)), [0; 0]);
}

#[test]
fn no_more_than_a_thousand_are_kept() {
    let topic = numbers(&hub(), Keep::Newest(usize::MAX));
    (0..1_100).for_each(|number| topic.publish(number));
    assert_eq!((topic.recent().len(), *topic.recent()[0]), (1_000, 100));
}

#[test]
fn a_topic_of_this_node_alone_is_another_than_that_of_all() {
    let hub = hub();
    let (local, shared) =
        (hub.local::<u32>("a", Keep::Last).unwrap(), hub.topic::<u32>("a", Keep::Last).unwrap());
    local.publish(1);
    assert_eq!(local.last().map(|it| *it), Some(1));
    drop(local);
    shared.publish(2);
    assert_eq!(shared.last().map(|it| *it), Some(2));
}

#[tokio::test]
async fn whoever_is_told_of_a_message_finds_it_kept() {
    let topic = numbers(&hub(), Keep::Nothing);
    let mut feed = topic.subscribe();
    let keeping = numbers(&hub(), Keep::Last);
    drop(keeping);
    let mut changes = topic.changes();
    assert!(changes.next().now_or_never().is_none());
    topic.publish(1);
    topic.publish(2);
    assert_eq!(changes.next().await, Some(()));
    assert_eq!(topic.last().map(|it| *it), Some(2));
    assert!(changes.next().now_or_never().is_none(), "two changes are one");
    assert_eq!(*feed.next().await, 1);
}

/// Notes what a topic keeps when somebody is woken.
struct Noting {
    topic: Topic<u32>,
    kept: AtomicU32,
}

impl Wake for Noting {
    fn wake(self: Arc<Self>) {
        self.kept.store(self.topic.last().map_or(0, |it| *it), Ordering::SeqCst);
    }
}

#[test]
fn a_message_is_kept_before_anybody_is_woken_for_it() {
    let hub = hub();
    let mut feed = hub.subscribe::<u32>("numbers").unwrap();
    let noting = Arc::new(Noting { topic: numbers(&hub, Keep::Last), kept: AtomicU32::new(0) });
    let waker = Arc::clone(&noting).into();
    assert!(feed.poll_next_unpin(&mut Context::from_waker(&waker)).is_pending());
    noting.topic.publish(7);
    assert_eq!(noting.kept.load(Ordering::SeqCst), 7);
}

proptest! {
    #[test]
    fn the_newest_are_kept_whatever_their_number(keep in 0usize..8, count in 0u32..20) {
        let topic = numbers(&hub(), Keep::Newest(keep));
        (0..count).for_each(|number| topic.publish(number));
        let first = count.saturating_sub(u32::try_from(keep).unwrap());
        prop_assert_eq!(recent(&topic), (first..count).collect::<Vec<_>>());
    }
}
