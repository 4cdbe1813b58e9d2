//! Asking for counters.

use std::time::Duration;

use firecrest_tally::{TallyError, TallyOptions};
use futures_util::FutureExt;
use futures_util::future::join_all;

use crate::scripted::{Act, Scripted};

#[tokio::test(start_paused = true)]
async fn the_same_name_is_the_same_counter_and_is_loaded_once() {
    let store = Scripted::default();
    store.state().values.insert("visits".to_owned(), 41);
    store.state().load_script.push_back(Act::Slow(Duration::from_secs(1)));
    let tally = store.tally();
    let counters = join_all((0..100).map(|_| tally.counter("visits"))).await;
    counters[0].as_ref().unwrap().increment(1).await.unwrap();
    assert!(counters.into_iter().all(|counter| counter.unwrap().get() == 42));
    assert_eq!(tally.clone().counter("visits").await.unwrap().get(), 42);
    assert_eq!(store.state().loads, ["visits"]);
}

#[tokio::test(start_paused = true)]
async fn names_have_1_to_255_bytes() {
    let tally = Scripted::default().tally();
    for bad in [String::new(), "x".repeat(256), "é".repeat(128), "a\0".to_owned()] {
        let error = tally.counter(&bad).await.unwrap_err();
        assert!(matches!(error, TallyError::Name(bytes) if bytes == bad.len()), "{error}");
    }
    for good in ["x".to_owned(), "x".repeat(255), "🐦 zaunkönig".to_owned(), " ".to_owned()] {
        assert_eq!(tally.counter(&good).await.unwrap().name(), good);
    }
}

#[tokio::test(start_paused = true)]
async fn there_are_only_so_many_counters() {
    let mut options = TallyOptions::default();
    options.max_counters = 2;
    let store = Scripted::default();
    let tally = store.tally_with(options);
    store.state().load_script.push_back(Act::Away);
    assert!(matches!(tally.counter("a").await, Err(TallyError::Store(_))), "which takes no place");
    assert!(tally.counter("b").await.is_ok());
    store.state().load_script.push_back(Act::Hang);
    assert!(tally.counter("c").now_or_never().is_none(), "given up, it takes no place either");
    assert!(tally.counter("c").await.is_ok());
    let error = tally.counter("d").await.unwrap_err();
    assert!(matches!(error, TallyError::TooManyCounters(2)), "{error}");
    assert!(tally.counter("b").await.is_ok(), "those that are there can be asked for");
}

#[tokio::test(start_paused = true)]
async fn a_counter_that_could_not_be_loaded_can_be_asked_for_again() {
    let store = Scripted::default();
    store.state().values.insert("visits".to_owned(), 5);
    store.state().load_script.extend([Act::Away, Act::Refuse, Act::Short]);
    let tally = store.tally();
    for _ in 0..2 {
        let error = tally.counter("visits").await.unwrap_err();
        assert!(matches!(error, TallyError::Store(_)), "{error}");
    }
    assert_eq!(tally.counter("visits").await.unwrap().get(), 5);
}

#[tokio::test(start_paused = true)]
async fn who_gives_up_leaves_the_loading_to_the_others() {
    let store = Scripted::default();
    store.state().load_script.push_back(Act::Hang);
    let tally = store.tally();
    let mut first = Box::pin(tally.counter("visits"));
    assert!(first.as_mut().now_or_never().is_none());
    let other = tokio::spawn({
        let tally = tally.clone();
        async move { tally.counter("visits").await }
    });
    tokio::task::yield_now().await;
    drop(first);
    assert!(other.await.unwrap().is_ok());
    assert_eq!(store.state().loads.len(), 2);
}
