//! The registry in all interleavings of a few threads.

use std::sync::Arc;

use firecrest_wire::Payload;
use loom::model;
use loom::thread::spawn;

use crate::sync::Mutex;
use crate::{Broadcast, PubSub, Subscriber, SubscriberId, Subscription};

const TOPIC: &str = "room:1";

/// Remembers the events it is given. The lock is part of the model, so that something can come between.
#[derive(Default)]
struct Listener(Mutex<Vec<String>>);

impl Listener {
    fn hear(&self, event: &str) {
        self.0.lock().unwrap().push(event.to_owned());
    }

    fn heard(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl Subscriber for Listener {
    fn deliver(&self, broadcast: &Arc<Broadcast>) {
        self.hear(broadcast.event());
    }
}

fn say(pubsub: &PubSub, event: &'static str) -> usize {
    pubsub.local_broadcast(Broadcast::new(TOPIC, event, Payload::empty()), None)
}

fn subscribe(pubsub: &PubSub, listener: &Arc<Listener>) -> Subscription {
    let first = || listener.hear("joined");
    pubsub.subscribe_after(TOPIC, SubscriberId::unique(), Arc::clone(listener) as _, first)
}

/// Spec §3.5: a join's reply comes before every broadcast, and from the first of them on none is left out.
fn a_subscriber_hears_all_after_its_join(others: usize) {
    model(move || {
        let pubsub = PubSub::new();
        let other = Arc::new(Listener::default());
        let _others: Vec<_> = (0..others).map(|_| subscribe(&pubsub, &other)).collect();
        let speaking = pubsub.clone();
        let speaker = spawn(move || ["1", "2"].map(|event| say(&speaking, event) - others));
        let listener = Arc::new(Listener::default());
        let subscription = subscribe(&pubsub, &listener);
        let receivers = speaker.join().unwrap();
        let expected: &[&str] = match receivers {
            [0, 0] => &["joined"],
            [0, 1] => &["joined", "2"],
            [1, 1] => &["joined", "1", "2"],
            _ => panic!("subscribed, and then not any more: {receivers:?}"),
        };
        assert_eq!(listener.heard(), expected);
        drop(subscription);
        assert_eq!(pubsub.topics(), usize::from(others > 0));
    });
}

#[test]
fn the_first_subscriber_hears_all_after_its_join() {
    a_subscriber_hears_all_after_its_join(0);
}

#[test]
fn a_further_subscriber_hears_all_after_its_join() {
    a_subscriber_hears_all_after_its_join(1);
}

/// Spec §7.1: a new subscriber is where broadcasts go, though the last one before it leaves at that moment.
#[test]
fn nobody_subscribes_to_a_topic_that_is_taken_out() {
    model(|| {
        let pubsub = PubSub::new();
        let last = subscribe(&pubsub, &Arc::default());
        let leaving = spawn(move || drop(last));
        let listener = Arc::new(Listener::default());
        let subscription = subscribe(&pubsub, &listener);
        assert!(say(&pubsub, "1") >= 1);
        leaving.join().unwrap();
        assert_eq!(say(&pubsub, "2"), 1);
        assert_eq!(listener.heard(), ["joined", "1", "2"]);
        drop(subscription);
        assert_eq!(pubsub.topics(), 0);
    });
}

/// Two who subscribe to a new topic at once are on the same one.
#[test]
fn a_topic_is_made_once() {
    model(|| {
        let pubsub = PubSub::new();
        let other = pubsub.clone();
        let second = spawn(move || subscribe(&other, &Arc::default()));
        let first = subscribe(&pubsub, &Arc::default());
        let second = second.join().unwrap();
        assert_eq!((pubsub.topics(), pubsub.subscribers(TOPIC), say(&pubsub, "1")), (1, 2, 2));
        drop((first, second));
        assert_eq!(pubsub.topics(), 0);
    });
}

/// Two who leave a topic empty at once do not take out the one that a third has made since.
#[test]
fn a_topic_is_taken_out_once() {
    model(|| {
        let pubsub = PubSub::new();
        let (last, coming) = (subscribe(&pubsub, &Arc::default()), pubsub.clone());
        let leaving = spawn(move || drop(last));
        let coming = spawn(move || drop(subscribe(&coming, &Arc::default())));
        let subscription = subscribe(&pubsub, &Arc::default());
        leaving.join().unwrap();
        coming.join().unwrap();
        assert_eq!((pubsub.topics(), say(&pubsub, "1")), (1, 1));
        drop(subscription);
        assert_eq!(pubsub.topics(), 0);
    });
}

/// Spec §7.1: broadcasts of one task arrive in order, while another comes and goes and a third asks.
#[test]
fn broadcasts_of_one_task_arrive_in_order() {
    model(|| {
        let pubsub = PubSub::new();
        let listener = Arc::new(Listener::default());
        let _subscription = subscribe(&pubsub, &listener);
        let others = [pubsub.clone(), pubsub.clone()];
        let [coming, asking] = others;
        let coming = spawn(move || drop(subscribe(&coming, &Arc::default())));
        let asking = spawn(move || asking.subscribers(TOPIC));
        ["1", "2"].iter().for_each(|event| assert!(say(&pubsub, event) >= 1));
        coming.join().unwrap();
        assert!((1..=2).contains(&asking.join().unwrap()));
        assert_eq!(listener.heard(), ["joined", "1", "2"]);
    });
}
