//! Topics, through the public interface (spec §7.1).

use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use firecrest_pubsub::{Broadcast, PubSub, Subscriber, SubscriberId, Subscription};
use firecrest_wire::Payload;
use firecrest_wire::websocket::Frame;
use proptest::prelude::*;

/// A subscriber that remembers the events it got.
#[derive(Default)]
struct Inbox(Mutex<Vec<String>>);

impl Inbox {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("no subscriber panics"))
    }
}

impl Subscriber for Inbox {
    fn deliver(&self, broadcast: &Arc<Broadcast>) {
        self.0.lock().expect("no subscriber panics").push(format!(
            "{}/{}",
            broadcast.topic(),
            broadcast.event()
        ));
    }
}

fn say(pubsub: &PubSub, topic: &str, event: &str, except: Option<SubscriberId>) -> usize {
    pubsub.local_broadcast(Broadcast::new(topic.to_owned(), event.to_owned(), Payload::empty()), except)
}

fn subscribe(pubsub: &PubSub, topic: &str) -> (Arc<Inbox>, SubscriberId, Subscription) {
    let (inbox, id) = (Arc::new(Inbox::default()), SubscriberId::unique());
    let subscription = pubsub.subscribe(topic, id, Arc::clone(&inbox) as _);
    (inbox, id, subscription)
}

#[test]
fn c216_subscribe_registers_and_dropping_unsubscribes() {
    let pubsub = PubSub::new();
    let (inbox, _, subscription) = subscribe(&pubsub, "a");
    assert_eq!((pubsub.subscribers("a"), pubsub.topics()), (1, 1));
    drop(subscription);
    assert_eq!((pubsub.subscribers("a"), pubsub.topics()), (0, 0));
    assert_eq!(say(&pubsub, "a", "x", None), 0);
    assert!(inbox.take().is_empty());
}

#[test]
fn c217_a_broadcast_reaches_subscribers_of_its_topic_only() {
    let pubsub = PubSub::new();
    let (first, _, _first) = subscribe(&pubsub, "a");
    let (second, _, _second) = subscribe(&pubsub, "a");
    let (other, _, _other) = subscribe(&pubsub, "b");
    assert_eq!(say(&pubsub, "a", "x", None), 2);
    assert_eq!((first.take(), second.take(), other.take()), (vec!["a/x".into()], vec!["a/x".into()], vec![]));
}

#[test]
fn c218_c220_broadcast_from_skips_the_sender() {
    let pubsub = PubSub::new();
    let (sender, id, _sender) = subscribe(&pubsub, "a");
    let (other, _, _other) = subscribe(&pubsub, "a");
    assert_eq!(say(&pubsub, "a", "x", Some(id)), 1);
    assert_eq!((sender.take().len(), other.take().len()), (0, 1));
}

#[test]
fn c221_a_second_subscription_receives_a_second_time() {
    let pubsub = PubSub::new();
    let (inbox, id, _first) = subscribe(&pubsub, "a");
    let _second = pubsub.subscribe("a", id, Arc::clone(&inbox) as _);
    assert_eq!(say(&pubsub, "a", "x", None), 2);
    assert_eq!(inbox.take(), ["a/x", "a/x"]);
}

#[test]
fn nothing_overtakes_what_is_said_while_subscribing() {
    let pubsub = PubSub::new();
    let inbox = Arc::new(Inbox::default());
    let first = Arc::clone(&inbox);
    let _subscription = pubsub.subscribe_after("a", SubscriberId::unique(), Arc::clone(&inbox) as _, || {
        first.0.lock().unwrap().push("reply".into());
    });
    say(&pubsub, "a", "x", None);
    assert_eq!(inbox.take(), ["reply", "a/x"]);
}

#[test]
fn an_encoding_is_made_once() {
    let broadcast = Broadcast::new("a", "x", Payload::empty());
    assert_eq!(broadcast.encoding(0, || Some(Frame::text("one"))), Some(Frame::text("one")));
    assert_eq!(broadcast.encoding(0, || Some(Frame::text("two"))), Some(Frame::text("one")));
    assert_eq!(broadcast.encoding(1, || None), None);
}

/// A subscriber that takes a broadcast only when the test lets it: once it has begun, and once it may end.
struct Blocking(Barrier);

impl Subscriber for Blocking {
    fn deliver(&self, _broadcast: &Arc<Broadcast>) {
        self.0.wait();
        self.0.wait();
    }
}

/// Whoever holds up a topic, with others waiting for it, holds up no other: not even one that shares its part of the registry,
/// as some of so many do.
#[test]
fn s7_1_a_topic_that_is_held_up_delays_no_other() {
    const TOPICS: usize = 1_000;
    const ROUNDS: usize = 20;
    const PATIENCE: Duration = Duration::from_secs(20);

    let pubsub = PubSub::new();
    let blocking = Arc::new(Blocking(Barrier::new(2)));
    let held = pubsub.subscribe("held", SubscriberId::unique(), Arc::clone(&blocking) as _);
    let saying = thread::spawn({
        let pubsub = pubsub.clone();
        move || say(&pubsub, "held", "x", None)
    });
    blocking.0.wait();
    let waiting = thread::spawn({
        let pubsub = pubsub.clone();
        move || drop(subscribe(&pubsub, "held"))
    });

    // On a thread of its own, so that the test fails where it would wait for good.
    let (done, others) = mpsc::channel();
    thread::spawn({
        let pubsub = pubsub.clone();
        move || {
            // Several rounds, so that in most of them the other one waits already.
            for round in 0..ROUNDS * TOPICS {
                let topic = format!("other:{}", round % TOPICS);
                let (inbox, _, subscription) = subscribe(&pubsub, &topic);
                assert_eq!(say(&pubsub, &topic, "x", None), 1);
                assert_eq!(inbox.take().len(), 1);
                drop(subscription);
                assert_eq!(pubsub.subscribers(&topic), 0);
            }
            done.send(()).expect("the test waits");
        }
    });
    let others = others.recv_timeout(PATIENCE);
    let still_waiting = !waiting.is_finished();
    // Before anything fails: no thread may stay blocked.
    blocking.0.wait();
    assert_eq!(others, Ok(()), "other topics waited for the one that was held up");
    assert!(still_waiting);
    assert_eq!(saying.join().expect("it does not panic"), 1);
    waiting.join().expect("it does not panic");
    drop(held);
    assert_eq!(pubsub.topics(), 0);
}

proptest! {
    /// Whatever the order of comings and goings: who is subscribed gets it, who is not does not, and nothing is left over.
    #[test]
    fn comings_and_goings(steps in prop::collection::vec((0..4_usize, 0..3_usize, any::<bool>()), 0..80)) {
        let pubsub = PubSub::new();
        let topics = ["a", "b", "c"];
        let mut held: Vec<(usize, Arc<Inbox>, Subscription)> = Vec::new();
        for (who, topic, join) in steps {
            if join {
                let (inbox, _, subscription) = subscribe(&pubsub, topics[topic]);
                held.push((topic, inbox, subscription));
            } else if !held.is_empty() {
                drop(held.swap_remove(who % held.len()));
            }
            for (at, topic) in topics.iter().enumerate() {
                let expected = held.iter().filter(|(topic, ..)| *topic == at).count();
                prop_assert_eq!(say(&pubsub, topic, "x", None), expected);
            }
            for (_, inbox, _) in &held {
                prop_assert_eq!(inbox.take().len(), 1);
            }
        }
        held.clear();
        prop_assert_eq!(pubsub.topics(), 0);
    }
}
