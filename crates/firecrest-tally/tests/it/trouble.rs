//! A store that is away, or refuses.

use std::time::Duration;

use firecrest_tally::{Health, StoreError, TallyError};
use futures_util::FutureExt;
use tokio::time::{Instant, timeout};

use crate::scripted::{Act, Scripted, until};

#[tokio::test(start_paused = true)]
async fn a_batch_is_repeated_as_it_was_until_the_store_has_it() {
    let store = Scripted::default();
    let tally = store.tally();
    let counter = tally.counter("visits").await.unwrap();
    store.will([Act::Away, Act::Away, Act::Away]);
    let mut waiting = Box::pin(counter.increment(1));
    assert!(waiting.as_mut().now_or_never().is_none());
    until("the first attempt", || store.numbers() == [1]).await;
    counter.add_later(10);
    assert_eq!(counter.get(), 11, "counting goes on");
    assert!(
        matches!(tally.health(), Health::Retrying { error, .. } if error.to_string().contains("nobody there"))
    );
    assert_eq!(waiting.await.unwrap(), 1);
    assert!(tally.health().is_ok());
    tally.flush().await.unwrap();
    assert_eq!(store.numbers(), [1, 1, 1, 1, 2]);
    assert_eq!(store.deltas().concat(), [1, 1, 1, 1, 10].map(|delta| ("visits".to_owned(), delta)));
    assert_eq!(store.value("visits"), 11);
}

#[tokio::test(start_paused = true)]
async fn a_batch_whose_answer_was_lost_is_not_counted_twice() {
    let store = Scripted::default();
    let counter = store.tally().counter("visits").await.unwrap();
    store.will([Act::AddedAndAway, Act::AddedAndAway]);
    assert_eq!(counter.increment(5).await.unwrap(), 5);
    assert_eq!(counter.increment(1).await.unwrap(), 6);
    assert_eq!((counter.get(), store.value("visits")), (6, 6));
}

/// The second answer says nothing of the first attempt.
#[tokio::test(start_paused = true)]
async fn a_batch_whose_answer_was_lost_is_repeated_even_when_it_is_refused_then() {
    let store = Scripted::default();
    let tally = store.tally();
    let counter = tally.counter("visits").await.unwrap();
    store.will([Act::AddedAndAway, Act::Refuse, Act::Refuse]);
    assert_eq!(counter.increment(5).await.unwrap(), 5);
    assert_eq!((counter.get(), store.value("visits"), store.numbers()), (5, 5, vec![1; 4]));
}

#[tokio::test(start_paused = true)]
async fn pauses_between_attempts_grow_to_five_seconds() {
    let store = Scripted::default();
    let counter = store.tally().counter("visits").await.unwrap();
    store.will(std::iter::repeat_n(Act::Away, 12));
    counter.increment(1).await.unwrap();
    let times: Vec<_> = store.state().commits.iter().map(|(time, _)| *time).collect();
    let pauses: Vec<_> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    for (pause, most) in pauses.iter().zip((0..).map(|doubled| Duration::from_millis(50 << doubled))) {
        let most = most.min(Duration::from_secs(5));
        assert!(*pause >= most / 2 && *pause <= most + Duration::from_millis(2), "{pauses:?}");
    }
    store.will([Act::Away]);
    let start = Instant::now();
    counter.increment(1).await.unwrap();
    assert!(start.elapsed() < Duration::from_millis(100), "they begin anew");
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_a_refused_commit_is_told_and_not_counted() {
    let store = Scripted::default();
    let tally = store.tally();
    let (a, b) = (tally.counter("a").await.unwrap(), tally.counter("b").await.unwrap());
    store.will([Act::Refuse]);
    let (one, two, three) = tokio::join!(a.increment(1), a.increment(2), b.add(-4));
    for result in [one, two, three] {
        let Err(TallyError::Store(error)) = result else { panic!("{result:?}") };
        assert!(matches!(*error, StoreError::Failed(_)), "{error}");
    }
    assert_eq!((a.get(), b.get()), (0, 0));
    assert!(matches!(tally.health(), Health::Failed { .. }));
    assert_eq!(a.increment(1).await.unwrap(), 1);
    assert!(tally.health().is_ok());
    assert_eq!(store.numbers(), [1, 2], "a number is not used for something else");
}

#[tokio::test(start_paused = true)]
async fn what_nobody_waits_for_is_tried_again_after_a_refusal() {
    let store = Scripted::default();
    let tally = store.tally();
    let counter = tally.counter("visits").await.unwrap();
    store.will([Act::Refuse, Act::Refuse]);
    counter.add_later(10);
    let waited_for = counter.increment(1).await;
    assert!(waited_for.is_err());
    assert_eq!(counter.get(), 10, "only what was waited for goes back");
    until("it is written in the end", || store.value("visits") == 10).await;
    assert_eq!(store.deltas().concat(), [11, 10, 10].map(|delta| ("visits".to_owned(), delta)));
    assert!(tally.health().is_ok());
}

#[tokio::test(start_paused = true)]
async fn refusal_takes_back_what_was_waited_for_even_if_nothing_was_to_be_written() {
    let store = Scripted::default();
    let tally = store.tally();
    let (even, other) = (tally.counter("even").await.unwrap(), tally.counter("other").await.unwrap());
    store.will([Act::Refuse]);
    even.add_later(-1);
    let (waited_for, _) = tokio::join!(even.increment(1), other.increment(1));
    assert!(waited_for.is_err(), "the commit of its round was refused");
    assert_eq!(even.get(), -1);
    tally.flush().await.unwrap();
    assert_eq!(store.value("even"), -1);
}

#[tokio::test(start_paused = true)]
async fn refusals_come_with_pauses() {
    let store = Scripted::default();
    let counter = store.tally().counter("visits").await.unwrap();
    store.always(Act::Refuse);
    counter.add_later(1);
    tokio::time::sleep(Duration::from_secs(60)).await;
    let attempts = store.numbers().len();
    assert!((10..40).contains(&attempts), "{attempts} attempts in a minute");
    store.always(None);
    until("it is written in the end", || store.value("visits") == 1).await;
}

#[tokio::test(start_paused = true)]
async fn flushing_says_when_a_commit_is_refused() {
    let store = Scripted::default();
    let tally = store.tally();
    let counter = tally.counter("visits").await.unwrap();
    store.will([Act::Refuse]);
    counter.add_later(1);
    assert!(matches!(tally.flush().await, Err(TallyError::Store(_))));
    tally.flush().await.unwrap();
    assert_eq!(store.value("visits"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_answers_nonsense_is_refused() {
    let store = Scripted::default();
    let tally = store.tally();
    let counter = tally.counter("visits").await.unwrap();
    store.will([Act::Short]);
    let error = counter.increment(1).await.unwrap_err();
    assert!(error.to_string().contains("0 values for 1 counters"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_store_that_panics_ends_the_tally() {
    let store = Scripted::default();
    let tally = store.tally();
    let counter = tally.counter("visits").await.unwrap();
    store.will([Act::Panic]);
    let waiting = timeout(Duration::from_secs(60), counter.increment(1)).await;
    assert!(matches!(waiting, Ok(Err(TallyError::Closed))));
    assert!(matches!(counter.increment(1).await, Err(TallyError::Closed)));
    assert!(matches!(tally.counter("other").await, Err(TallyError::Closed)));
    assert!(matches!(tally.close().await, Err(TallyError::Closed)));
}
