//! Sources: what touches a question by itself.

use std::convert::Infallible;
use std::time::Duration;

use firecrest::query::Query;
use firecrest::source::{Changes, Source};
use firecrest::tally::Tally;
use firecrest::{Endpoint, viewers::Viewers};
use futures_util::{FutureExt as _, StreamExt as _, stream};
use tokio::sync::watch;
use tokio::time::sleep;

use crate::facts::{Facts, ms, settle};

/// A question whose answer is a number that a source has.
fn number_of(source: &watch::Sender<i64>, pace: Duration) -> Query<(), i64> {
    let number = source.subscribe();
    let ask = move |()| {
        let number = *number.borrow();
        async move {
            sleep(pace).await;
            Ok::<_, Infallible>(number)
        }
    };
    Query::new("number", ask).on(source.subscribe())
}

#[tokio::test(start_paused = true)]
async fn a_change_of_a_source_touches_every_question() {
    let source = watch::Sender::new(0);
    let facts = Facts::default();
    let query = facts.query().on(source.subscribe());
    let watching = (query.watch(1).await.unwrap(), query.watch(2).await.unwrap());
    facts.set(1, 1);
    facts.set(2, 2);
    source.send_replace(1);
    settle().await;
    assert_eq!((*watching.0.get(), *watching.1.get()), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn what_a_source_says_during_an_evaluation_is_not_missed() {
    let source = watch::Sender::new(0);
    let query = number_of(&source, ms(300));
    let (live, ()) = tokio::join!(query.watch(()), async {
        sleep(ms(150)).await;
        source.send_replace(1);
    });
    let mut live = live.unwrap();
    assert_eq!(*live.get(), 0);
    live.changed().await;
    assert_eq!(*live.get(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_source_of_each_question_touches_only_that() {
    let endpoint = Endpoint::builder().secret_key_base("s".repeat(64)).build().unwrap();
    let (asked, each) = (endpoint.clone(), endpoint.clone());
    let ask = move |topic: &'static str| {
        let count = asked.viewers(topic).count();
        async move { Ok::<_, Infallible>(format!("{count} look at {topic}")) }
    };
    let query = Query::new("audience", ask).on_each(move |topic| -> Viewers { each.viewers(topic) });
    let (mut one, mut two) = (query.watch("one").await.unwrap(), query.watch("two").await.unwrap());
    let _viewing = endpoint.viewers("one").enter();
    one.changed().await;
    assert_eq!(*one.get(), "1 look at one");
    assert!(two.changed().now_or_never().is_none());
    assert_eq!(*two.get(), "0 look at two");
}

#[tokio::test(start_paused = true)]
async fn a_durable_counter_is_a_source() {
    let counter = Tally::in_memory().counter("visits").await.unwrap();
    let asked = counter.clone();
    let query = Query::new("visits", move |()| {
        let visits = asked.get();
        async move { Ok::<_, Infallible>(format!("{visits} visits")) }
    });
    let mut live = query.on(counter.clone()).watch(()).await.unwrap();
    counter.add_later(3);
    live.changed().await;
    assert_eq!(*live.get(), "3 visits");
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_a_source_itself() {
    let source = watch::Sender::new(1);
    let number = number_of(&source, Duration::ZERO).watch(()).await.unwrap();
    let asked = number.clone();
    let doubled = Query::new("doubled", move |()| {
        let number = *asked.get();
        async move { Ok::<_, Infallible>(2 * number) }
    });
    let mut doubled = doubled.on(number.clone()).watch(()).await.unwrap();
    let mut changes = doubled.changes();
    source.send_replace(4);
    doubled.changed().await;
    assert_eq!(*doubled.get(), 8);
    assert_eq!(changes.next().await, Some(()));
    assert!(changes.next().now_or_never().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_source_without_pause_is_asked_ten_times_a_second() {
    struct Restless;
    impl Source for Restless {
        fn changes(&self) -> Changes {
            Changes::new(stream::repeat(()))
        }
    }
    let facts = Facts::default();
    let _live = facts.query().on(Restless).watch(1).await.unwrap();
    sleep(ms(10_000)).await;
    assert!((95..=101).contains(&facts.asked(1)), "{}", facts.asked(1));
}

#[tokio::test(start_paused = true)]
async fn a_source_that_has_ended_leaves_the_other_reasons() {
    let source = watch::Sender::new(0);
    let facts = Facts::default();
    let query = facts.query().on(source.subscribe());
    let live = query.watch(1).await.unwrap();
    facts.set(1, 1);
    source.send_replace(1);
    drop(source);
    settle().await;
    assert_eq!(*live.get(), 1);
    facts.set(1, 2);
    query.touch(&1);
    settle().await;
    assert_eq!((*live.get(), facts.asked(1)), (2, 3));
}

#[tokio::test(start_paused = true)]
async fn a_source_that_panics_is_an_error() {
    let facts = Facts::default();
    let query = facts.query().on_each(|key: &u32| -> watch::Receiver<()> { panic!("no source of {key}") });
    let error = query.watch(1).await.unwrap_err();
    assert_eq!(error.to_string(), "the query \"facts\" panicked: no source of 1");
    assert_eq!(query.watched(), 0);
}

#[tokio::test]
async fn changes_are_those_from_now_on_and_end_with_the_source() {
    let source = watch::Sender::new(0);
    let receiver = source.subscribe();
    source.send_replace(1);
    let mut changes = receiver.changes();
    assert!(changes.next().now_or_never().is_none());
    source.send_replace(2);
    source.send_replace(3);
    drop(source);
    assert_eq!(changes.next().await, Some(()));
    assert_eq!(changes.next().await, None);
}
