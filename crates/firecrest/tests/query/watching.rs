//! Who watches a question.

use firecrest::query::{Live, Query, QueryError, QueryOptions};
use futures_util::FutureExt as _;
use futures_util::future::{join_all, pending};
use tokio::time::timeout;

use crate::facts::{Facts, Mood, ms, settle};

#[tokio::test(start_paused = true)]
async fn b021_the_first_answer_is_there_when_watch_returns() {
    let facts = Facts::default();
    facts.set(1, 41);
    facts.pace(ms(50));
    let live = facts.query().watch(1).await.unwrap();
    assert_eq!((*live.get(), live.is_stale()), (41, false));
}

#[tokio::test(start_paused = true)]
async fn k049_a_question_is_asked_once_for_all_who_watch_it() {
    let facts = Facts::default();
    facts.pace(ms(50));
    let query = facts.query();
    let first = join_all((0..500).map(|_| query.watch(1))).await;
    let mut watching: Vec<Live<i64>> = first.into_iter().map(Result::unwrap).collect();
    for _ in 0..500 {
        watching.push(query.watch(1).await.unwrap());
    }
    assert_eq!((facts.asked(1), query.watched()), (1, 1));

    facts.set(1, 5);
    query.touch(&1);
    join_all(watching.iter_mut().map(Live::changed)).await;
    assert!(watching.iter().all(|live| *live.get() == 5));
    assert_eq!(facts.asked(1), 2);
}

#[tokio::test(start_paused = true)]
async fn a_question_that_nobody_watches_is_not_asked() {
    let facts = Facts::default();
    let query = facts.query();
    let (one, clone) = (query.watch(1).await.unwrap(), query.watch(1).await.unwrap().clone());
    drop(one);
    settle().await;
    assert_eq!(query.watched(), 1);
    drop(clone);
    settle().await;
    assert_eq!(query.watched(), 0);
    query.touch(&1);
    query.touch_all();
    settle().await;
    assert_eq!(facts.asked(1), 1);
}

#[tokio::test(start_paused = true)]
async fn the_last_who_leaves_ends_the_evaluation() {
    let facts = Facts::default();
    let query = facts.query();
    let live = query.watch(1).await.unwrap();
    facts.mood(Mood::Hanging);
    query.touch(&1);
    settle().await;
    assert_eq!(facts.running(), 1);
    drop(live);
    settle().await;
    assert_eq!((facts.running(), query.watched()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn who_waits_no_longer_for_the_first_answer_does_not_watch() {
    let facts = Facts::default();
    facts.mood(Mood::Hanging);
    let query = facts.query();
    assert!(timeout(ms(20), query.watch(1)).await.is_err());
    settle().await;
    assert_eq!((facts.running(), query.watched()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn who_comes_as_the_last_one_leaves_has_the_newest_answer() {
    let facts = Facts::default();
    let query = facts.query();
    let mut live = query.watch(1).await.unwrap();
    for number in 1..100 {
        drop(live);
        // Sooner than the one who keeps the answer current has noticed.
        live = query.watch(1).now_or_never().unwrap().unwrap();
        facts.set(1, number);
        query.touch(&1);
        live.changed().await;
        assert_eq!(*live.get(), number);
    }
    assert_eq!(facts.asked(1), 100);
}

#[tokio::test(start_paused = true)]
async fn asking_once_is_watched_by_nobody() {
    let facts = Facts::default();
    facts.set(1, 3);
    let query = facts.query();
    assert_eq!(query.ask(1).await.unwrap(), 3);
    assert_eq!(query.ask(1).await.unwrap(), 3);
    assert_eq!((facts.asked(1), query.watched()), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn the_watched_questions_are_bounded() {
    let facts = Facts::default();
    let query = facts.query().with_options(QueryOptions::default().max_watched(2));
    let watching = (query.watch(1).await.unwrap(), query.watch(2).await.unwrap());
    let error = query.watch(3).await.unwrap_err();
    assert!(matches!(error, QueryError::TooMany { query: "facts", max: 2 }), "{error:?}");
    assert!(firecrest::testing::times_reached("questions") > 0);
    assert!(error.to_string().contains("max_watched"), "{error}");
    let _same = query.watch(1).await.unwrap();
    assert_eq!(query.ask(3).await.unwrap(), 0);
    drop(watching);
    settle().await;
    assert!(query.watch(3).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn an_answer_outlives_the_handles_of_its_query() {
    let facts = Facts::default();
    let live = facts.query().watch(1).await.unwrap();
    settle().await;
    assert_eq!(*live.get(), 0);
}

#[test]
fn a_question_of_a_runtime_that_has_shut_down_begins_anew() {
    let facts = Facts::default();
    let query = facts.query();
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let watch = |query: &Query<u32, i64>| runtime().block_on(query.watch(1)).unwrap();
    let mut old = watch(&query);
    assert_eq!(query.watched(), 0);
    facts.set(1, 7);
    assert_eq!((*watch(&query).get(), *old.get()), (7, 0));
    assert!(old.changed().now_or_never().is_none());
}

#[test]
fn a_runtime_that_shuts_down_before_the_first_answer_is_an_error() {
    let facts = Facts::default();
    facts.mood(Mood::Hanging);
    let query = facts.query();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let mut watching = Box::pin(query.watch(1));
    runtime.block_on(async {
        tokio::select! {
            _ = &mut watching => unreachable!("it hangs"),
            () = tokio::task::yield_now() => {}
        }
    });
    drop(runtime);
    let error = watching.now_or_never().unwrap().unwrap_err();
    assert!(matches!(error, QueryError::Stopped { query: "facts" }), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn waiting_for_a_change_may_be_given_up() {
    let facts = Facts::default();
    let query = facts.query();
    let mut live = query.watch(1).await.unwrap();
    assert!(timeout(ms(5), live.changed()).await.is_err());
    facts.set(1, 1);
    query.touch(&1);
    tokio::select! {
        () = live.changed() => {}
        () = pending() => {}
    }
    assert_eq!(*live.get(), 1);
}
