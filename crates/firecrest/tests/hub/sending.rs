//! Sending and hearing on one node.

use std::cell::Cell;

use firecrest::hub::{Keep, Message, SendError, Topic};
use futures_util::{FutureExt as _, StreamExt as _};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Value, json};

use crate::captured::Captured;
use crate::hub;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Stats {
    stars: u32,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Wider {
    stars: u64,
    issues: Option<u32>,
}

#[tokio::test]
async fn a_listener_of_the_same_type_gets_the_value_itself() {
    thread_local!(static WRITTEN: Cell<u32> = const { Cell::new(0) });
    #[derive(Debug, Deserialize)]
    struct Counting(u32);
    impl Serialize for Counting {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            WRITTEN.set(WRITTEN.get() + 1);
            serializer.serialize_u32(self.0)
        }
    }
    let hub = hub();
    let topic = hub.topic::<Counting>("numbers", Keep::Nothing).unwrap();
    let (mut one, mut other) = (topic.subscribe(), hub.subscribe::<Counting>("*").unwrap());
    topic.publish(Counting(7));
    let (one, other) = (one.next().await, other.next().await);
    assert!(std::ptr::eq(&raw const *one, &raw const *other));
    assert_eq!((one.0, WRITTEN.get()), (7, 0));
    // It is written once for all who are of other types.
    let (mut number, mut value) = (hub.subscribe::<u64>(">").unwrap(), hub.subscribe::<Value>(">").unwrap());
    topic.publish(Counting(8));
    assert_eq!((*number.next().await, &*value.next().await), (8, &json!(8)));
    assert_eq!(WRITTEN.get(), 1);
    // And read once for all who are of the same other type.
    let (mut one, mut other) = (hub.subscribe::<u64>(">").unwrap(), hub.subscribe::<u64>(">").unwrap());
    topic.publish(Counting(9));
    let (one, other) = (one.next().await, other.next().await);
    assert!(std::ptr::eq(&raw const *one, &raw const *other));
}

#[tokio::test]
async fn m012_a_message_goes_to_one_topic_or_to_several() {
    let hub = hub();
    let mut feed = hub.subscribe::<Stats>("project.*").unwrap();
    hub.send("project.a", &Stats { stars: 1 }).unwrap();
    hub.send_all(["project.b", "elsewhere", "project.c"], &json!({ "stars": 2 })).unwrap();
    let heard: Vec<_> = feed.by_ref().take(3).map(|it| (it.topic().to_owned(), it.stars)).collect().await;
    assert_eq!(heard, [("project.a".into(), 1), ("project.b".into(), 2), ("project.c".into(), 2)]);
    assert_eq!(feed.waiting(), 0);
}

#[tokio::test]
async fn m012_one_bad_topic_and_nothing_is_sent() {
    let hub = hub();
    let mut feed = hub.subscribe::<u32>(">").unwrap();
    let error = hub.send_all(["good", "not good"], &1).unwrap_err();
    assert!(matches!(error, SendError::Topic(_)), "{error}");
    assert!(feed.next().now_or_never().is_none());
}

#[tokio::test]
async fn a_value_without_json_is_an_error_when_somebody_listens() {
    struct Never;
    impl Serialize for Never {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("it is a secret"))
        }
    }
    let hub = hub();
    assert_eq!(hub.send("a", &Never), Ok(()));
    let _feed = hub.subscribe::<u32>("a").unwrap();
    assert_eq!(hub.send("a", &Never), Err(SendError::Encode("it is a secret".into())));
}

#[tokio::test]
async fn another_type_works_as_far_as_its_json_fits() {
    let hub = hub();
    let topic: Topic<Stats> = hub.topic("stats", Keep::Last).unwrap();
    let mut wider = hub.subscribe::<Wider>("stats").unwrap();
    topic.publish(Stats { stars: 3 });
    assert_eq!(*wider.next().await, Wider { stars: 3, issues: None });
    let other: Topic<Wider> = hub.topic("stats", Keep::Nothing).unwrap();
    assert_eq!(other.last().map(|it| it.stars), Some(3));
}

#[tokio::test]
async fn what_does_not_fit_is_left_out_and_logged_once_a_second() {
    let logs = Captured::start();
    let hub = hub();
    let mut numbers = hub.subscribe::<u32>(">").unwrap();
    hub.send("a", "no number").unwrap();
    hub.send("b", &json!({})).unwrap();
    hub.send("c", &7).unwrap();
    assert_eq!(*numbers.next().await, 7);
    let logged = logs.take();
    assert_eq!(logged.matches("does not fit").count(), 1, "{logged}");
    assert!(!logged.contains("no number"), "{logged}");
}

#[tokio::test]
async fn who_does_not_listen_any_more_hears_nothing_and_costs_nothing() {
    let hub = hub();
    let topic = hub.topic::<u32>("a", Keep::Nothing).unwrap();
    assert!(!topic.is_wanted());
    let feed = topic.subscribe();
    assert!(topic.is_wanted());
    drop(feed);
    assert!(!topic.is_wanted());
    topic.publish(1);
    let mut late = topic.subscribe();
    assert!(late.next().now_or_never().is_none());
}

#[tokio::test]
async fn m025_when_too_many_wait_the_oldest_are_dropped_and_counted() {
    let hub = hub();
    let topic = hub.topic::<u32>("a", Keep::Nothing).unwrap();
    let (mut usual, mut small) = (topic.subscribe(), topic.subscribe().capacity(2));
    (0..1_030).for_each(|number| topic.publish(number));
    assert_eq!((usual.waiting(), usual.missed()), (1_024, 6));
    assert_eq!((small.waiting(), small.missed()), (2, 1_028));
    assert_eq!((*usual.next().await, *small.next().await), (6, 1_028));
    let usual = usual.capacity(23);
    assert_eq!((usual.waiting(), usual.missed()), (23, 1_006));
}

#[tokio::test]
async fn counting_makes_no_message() {
    #[derive(Debug, Deserialize)]
    struct Odd;
    impl Serialize for Odd {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            panic!("nobody wants it")
        }
    }
    let hub = hub();
    let topic = hub.topic::<Odd>("a.b", Keep::Nothing).unwrap();
    let (here, all) = (topic.count(), hub.count(">").unwrap());
    (0..3).for_each(|_| topic.publish(Odd));
    hub.send("c", &1).unwrap();
    assert_eq!((here.take(), all.take(), all.total()), (3, 4, 4));
    topic.publish(Odd);
    assert_eq!((here.take(), here.take(), here.total()), (1, 0, 4));
}

#[tokio::test]
async fn m048_listeners_are_isolated() {
    let hub = hub();
    let (mut one, mut other) = (hub.subscribe::<u32>("one").unwrap(), hub.subscribe::<u32>("other").unwrap());
    hub.send("one", &1).unwrap();
    hub.send("other", &2).unwrap();
    let heard = |message: Option<Message<u32>>| message.map(|it| *it);
    assert_eq!((heard(one.next().now_or_never()), one.waiting()), (Some(1), 0));
    assert_eq!((heard(other.next().now_or_never()), other.waiting()), (Some(2), 0));
}

#[test]
fn the_number_of_topics_has_a_bound_and_room_comes_back() {
    let hub = hub();
    let mut topics: Vec<_> =
        (0..10_000).map(|number| hub.topic::<u32>(&format!("t.{number}"), Keep::Nothing).unwrap()).collect();
    let error = hub.topic::<u32>("one.more", Keep::Nothing).unwrap_err();
    assert!(error.to_string().contains("10000"), "{error}");
    assert!(hub.topic::<u32>("t.1", Keep::Nothing).is_ok(), "it exists");
    topics.pop();
    assert!(hub.topic::<u32>("one.more", Keep::Nothing).is_ok());
}

#[tokio::test]
async fn a_flood_leaves_others_their_turn() {
    let hub = hub();
    let topic = hub.topic::<u32>("a", Keep::Nothing).unwrap();
    let mut feed = topic.subscribe();
    let flooded = async {
        topic.publish(0);
        loop {
            let number = *feed.next().await;
            topic.publish(number + 1);
        }
    };
    tokio::select! {
        biased;
        () = flooded => {}
        () = async { for _ in 0..10 { tokio::task::yield_now().await } } => {}
    }
}
