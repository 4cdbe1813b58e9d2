//! Questions that cannot be answered.

use std::error::Error as _;

use firecrest::query::{Query, QueryError, QueryOptions};
use futures_util::FutureExt as _;
use tokio::time::{Instant, sleep};

use crate::captured::Captured;
use crate::facts::{Facts, Mood, ms, settle};

const BAD_MOODS: [Mood; 3] = [Mood::Failing, Mood::Panicking, Mood::Hanging];

fn impatient(facts: &Facts) -> Query<u32, i64> {
    facts.query().with_options(QueryOptions::default().timeout(ms(200)))
}

#[tokio::test(start_paused = true)]
async fn whatever_goes_wrong_the_old_answer_is_kept_until_the_next_touch() {
    for mood in BAD_MOODS {
        let facts = Facts::default();
        let query = impatient(&facts);
        facts.set(1, 5);
        let mut live = query.watch(1).await.unwrap();
        facts.set(1, 6);
        facts.mood(mood);
        query.touch(&1);
        live.changed().await;
        assert_eq!((*live.get(), live.is_stale()), (5, true), "{mood:?}");

        facts.mood(Mood::Well);
        query.touch(&1);
        let touched = Instant::now();
        live.changed().await;
        assert_eq!((*live.get(), live.is_stale()), (6, false), "{mood:?}");
        assert!(touched.elapsed() <= ms(101), "{mood:?}: {:?}", touched.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn becoming_current_again_is_a_change_even_if_the_answer_is_not() {
    let facts = Facts::default();
    let query = facts.query();
    let mut live = query.watch(1).await.unwrap();
    facts.mood(Mood::Failing);
    query.touch(&1);
    live.changed().await;
    facts.mood(Mood::Well);
    live.changed().await;
    assert_eq!((*live.get(), live.is_stale()), (0, false));
}

#[tokio::test(start_paused = true)]
async fn staying_stale_wakes_nobody() {
    let facts = Facts::default();
    let query = facts.query();
    let mut live = query.watch(1).await.unwrap();
    facts.mood(Mood::Failing);
    query.touch(&1);
    live.changed().await;
    query.touch(&1);
    settle().await;
    assert_eq!(facts.asked(1), 3);
    assert!(live.changed().now_or_never().is_none());
}

#[tokio::test(start_paused = true)]
async fn it_is_tried_again_by_itself_and_more_and_more_rarely() {
    let facts = Facts::default();
    let query = facts.query();
    let mut live = query.watch(1).await.unwrap();
    facts.mood(Mood::Failing);
    query.touch(&1);
    live.changed().await;
    // 1, 2, 4, 8, 16, 30 and 30 s, or half of that.
    sleep(ms(91_500)).await;
    let asked = facts.asked(1);
    assert!((8..=10).contains(&asked), "{asked}");
    facts.mood(Mood::Well);
    facts.set(1, 9);
    let well = Instant::now();
    live.changed().await;
    assert_eq!((*live.get(), live.is_stale()), (9, false));
    assert!(well.elapsed() <= ms(30_001), "{:?}", well.elapsed());
    sleep(ms(100_000)).await;
    assert_eq!(facts.asked(1), asked + 1);
}

#[tokio::test(start_paused = true)]
async fn who_is_first_gets_the_error_and_does_not_watch() {
    let facts = Facts::default();
    let query = impatient(&facts);
    facts.mood(Mood::Failing);
    let (error, same) = tokio::join!(query.watch(1), query.watch(1));
    let error = error.unwrap_err();
    assert_eq!(error.to_string(), "the query \"facts\" has failed: the facts are not at hand");
    assert_eq!(error.source().unwrap().to_string(), "the facts are not at hand");
    assert!(matches!(same, Err(QueryError::Failed { .. })));
    assert_eq!((facts.asked(1), query.watched()), (1, 0));

    facts.mood(Mood::Panicking);
    let error = query.watch(1).await.unwrap_err();
    assert_eq!(error.to_string(), "the query \"facts\" panicked: on purpose");
    facts.mood(Mood::Hanging);
    let error = query.watch(1).await.unwrap_err();
    assert_eq!(error.to_string(), "the query \"facts\" did not answer within 200ms");
    assert!(matches!(query.ask(1).await, Err(QueryError::TimedOut { .. })));

    facts.mood(Mood::Well);
    assert!(query.watch(1).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_question_that_hangs_or_panics_delays_no_other() {
    for mood in BAD_MOODS {
        let facts = Facts::default();
        let query = facts.query();
        let (bad, mut good) = (query.watch(1).await.unwrap(), query.watch(2).await.unwrap());
        settle().await;
        facts.mood(mood);
        query.touch(&1);
        sleep(ms(1)).await;
        facts.mood(Mood::Well);
        facts.set(2, 8);
        query.touch(&2);
        let touched = Instant::now();
        good.changed().await;
        assert_eq!(*good.get(), 8);
        assert!(touched.elapsed() <= ms(1), "{mood:?}: {:?}", touched.elapsed());
        drop(bad);
    }
}

#[tokio::test(start_paused = true)]
async fn the_log_names_the_query_once_and_not_its_arguments() {
    let facts = Facts::default();
    let query = facts.query();
    let mut live = query.watch(4_711).await.unwrap();
    let captured = Captured::start();
    facts.mood(Mood::Failing);
    query.touch(&4_711);
    live.changed().await;
    query.touch(&4_711);
    settle().await;
    facts.mood(Mood::Well);
    query.touch(&4_711);
    live.changed().await;

    let log = captured.take();
    let (debug, rest): (Vec<&str>, Vec<&str>) = log.lines().partition(|line| line.contains("DEBUG"));
    assert_eq!(rest.len(), 2, "{log}");
    assert!(rest[0].contains("WARN") && rest[0].contains("the facts are not at hand"), "{log}");
    assert!(rest[1].contains("INFO") && rest[1].contains("answered again"), "{log}");
    assert!(rest.iter().all(|line| line.contains("query=\"facts\"") && !line.contains("4711")), "{log}");
    assert!(debug.iter().any(|line| line.contains("4711")), "{log}");
}
