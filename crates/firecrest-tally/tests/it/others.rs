//! Counters that others, in other processes or on other nodes, add to as well.

use std::time::Duration;

use crate::scripted::{Act, Scripted, until};

#[tokio::test(start_paused = true)]
async fn what_others_add_is_known_here() {
    let store = Scripted::default();
    let tally = store.tally();
    let counter = tally.counter("visits").await.unwrap();
    let mut watch = counter.watch();
    store.other_adds("visits", 5);
    store.other_adds("unheard of", 5);
    watch.changed().await.unwrap();
    assert_eq!((counter.get(), *watch.borrow()), (5, 5));
    assert_eq!(counter.increment(1).await.unwrap(), 6);
    assert_eq!(store.deltas(), [[("visits".to_owned(), 1)]], "it is not written again");
}

#[tokio::test(start_paused = true)]
async fn what_others_add_comes_on_top_of_what_is_pending_here() {
    let store = Scripted::default();
    let tally = store.tally();
    let counter = tally.counter("visits").await.unwrap();
    counter.add_later(10);
    store.other_adds("visits", 5);
    until("it is known", || counter.get() == 15).await;
    tally.flush().await.unwrap();
    assert_eq!((counter.get(), store.value("visits")), (15, 15));
}

#[tokio::test(start_paused = true)]
async fn what_others_have_added_comes_with_a_commit_too() {
    let store = Scripted::default();
    let tally = store.tally();
    let counter = tally.counter("visits").await.unwrap();
    store.will([Act::Slow(Duration::from_secs(1))]);
    counter.add_later(1);
    until("the commit is under way", || store.numbers() == [1]).await;
    store.state().values.insert("visits".to_owned(), 100);
    counter.add_later(20);
    until("the commit's answer is known", || counter.get() == 121).await;
    tally.flush().await.unwrap();
    assert_eq!((counter.get(), store.value("visits")), (121, 121));
}

/// Commits that follow each other without a break leave time to listen.
#[tokio::test(start_paused = true)]
async fn what_others_add_is_known_under_load() {
    let store = Scripted::default();
    let tally = store.tally();
    let (busy, quiet) = (tally.counter("busy").await.unwrap(), tally.counter("quiet").await.unwrap());
    store.always(Act::Slow(Duration::from_millis(50)));
    let mut others = 0;
    for round in 0..200 {
        busy.add_later(1);
        if round % 10 == 0 {
            store.other_adds("quiet", 1);
            others += 1;
            until("it is known", || {
                busy.add_later(1);
                quiet.get() == others
            })
            .await;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn what_others_add_while_a_counter_is_loaded_is_not_missed() {
    let store = Scripted::default();
    let tally = store.tally();
    tally.counter("other").await.unwrap();
    store.state().load_script.push_back(Act::Slow(Duration::from_secs(1)));
    let loading = tokio::spawn({
        let tally = tally.clone();
        async move { tally.counter("visits").await }
    });
    until("it is being loaded", || store.state().loads.len() == 2).await;
    store.other_adds("visits", 5);
    assert_eq!(loading.await.unwrap().unwrap().get(), 5);
    assert_eq!(store.state().loads.len(), 3, "it was loaded once more");
}

#[tokio::test(start_paused = true)]
async fn a_counter_that_others_never_stop_adding_to_can_be_loaded() {
    let store = Scripted::default();
    let tally = store.tally();
    tally.counter("other").await.unwrap();
    store.state().load_script.extend(std::iter::repeat_n(Act::Slow(Duration::from_millis(10)), 1_000));
    let adding = tokio::spawn({
        let store = store.clone();
        async move {
            loop {
                store.other_adds("visits", 1);
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
    });
    let counter = tally.counter("visits").await.unwrap();
    adding.abort();
    until("its value is known", || counter.get() == store.value("visits")).await;
}
