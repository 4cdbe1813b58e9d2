//! Handing over items, and what becomes of them when there is no room.

use std::time::Duration;

use firecrest_pipeline::{ConfigError, Job, Keep, Pipeline, Pushed};
use tokio::time::{Instant, sleep, timeout};

use crate::work::{Seen, done, settle};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn g043_a_push_returns_at_once_even_when_workers_are_busy() {
    let seen = Seen::gated();
    let pipeline = Pipeline::builder("test").max_demand(2).start(seen.handler()).unwrap();
    let started = Instant::now();
    assert!((0..100).all(|item| pipeline.push(item) == Pushed::Accepted));
    settle().await;
    assert!((100..200).all(|item| pipeline.push(item) == Pushed::Accepted));
    assert!(started.elapsed() < SECOND);
    assert_eq!((seen.begun().len(), pipeline.depth()), (2, 198));
}

#[tokio::test(start_paused = true)]
async fn g014_item_10_001_evicts_the_oldest() {
    let seen = Seen::open();
    let pipeline = Pipeline::builder("test").max_demand(1).start(seen.handler()).unwrap();
    // Workers run when this task waits, and not before.
    assert!((0..10_000).all(|item| pipeline.push(item) == Pushed::Accepted));
    assert_eq!(pipeline.push(10_000), Pushed::DroppedOldest);
    assert_eq!((pipeline.depth(), pipeline.dropped()), (10_000, 1));
    done(&pipeline).await;
    assert_eq!(seen.ended(), Vec::from_iter(1..=10_000));
}

#[tokio::test(start_paused = true)]
async fn g015_the_newest_is_refused_and_given_back_when_the_oldest_are_kept() {
    let seen = Seen::open();
    let pipeline = Pipeline::builder("test").capacity(3).keep(Keep::Oldest).start(seen.handler()).unwrap();
    assert!((0..3).all(|item| pipeline.push(item) == Pushed::Accepted));
    assert_eq!(pipeline.push(3), Pushed::Refused(3));
    assert_eq!((pipeline.depth(), pipeline.stats().dropped.newest), (3, 1));
    done(&pipeline).await;
    assert_eq!(seen.ended(), [0, 1, 2]);
}

#[tokio::test(start_paused = true)]
async fn g018_the_depth_is_right_at_every_moment() {
    let seen = Seen::gated();
    let pipeline = Pipeline::builder("test").max_demand(2).min_demand(0).start(seen.handler()).unwrap();
    for item in 0..10 {
        assert_eq!(pipeline.depth(), item);
        assert_eq!(pipeline.push(item), Pushed::Accepted);
    }
    for left in (0..8).rev() {
        settle().await;
        assert_eq!((pipeline.depth(), pipeline.active()), (left + 1, 2));
        seen.let_through(1);
    }
    seen.let_through(10);
    done(&pipeline).await;
    assert_eq!((pipeline.depth(), pipeline.active(), pipeline.stats().ok), (0, 0, 10));
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_room_is_as_fast_as_the_workers() {
    let seen = Seen::gated();
    let pipeline = Pipeline::builder("test").capacity(2).max_demand(1).start(seen.handler()).unwrap();
    let pusher = tokio::spawn({
        let pipeline = pipeline.clone();
        async move {
            for item in 0..20 {
                assert_eq!(pipeline.push_wait(item).await, Pushed::Accepted);
            }
        }
    });
    for worked in 0..20_usize {
        settle().await;
        assert_eq!(seen.begun().len(), worked + 1);
        assert_eq!(pusher.is_finished(), worked >= 17, "one in hand and two in the buffer: {worked}");
        seen.let_through(1);
    }
    done(&pipeline).await;
    assert_eq!((seen.ended(), pipeline.dropped()), (Vec::from_iter(0..20), 0));
}

#[tokio::test(start_paused = true)]
async fn many_who_wait_for_room_all_get_it() {
    let seen = Seen::open();
    let pipeline = Pipeline::builder("test").capacity(1).max_demand(3).start(seen.handler()).unwrap();
    let pushers = (0..50).map(|item| {
        let pipeline = pipeline.clone();
        tokio::spawn(async move { pipeline.push_wait(item).await })
    });
    for pusher in pushers.collect::<Vec<_>>() {
        assert_eq!(timeout(SECOND, pusher).await.unwrap().unwrap(), Pushed::Accepted);
    }
    done(&pipeline).await;
    let mut ended = seen.ended();
    ended.sort_unstable();
    assert_eq!(ended, Vec::from_iter(0..50));
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_room_is_told_that_there_will_be_none() {
    let seen = Seen::gated();
    let pipeline = Pipeline::builder("test").capacity(1).max_demand(1).start(seen.handler()).unwrap();
    assert_eq!(pipeline.push(0), Pushed::Accepted);
    settle().await;
    assert_eq!(pipeline.push(1), Pushed::Accepted);
    let waits = tokio::spawn({
        let pipeline = pipeline.clone();
        async move { pipeline.push_wait(2).await }
    });
    settle().await;
    pipeline.close();
    assert_eq!(waits.await.unwrap(), Pushed::Closed(2));
}

#[tokio::test(start_paused = true)]
async fn g020_a_buffer_in_which_nothing_can_wait_is_refused() {
    let seen = Seen::<u64>::open();
    let started = Pipeline::builder("test").capacity(0).start(seen.handler());
    assert_eq!(started.unwrap_err(), ConfigError::Capacity);
    let started = Pipeline::builder("test").key_capacity(0).start(seen.handler());
    assert_eq!(started.unwrap_err(), ConfigError::Capacity);
}

#[tokio::test(start_paused = true)]
async fn g008_a_minimum_that_is_not_below_the_maximum_is_refused() {
    let seen = Seen::<u64>::open();
    let start =
        |max, min| Pipeline::builder("test").max_demand(max).min_demand(min).start(seen.handler()).map(drop);
    assert_eq!(start(10, 10), Err(ConfigError::MinDemand { max: 10, min: 10 }));
    assert_eq!(start(1, 5), Err(ConfigError::MinDemand { max: 1, min: 5 }));
    assert_eq!(start(0, 0), Err(ConfigError::MaxDemand(0)));
    assert_eq!(start(10_001, 0), Err(ConfigError::MaxDemand(10_001)));
    assert_eq!(start(1, 0), Ok(()));
    // Half of it unless somebody says otherwise.
    assert!(Pipeline::builder("test").max_demand(1).start(seen.handler()).is_ok());
}

#[test]
fn a_pipeline_needs_a_runtime() {
    let started = Pipeline::builder("test").start(Seen::<u64>::open().handler());
    assert_eq!(started.unwrap_err(), ConfigError::NoRuntime);
}

/// Items that were taken together are given back when the first is waited for, while others have taken their room.
#[tokio::test(start_paused = true)]
async fn nothing_is_dropped_for_who_waits_for_room() {
    for first_slow in [127, 40, 500] {
        let pipeline = Pipeline::builder("test").capacity(1_000).max_demand(1);
        let pipeline = pipeline
            .start(move |job: Job<u64>| async move {
                if *job.item() == first_slow {
                    sleep(SECOND).await;
                }
                Ok::<_, String>(())
            })
            .unwrap();
        for item in 0..2_000 {
            assert_eq!(pipeline.push_wait(item).await, Pushed::Accepted);
        }
        done(&pipeline).await;
        assert_eq!((pipeline.dropped(), pipeline.stats().ok), (0, 2_000));
    }
}
