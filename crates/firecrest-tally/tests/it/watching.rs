//! Watching counters.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::scripted::{Act, Scripted, until};

#[tokio::test(start_paused = true)]
async fn who_watches_sees_the_newest_value_after_a_commit() {
    let store = Scripted::default();
    let tally = store.tally();
    let counter = tally.counter("visits").await.unwrap();
    counter.increment(3).await.unwrap();
    let mut watch = counter.watch();
    assert_eq!(*watch.borrow_and_update(), 3);
    for _ in 0..1_000 {
        counter.add_later(1);
    }
    let start = Instant::now();
    watch.changed().await.unwrap();
    assert_eq!(*watch.borrow_and_update(), 1_003, "coalesced");
    assert!(start.elapsed() < Duration::from_millis(25));
    let nothing = timeout(Duration::from_secs(60), watch.changed()).await;
    assert!(nothing.is_err(), "nothing has changed");
}

#[tokio::test(start_paused = true)]
async fn who_comes_later_begins_with_the_value_of_now() {
    let store = Scripted::default();
    let tally = store.tally();
    let counter = tally.counter("visits").await.unwrap();
    let early = counter.watch();
    counter.add_later(5);
    assert_eq!(*counter.watch().borrow(), 5);
    assert_eq!(*early.borrow(), 5);
    drop(early);
    tally.flush().await.unwrap();
    counter.increment(1).await.unwrap();
    assert_eq!(*counter.watch().borrow(), 6, "and whoever comes when nobody has watched for a while");
}

#[tokio::test(start_paused = true)]
async fn who_watches_sees_counters_move_while_the_store_is_away() {
    let store = Scripted::default();
    let tally = store.tally();
    let counter = tally.counter("visits").await.unwrap();
    let mut watch = counter.watch();
    for act in [Act::Away, Act::Hang] {
        store.always(act);
        counter.add_later(1);
        until("the store is asked", || !store.numbers().is_empty()).await;
        for _ in 0..5 {
            watch.borrow_and_update();
            counter.add_later(1);
            let seen = timeout(Duration::from_millis(150), watch.changed()).await;
            assert!(
                seen.is_ok(),
                "{:?} {} after {} commits",
                *watch.borrow(),
                counter.get(),
                store.state().commits.len()
            );
            assert_eq!(*watch.borrow(), counter.get());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn who_watches_sees_it_go_back_when_it_was_refused() {
    let store = Scripted::default();
    let tally = store.tally();
    let counter = tally.counter("visits").await.unwrap();
    store.will([Act::Slow(Duration::from_secs(1)), Act::Refuse]);
    counter.add_later(1);
    until("the commit is under way", || store.numbers() == [1]).await;
    let mut watch = counter.watch();
    let refused = tokio::spawn({
        let counter = counter.clone();
        async move { counter.increment(10).await }
    });
    watch.wait_for(|value| *value == 11).await.unwrap();
    watch.wait_for(|value| *value == 1).await.unwrap();
    assert!(refused.await.unwrap().is_err());
}

#[tokio::test(start_paused = true)]
async fn watching_ends_with_the_tally() {
    let store = Scripted::default();
    let tally = store.tally();
    let counter = tally.counter("visits").await.unwrap();
    let mut watch = counter.watch();
    counter.add_later(2);
    tally.close().await.unwrap();
    assert_eq!(*watch.borrow_and_update(), 2);
    assert!(watch.changed().await.is_err());
    assert!(counter.watch().changed().await.is_err());
}
