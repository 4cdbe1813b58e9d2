//! Adding, and what is kept of it.

use std::collections::HashSet;
use std::time::Duration;

use firecrest_tally::{Tally, TallyError, TallyOptions};
use futures_util::future::{join_all, try_join_all};
use tokio::task::yield_now;
use tokio::time::{Instant, advance, sleep};

use crate::scripted::{Act, Scripted, until};

const INTERVAL: Duration = Duration::from_millis(20);

#[tokio::test(start_paused = true)]
async fn b003_a_counter_that_nobody_has_added_to_is_zero() {
    let counter = Tally::in_memory().counter("visits").await.unwrap();
    assert_eq!((counter.get(), counter.name()), (0, "visits"));
}

#[tokio::test(start_paused = true)]
async fn b004_increments_at_the_same_time_are_all_counted() {
    let store = Scripted::default();
    let counter = store.tally().counter("visits").await.unwrap();
    let values = try_join_all((0..1_000).map(|_| counter.increment(1))).await.unwrap();
    assert_eq!(
        values.into_iter().collect::<HashSet<_>>(),
        (1..=1_000).collect(),
        "each has a value of its own"
    );
    assert_eq!((counter.get(), store.value("visits")), (1_000, 1_000));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn b004_increments_on_many_threads_are_all_counted() {
    let store = Scripted::default();
    let tally = store.tally();
    let tasks = (0..8).map(|task| {
        let tally = tally.clone();
        tokio::spawn(async move {
            let counter = tally.counter(["a", "b"][task % 2]).await.unwrap();
            for _ in 0..50 {
                for _ in 0..200 {
                    counter.add_later(1);
                }
                tokio::try_join!(counter.add(3), counter.add(-2)).unwrap();
            }
        })
    });
    for ended in join_all(tasks).await {
        ended.unwrap();
    }
    tally.flush().await.unwrap();
    assert_eq!((store.value("a"), store.value("b")), (40_200, 40_200));
}

#[tokio::test(start_paused = true)]
async fn an_increment_is_written_when_it_returns() {
    let store = Scripted::default();
    let counter = store.tally().counter("visits").await.unwrap();
    for value in 1..10 {
        assert_eq!(counter.increment(1).await.unwrap(), value);
        assert_eq!(store.value("visits"), value);
    }
}

#[tokio::test(start_paused = true)]
async fn increments_of_one_counter_become_one_delta() {
    let store = Scripted::default();
    let tally = store.tally_with(options(|options| options.commit_size = usize::MAX));
    let (a, b) = (tally.counter("a").await.unwrap(), tally.counter("b").await.unwrap());
    let many = (0..10_000).map(|number| if number % 4 == 0 { b.add(-1) } else { a.add(2) });
    try_join_all(many).await.unwrap();
    let mut deltas = store.deltas();
    assert_eq!(deltas.len(), 1, "one commit");
    deltas[0].sort();
    assert_eq!(deltas[0], [("a".to_owned(), 15_000), ("b".to_owned(), -2_500)]);
}

#[tokio::test(start_paused = true)]
async fn what_comes_in_an_interval_is_one_commit() {
    let store = Scripted::default();
    let counter = store.tally().counter("visits").await.unwrap();
    let start = Instant::now();
    for _ in 0..4 {
        counter.add_later(1);
        yield_now().await;
        advance(Duration::from_millis(4)).await;
    }
    assert_eq!(store.numbers(), [] as [u64; 0], "the interval has not passed");
    counter.increment(1).await.unwrap();
    assert_eq!(store.deltas(), [[("visits".to_owned(), 5)]]);
    let took = store.state().commits[0].0 - start;
    assert!(took >= INTERVAL && took <= INTERVAL + Duration::from_millis(2), "{took:?} from the first on");
}

#[tokio::test(start_paused = true)]
async fn an_interval_has_one_commit_however_much_comes() {
    let store = Scripted::default();
    let counter = store.tally().counter("visits").await.unwrap();
    store.always(Act::Slow(Duration::from_millis(3)));
    for _ in 0..1_000 {
        counter.add_later(1);
        sleep(Duration::from_millis(1)).await;
    }
    let times: Vec<_> = store.state().commits.iter().map(|(time, _)| *time).collect();
    assert!(times.windows(2).all(|pair| pair[1] - pair[0] >= INTERVAL), "{times:?}");
    assert!(times.len() >= 1_000 / 25, "{} commits in a second", times.len());
}

#[tokio::test(start_paused = true)]
async fn enough_increments_do_not_wait_for_the_interval() {
    let store = Scripted::default();
    let tally = store.tally_with(options(|options| options.commit_size = 50));
    let counter = tally.counter("visits").await.unwrap();
    let start = Instant::now();
    try_join_all((0..50).map(|_| counter.increment(1))).await.unwrap();
    assert_eq!(Instant::now(), start);
    let one_less = (0..49).map(|_| counter.increment(1));
    try_join_all(one_less).await.unwrap();
    assert!(Instant::now() - start >= INTERVAL, "49 are not enough");
}

/// What `add_later` may lose is what no commit has begun to write.
#[tokio::test(start_paused = true)]
async fn what_nobody_waits_for_is_written_after_the_interval_however_much_comes() {
    let store = Scripted::default();
    let counter = store.tally().counter("visits").await.unwrap();
    store.always(Act::Slow(Duration::from_millis(7)));
    let mut added = Vec::new();
    for step in 0..500 {
        counter.add_later(1);
        added.push(Instant::now());
        sleep(Duration::from_millis(1)).await;
        // The interval, and then the rest of a commit under way, and then the own one; a timer is a millisecond late.
        let window = INTERVAL + Duration::from_millis(7 + 7 + 2);
        let due = added.iter().filter(|added| added.elapsed() > window).count();
        assert!(store.value("visits") >= due as i64, "after {step} ms");
    }
}

#[tokio::test(start_paused = true)]
async fn flushing_does_not_wait_for_the_interval() {
    let store = Scripted::default();
    let tally = store.tally();
    let counter = tally.counter("visits").await.unwrap();
    let start = Instant::now();
    counter.add_later(7);
    tally.flush().await.unwrap();
    assert_eq!((Instant::now(), store.value("visits")), (start, 7));
    tally.flush().await.unwrap();
    assert_eq!(store.numbers(), [1], "there was nothing to write the second time");
}

#[tokio::test(start_paused = true)]
async fn flushing_waits_for_the_commit_under_way() {
    let store = Scripted::default();
    let tally = store.tally();
    let counter = tally.counter("visits").await.unwrap();
    store.will([Act::Slow(Duration::from_secs(1))]);
    counter.add_later(1);
    until("the commit is under way", || store.numbers() == [1]).await;
    counter.add_later(1);
    tally.flush().await.unwrap();
    assert_eq!(store.value("visits"), 2);
}

#[tokio::test(start_paused = true)]
async fn what_makes_up_for_itself_is_not_written() {
    let store = Scripted::default();
    let counter = store.tally().counter("visits").await.unwrap();
    let (up, down) = tokio::join!(counter.add(5), counter.add(-5));
    assert_eq!((up.unwrap(), down.unwrap()), (5, 0));
    assert_eq!(store.numbers(), [] as [u64; 0]);
}

#[tokio::test(start_paused = true)]
async fn many_counters_are_written_in_batches() {
    let store = Scripted::default();
    let tally = store.tally();
    for number in 0..10_000 {
        tally.counter(&number.to_string()).await.unwrap().add_later(number);
    }
    tally.flush().await.unwrap();
    assert!(store.state().commits.iter().all(|(_, batch)| batch.deltas.len() <= firecrest_tally::MAX_BATCH));
    assert_eq!(store.numbers(), [1, 2, 3]);
    assert!((0..10_000).all(|number| store.value(&number.to_string()) == number));
}

#[tokio::test(start_paused = true)]
async fn a_sum_outside_of_64_bits_is_an_error_and_counts_nothing() {
    let store = Scripted::default();
    let counter = store.tally().counter("visits").await.unwrap();
    assert!(matches!(counter.increment(u64::MAX).await, Err(TallyError::Overflow)));
    assert_eq!(counter.add(i64::MAX).await.unwrap(), i64::MAX);
    assert!(matches!(counter.increment(1).await, Err(TallyError::Overflow)));
    assert_eq!((counter.get(), store.value("visits")), (i64::MAX, i64::MAX));
    assert_eq!(counter.add(-1).await.unwrap(), i64::MAX - 1, "and it goes on");
    counter.add(i64::MIN + 1).await.unwrap();
    assert!(matches!(counter.add(i64::MIN).await, Err(TallyError::Overflow)));
    assert_eq!(counter.get(), -1);
}

#[tokio::test(start_paused = true)]
async fn what_nobody_waits_for_stays_at_the_end_of_64_bits() {
    let store = Scripted::default();
    let tally = store.tally();
    let (top, bottom) = (tally.counter("top").await.unwrap(), tally.counter("bottom").await.unwrap());
    for _ in 0..3 {
        top.add_later(i64::MAX - 5);
        bottom.add_later(i64::MIN + 5);
    }
    assert_eq!((top.get(), bottom.get()), (i64::MAX, i64::MIN));
    tally.flush().await.unwrap();
    assert_eq!((store.value("top"), store.value("bottom")), (i64::MAX, i64::MIN));
    // From one end to the other is more than a delta can say.
    top.add_later(i64::MIN);
    top.add_later(i64::MIN);
    tally.flush().await.unwrap();
    tally.flush().await.unwrap();
    assert_eq!((top.get(), store.value("top")), (i64::MIN, i64::MIN));
}

fn options(change: impl FnOnce(&mut TallyOptions)) -> TallyOptions {
    let mut options = TallyOptions::default();
    change(&mut options);
    options
}
