//! Consumers.

use std::convert::Infallible;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use firecrest::hub::{ConsumerOptions, Message};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tokio::time::{Instant, sleep};

use crate::{hub, ms, until};

/// What a consumer has handled.
#[derive(Clone, Default)]
struct Handled(Arc<Mutex<Vec<u32>>>);

impl Handled {
    fn add(&self, number: u32) {
        self.0.lock().unwrap().push(number);
    }

    fn all(&self) -> Vec<u32> {
        self.0.lock().unwrap().clone()
    }
}

#[tokio::test(start_paused = true)]
async fn m023_messages_are_handled_in_order_and_counted() {
    let (hub, handled) = (hub(), Handled::default());
    let noting = handled.clone();
    let handle = move |message: Message<u32>| {
        let noting = noting.clone();
        async move {
            sleep(ms(10)).await;
            noting.add(*message);
            Ok::<_, Infallible>(())
        }
    };
    let consumer = hub.consume("a.*", ConsumerOptions::default(), handle).unwrap();
    (0..20).for_each(|number| hub.send("a.b", &number).unwrap());
    assert_eq!(consumer.stats().backlog, 20);
    until(|| handled.all().len() == 20).await;
    assert_eq!(handled.all(), (0..20).collect::<Vec<_>>());
    until(|| consumer.stats().handled == 20).await;
    let stats = hub.stats().consumers.remove(0);
    assert_eq!((stats.name.as_str(), stats.backlog, stats.received, stats.failed), ("a.*", 0, 20, 0));
    assert_eq!((stats.median, stats.p95), (Some(ms(10)), Some(ms(10))));
}

#[tokio::test(start_paused = true)]
async fn m022_several_topics_and_each_message_once() {
    let (hub, handled) = (hub(), Handled::default());
    let noting = handled.clone();
    let options = ConsumerOptions::default().name("both").also("b").also("*");
    let consume = move |message: Message<u32>| {
        noting.add(*message);
        async { Ok::<_, Infallible>(()) }
    };
    let consumer = hub.consume("a", options, consume).unwrap();
    hub.send_all(["a", "b", "c.d"], &1).unwrap();
    hub.send("a", &2).unwrap();
    until(|| handled.all().len() == 3).await;
    assert_eq!(handled.all(), [1, 1, 2]);
    assert_eq!(consumer.stats().name, "both");
    assert!(hub.consume("a", ConsumerOptions::<u32>::default().also("a*"), nothing).is_err());
}

async fn nothing(_message: Message<u32>) -> Result<(), String> {
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn m024_what_is_not_valid_is_dropped_and_errors_end_nothing() {
    let (hub, handled) = (hub(), Handled::default());
    let noting = handled.clone();
    let options = ConsumerOptions::default().validate(|message: &Message<u32>| match **message {
        0 => Err("nothing is no number".into()),
        _ => Ok(()),
    });
    let handle = move |message: Message<u32>| {
        noting.add(*message);
        async move { if *message == 2 { Err(format!("{} is too many", *message)) } else { Ok(()) } }
    };
    let consumer = hub.consume("a", options, handle).unwrap();
    for message in ["1", "0", "2", "\"text\"", "3"] {
        hub.send("a", &serde_json::from_str::<serde_json::Value>(message).unwrap()).unwrap();
    }
    until(|| consumer.stats().received == 4 && consumer.stats().backlog == 0).await;
    assert_eq!(handled.all(), [1, 2, 3]);
    let stats = consumer.stats();
    assert_eq!((stats.handled, stats.invalid, stats.failed, stats.mistyped), (2, 1, 1, 1));
    assert_eq!(stats.last_error.as_deref(), Some("2 is too many"));
}

#[tokio::test(start_paused = true)]
async fn m024_a_panic_ends_one_message_and_is_followed_by_a_pause() {
    let (hub, handled) = (hub(), Handled::default());
    let noting = handled.clone();
    let handle = move |message: Message<u32>| {
        let noting = noting.clone();
        async move {
            assert!(*message >= 8, "{} is too small", *message);
            noting.add(*message);
            Ok::<_, Infallible>(())
        }
    };
    let consumer = hub.consume("a", ConsumerOptions::default(), handle).unwrap();
    let began = Instant::now();
    (0..9).for_each(|number| hub.send("a", &number).unwrap());
    until(|| handled.all() == [8]).await;
    let stats = consumer.stats();
    assert_eq!((stats.panicked, stats.handled), (8, 1));
    assert!(stats.last_error.unwrap().contains("7 is too small"));
    // Any of the pauses may be short by chance, but not all of them; and none is longer than it may be.
    let limit: u64 = (0..8).map(|panics| 100 << panics).sum();
    assert!(began.elapsed() > ms(100) && began.elapsed() <= ms(limit + 100), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn m025_workers_share_the_messages() {
    static AT_ONCE: AtomicUsize = AtomicUsize::new(0);
    static MOST: AtomicUsize = AtomicUsize::new(0);
    let hub = hub();
    let handle = async |_: Message<u32>| {
        MOST.fetch_max(AT_ONCE.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        sleep(ms(100)).await;
        AT_ONCE.fetch_sub(1, Ordering::SeqCst);
        Ok::<_, Infallible>(())
    };
    let consumer = hub.consume("a", ConsumerOptions::default().workers(4), handle).unwrap();
    let began = Instant::now();
    (0..12).for_each(|number| hub.send("a", &number).unwrap());
    until(|| consumer.stats().handled == 12).await;
    assert_eq!(MOST.load(Ordering::SeqCst), 4);
    assert!(began.elapsed() < ms(320), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn m025_the_backlog_has_a_bound() {
    let hub = hub();
    let handle = async |_: Message<u32>| std::future::pending::<Result<(), Infallible>>().await;
    let consumer = hub.consume("a", ConsumerOptions::default().capacity(10), handle).unwrap();
    (0..100).for_each(|number| hub.send("a", &number).unwrap());
    assert_eq!((consumer.stats().backlog, consumer.stats().dropped), (10, 90));
}

#[tokio::test(start_paused = true)]
async fn m028_a_consumer_may_send_messages_itself() {
    let (hub, handled) = (hub(), Handled::default());
    let (sending, noting) = (hub.clone(), handled.clone());
    let double = move |message: Message<u32>| {
        let sent = sending.send("doubled", &(2 * *message));
        async { sent }
    };
    let note = move |message: Message<u32>| {
        noting.add(*message);
        async { Ok::<_, Infallible>(()) }
    };
    let _consumers = (
        hub.consume("numbers", ConsumerOptions::default(), double).unwrap(),
        hub.consume("doubled", ConsumerOptions::default(), note).unwrap(),
    );
    hub.send("numbers", &21).unwrap();
    until(|| handled.all() == [42]).await;
}

#[tokio::test(start_paused = true)]
async fn a_consumer_that_is_stopped_finishes_what_it_has_begun() {
    static DONE: AtomicU32 = AtomicU32::new(0);
    let hub = hub();
    let handle = async |_: Message<u32>| {
        sleep(Duration::from_secs(1)).await;
        DONE.fetch_add(1, Ordering::SeqCst);
        Ok::<_, Infallible>(())
    };
    let consumer = hub.consume("a", ConsumerOptions::default(), handle).unwrap();
    (0..3).for_each(|number| hub.send("a", &number).unwrap());
    until(|| consumer.stats().received == 1).await;
    consumer.stop().await;
    assert_eq!(DONE.load(Ordering::SeqCst), 1);
    assert!(hub.stats().consumers.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_consumer_ends_with_its_handle_unless_it_is_left_to_the_endpoint() {
    let hub = hub();
    let kept = |name: &str| hub.stats().consumers.iter().any(|it| it.name == name);
    drop(hub.consume("dropped", ConsumerOptions::default(), nothing).unwrap());
    hub.consume("detached", ConsumerOptions::default(), nothing).unwrap().detach();
    until(|| !kept("dropped")).await;
    hub.send("detached", &1).unwrap();
    until(|| hub.stats().consumers.iter().any(|it| it.handled == 1)).await;
}

#[tokio::test(start_paused = true)]
async fn m024_reading_a_message_may_panic_too() {
    #[derive(Debug)]
    struct Picky;
    impl<'de> Deserialize<'de> for Picky {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            assert!(u32::deserialize(deserializer)? > 0, "nothing is no number");
            Ok(Picky)
        }
    }
    impl Serialize for Picky {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_u32(1)
        }
    }
    let hub = hub();
    let handle = async |_: Message<Picky>| Ok::<_, Infallible>(());
    let consumer = hub.consume("a", ConsumerOptions::default(), handle).unwrap();
    hub.send("a", &0).unwrap();
    hub.send("a", &1).unwrap();
    until(|| consumer.stats().handled == 1).await;
    assert_eq!((consumer.stats().mistyped, consumer.stats().panicked), (1, 0));
}
