//! What touches a question.

use firecrest::query::Live;
use futures_util::FutureExt as _;
use tokio::time::{Instant, sleep};

use crate::facts::{Facts, Refused, ms, settle};

/// Whether something has changed that was not noticed yet.
fn has_changed(live: &mut Live<i64>) -> bool {
    live.changed().now_or_never().is_some()
}

#[tokio::test(start_paused = true)]
async fn k040_other_questions_are_not_asked() {
    let facts = Facts::default();
    let query = facts.query();
    let (mut one, mut two) = (query.watch(1).await.unwrap(), query.watch(2).await.unwrap());
    facts.set(1, 10);
    facts.set(2, 20);
    query.touch(&1);
    settle().await;
    assert_eq!((*one.get(), *two.get()), (10, 0));
    assert_eq!((has_changed(&mut one), has_changed(&mut two)), (true, false));
    assert_eq!((facts.asked(1), facts.asked(2)), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn k041_questions_that_match_are_asked() {
    let facts = Facts::default();
    let query = facts.query();
    let mut watching = Vec::new();
    for key in 0..6 {
        watching.push(query.watch(key).await.unwrap());
        facts.set(key, 1);
    }
    query.touch_if(|key| key % 2 == 0);
    settle().await;
    let answers: Vec<i64> = watching.iter().map(|live| *live.get()).collect();
    assert_eq!(answers, [1, 0, 1, 0, 1, 0]);
}

#[tokio::test(start_paused = true)]
async fn k042_all_questions_are_asked() {
    let facts = Facts::default();
    let query = facts.query();
    let watching = (query.watch(1).await.unwrap(), query.watch(2).await.unwrap());
    facts.set(1, 10);
    facts.set(2, 20);
    query.touch_all();
    settle().await;
    assert_eq!((*watching.0.get(), *watching.1.get()), (10, 20));
}

#[tokio::test(start_paused = true)]
async fn what_matches_is_asked_outside_of_any_lock() {
    let facts = Facts::default();
    let query = facts.query();
    let _watching = query.watch(1).await.unwrap();
    query.touch_if(|key| query.watch(key + 1).now_or_never().is_some() || query.watched() > 0);
    settle().await;
    assert_eq!(facts.asked(1), 2);
}

#[tokio::test(start_paused = true)]
async fn the_first_touch_is_answered_at_once() {
    let facts = Facts::default();
    let query = facts.query();
    let mut live = query.watch(1).await.unwrap();
    settle().await;
    let touched = Instant::now();
    facts.set(1, 1);
    query.touch(&1);
    live.changed().await;
    assert!(touched.elapsed() <= ms(1), "{:?}", touched.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_thousand_touches_are_ten_evaluations_a_second_and_the_last_counts() {
    let facts = Facts::default();
    let query = facts.query();
    let live = query.watch(1).await.unwrap();
    settle().await;
    for number in 1..=1_000 {
        facts.set(1, number);
        query.touch(&1);
        sleep(ms(1)).await;
    }
    let meanwhile = facts.asked(1) - 1;
    assert!((9..=11).contains(&meanwhile), "{meanwhile}");
    settle().await;
    assert_eq!(*live.get(), 1_000);
    assert!(facts.asked(1) - 1 <= meanwhile + 1);
}

#[tokio::test(start_paused = true)]
async fn a_burst_is_two_evaluations_at_most() {
    let facts = Facts::default();
    let query = facts.query();
    let live = query.watch(1).await.unwrap();
    settle().await;
    for number in 1..=1_000 {
        facts.set(1, number);
        query.touch(&1);
    }
    settle().await;
    assert_eq!((*live.get(), facts.asked(1)), (1_000, 2));
}

#[tokio::test(start_paused = true)]
async fn a_touch_during_an_evaluation_is_answered_by_another_one() {
    let facts = Facts::default();
    let query = facts.query();
    facts.pace(ms(300));
    let (live, ()) = tokio::join!(query.watch(1), async {
        sleep(ms(150)).await;
        facts.set(1, 1);
        query.touch(&1);
    });
    let mut live = live.unwrap();
    assert_eq!(*live.get(), 0);
    live.changed().await;
    assert_eq!(*live.get(), 1);

    query.touch(&1);
    sleep(ms(150)).await;
    facts.set(1, 2);
    query.touch(&1);
    live.changed().await;
    assert_eq!((*live.get(), facts.asked(1)), (2, 4));
}

#[tokio::test(start_paused = true)]
async fn an_equal_answer_wakes_nobody() {
    let facts = Facts::default();
    let query = facts.query();
    let mut live = query.watch(1).await.unwrap();
    let before = live.get();
    query.touch(&1);
    settle().await;
    assert_eq!(facts.asked(1), 2);
    assert!(!has_changed(&mut live));
    assert!(std::sync::Arc::ptr_eq(&before, &live.get()));
}

#[tokio::test(start_paused = true)]
async fn k034_an_action_touches_what_it_has_changed() {
    let facts = Facts::default();
    let query = facts.query();
    let live = query.watch(1).await.unwrap();
    let done = query.act(&1, async {
        facts.set(1, 10);
        Ok::<_, Refused>("done")
    });
    assert_eq!(done.await.unwrap(), "done");
    settle().await;
    assert_eq!(*live.get(), 10);

    let failed = query.act(&1, async { Err::<(), _>(Refused) });
    assert!(failed.await.is_err());
    settle().await;
    assert_eq!(facts.asked(1), 2);
}
