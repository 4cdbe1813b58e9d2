//! Closing, and ends that come without it.

use std::time::Duration;

use firecrest_tally::{Health, StoreError, TallyError};
use futures_util::FutureExt;
use tokio::runtime::Builder;
use tokio::time::Instant;

use crate::scripted::{Act, Scripted, until};

#[tokio::test(start_paused = true)]
async fn closing_writes_what_is_pending_at_once() {
    let store = Scripted::default();
    let tally = store.tally();
    let counter = tally.counter("visits").await.unwrap();
    let start = Instant::now();
    counter.add_later(5);
    let waiting = tokio::spawn({
        let counter = counter.clone();
        async move { counter.increment(1).await }
    });
    tokio::task::yield_now().await;
    tally.close().await.unwrap();
    assert_eq!((start.elapsed(), store.value("visits")), (Duration::ZERO, 6));
    assert_eq!(waiting.await.unwrap().unwrap(), 6);
    assert!(store.state().closed);
}

#[tokio::test(start_paused = true)]
async fn counters_that_are_closed_say_so() {
    let store = Scripted::default();
    let tally = store.tally();
    let counter = tally.counter("visits").await.unwrap();
    tally.close().await.unwrap();
    assert!(matches!(counter.increment(1).await, Err(TallyError::Closed)));
    assert!(matches!(counter.add(1).await, Err(TallyError::Closed)));
    assert!(matches!(tally.counter("visits").await, Err(TallyError::Closed)));
    assert_eq!(counter.get(), 0);
    counter.add_later(1);
    assert_eq!((counter.get(), store.numbers().len()), (1, 0), "in memory only");
    tally.flush().await.unwrap();
    tally.close().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn closing_what_was_never_used_closes_the_store() {
    let store = Scripted::default();
    store.tally().close().await.unwrap();
    assert!(store.state().closed);
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_room_hears_of_the_closing() {
    let store = Scripted::default();
    let mut options = firecrest_tally::TallyOptions::default();
    options.max_pending = 1;
    let tally = store.tally_with(options);
    let counter = tally.counter("visits").await.unwrap();
    let mut first = Box::pin(counter.increment(1));
    let mut second = Box::pin(counter.increment(1));
    assert!(first.as_mut().now_or_never().is_none() && second.as_mut().now_or_never().is_none());
    tally.close().await.unwrap();
    assert_eq!(first.await.unwrap(), 1);
    assert!(matches!(second.await, Err(TallyError::Closed)));
    assert_eq!(store.value("visits"), 1);
}

#[tokio::test(start_paused = true)]
async fn closing_gives_up_on_a_store_that_stays_away() {
    for act in [Act::Away, Act::Hang] {
        let store = Scripted::default();
        let tally = store.tally();
        let counter = tally.counter("visits").await.unwrap();
        store.always(act);
        counter.add_later(5);
        let mut waiting = Box::pin(counter.increment(1));
        assert!(waiting.as_mut().now_or_never().is_none());
        let start = Instant::now();
        let error = tally.close().await.unwrap_err();
        assert!(
            matches!(&error, TallyError::Store(error) if matches!(**error, StoreError::Unavailable(_))),
            "{error}"
        );
        let took = start.elapsed();
        assert!(took >= Duration::from_secs(10) && took < Duration::from_secs(11), "{took:?}");
        assert!(matches!(waiting.await, Err(TallyError::Store(_))));
        assert!(store.state().closed);
    }
}

#[tokio::test(start_paused = true)]
async fn closing_waits_for_a_store_that_comes_back() {
    let store = Scripted::default();
    let tally = store.tally();
    let counter = tally.counter("visits").await.unwrap();
    store.will([Act::Away, Act::Away, Act::Away, Act::Slow(Duration::from_secs(1))]);
    counter.add_later(5);
    tally.close().await.unwrap();
    assert_eq!(store.value("visits"), 5);
}

#[tokio::test(start_paused = true)]
async fn closing_says_when_something_is_lost() {
    let store = Scripted::default();
    let tally = store.tally();
    let counter = tally.counter("visits").await.unwrap();
    store.always(Act::Refuse);
    counter.add_later(5);
    let start = Instant::now();
    assert!(matches!(tally.close().await, Err(TallyError::Store(_))));
    assert!(matches!(tally.close().await, Err(TallyError::Store(_))), "to everybody who asks");
    assert!(start.elapsed() < Duration::from_secs(1), "a refusal is final");
}

#[tokio::test(start_paused = true)]
async fn what_is_dropped_with_all_its_counters_is_written() {
    let store = Scripted::default();
    let tally = store.tally();
    let counter = tally.counter("visits").await.unwrap();
    counter.add_later(5);
    drop(tally);
    counter.add_later(1);
    assert!(!store.state().closed, "a counter is enough");
    drop(counter);
    until("the writer has ended", || store.state().closed).await;
    assert_eq!(store.value("visits"), 6);
}

#[test]
fn when_the_runtime_ends_nobody_waits_for_ever() {
    let store = Scripted::default();
    let tally = store.tally();
    let first = Builder::new_current_thread().enable_all().build().unwrap();
    let counter = first.block_on(tally.counter("visits")).unwrap();
    counter.add_later(1);
    drop(first);
    let second = Builder::new_current_thread().enable_all().build().unwrap();
    assert!(matches!(second.block_on(counter.increment(1)), Err(TallyError::Closed)));
    assert!(matches!(second.block_on(tally.flush()), Err(TallyError::Closed)));
    assert!(matches!(second.block_on(tally.close()), Err(TallyError::Closed)));
    assert!(matches!(tally.health(), Health::Failed { .. }));
}
