//! Who waits, and for how many there is room.

use std::time::Duration;

use firecrest_tally::{Counter, Tally, TallyOptions};
use futures_util::FutureExt;
use futures_util::future::try_join_all;

use crate::scripted::{Act, Scripted, until};

async fn tally(store: &Scripted, max_pending: usize) -> (Tally, Counter) {
    let mut options = TallyOptions::default();
    options.max_pending = max_pending;
    let tally = store.tally_with(options);
    let counter = tally.counter("visits").await.unwrap();
    (tally, counter)
}

#[tokio::test(start_paused = true)]
async fn only_so_many_wait_and_the_others_are_not_counted_yet() {
    let store = Scripted::default();
    let (_tally, counter) = tally(&store, 10).await;
    let mut all = Box::pin(try_join_all((0..25).map(|_| counter.increment(1))));
    assert!(all.as_mut().now_or_never().is_none());
    assert_eq!(counter.get(), 10);
    all.await.unwrap();
    assert_eq!(store.deltas(), [10, 10, 5].map(|delta| vec![("visits".to_owned(), delta)]));
}

#[tokio::test(start_paused = true)]
async fn what_nobody_waits_for_needs_no_room() {
    let store = Scripted::default();
    let (tally, counter) = tally(&store, 1).await;
    let mut waiting = Box::pin(counter.increment(1));
    assert!(waiting.as_mut().now_or_never().is_none());
    counter.add_later(5);
    assert_eq!(counter.get(), 6);
    tally.flush().await.unwrap();
    assert_eq!((waiting.await.unwrap(), store.value("visits")), (1, 6));
}

#[tokio::test(start_paused = true)]
async fn whoever_stops_waiting_has_still_counted_and_makes_room_when_it_is_written() {
    let store = Scripted::default();
    let (_tally, counter) = tally(&store, 2).await;
    assert!(counter.increment(1).now_or_never().is_none());
    assert!(counter.increment(1).now_or_never().is_none());
    assert!(counter.increment(1).now_or_never().is_none(), "there was no room for this one");
    assert_eq!(counter.get(), 2);
    assert_eq!(counter.increment(1).await.unwrap(), 3);
    assert_eq!(store.value("visits"), 3);
}

#[tokio::test(start_paused = true)]
async fn there_is_room_again_after_errors() {
    let store = Scripted::default();
    let (_tally, counter) = tally(&store, 2).await;
    store.will([Act::Refuse]);
    let (one, two) = tokio::join!(counter.increment(1), counter.increment(1));
    assert!(one.is_err() && two.is_err());
    assert!(counter.increment(u64::MAX).await.is_err());
    for _ in 0..5 {
        try_join_all([counter.increment(1), counter.increment(1)]).await.unwrap();
    }
    assert_eq!((counter.get(), store.value("visits")), (10, 10));
}

#[tokio::test(start_paused = true)]
async fn no_room_at_all_is_room_for_one() {
    let store = Scripted::default();
    let (_tally, counter) = tally(&store, 0).await;
    try_join_all((0..3).map(|_| counter.increment(1))).await.unwrap();
    assert_eq!(store.numbers(), [1, 2, 3]);
}

#[tokio::test(start_paused = true)]
async fn options_that_are_of_no_use_do_no_harm() {
    let store = Scripted::default();
    let mut options = TallyOptions::default();
    (options.commit_interval, options.close_within) = (Duration::MAX, Duration::MAX);
    (options.commit_size, options.max_pending, options.max_counters) = (0, usize::MAX, 0);
    let tally = store.tally_with(options);
    let counter = tally.counter("visits").await.unwrap();
    assert_eq!(counter.increment(1).await.unwrap(), 1);
    store.will([Act::Away]);
    counter.add_later(1);
    tally.close().await.unwrap();
    assert_eq!(store.value("visits"), 2);
}

#[tokio::test(start_paused = true)]
async fn what_comes_during_a_commit_is_the_next_one() {
    let store = Scripted::default();
    let (_tally, counter) = tally(&store, 100).await;
    store.will([Act::Slow(Duration::from_secs(1))]);
    let first = tokio::spawn({
        let counter = counter.clone();
        async move { counter.increment(1).await }
    });
    until("the commit is under way", || store.numbers() == [1]).await;
    assert_eq!(counter.increment(1).await.unwrap(), 2);
    assert!(first.is_finished(), "in order");
    assert_eq!(store.deltas(), [1, 1].map(|delta| vec![("visits".to_owned(), delta)]));
}
