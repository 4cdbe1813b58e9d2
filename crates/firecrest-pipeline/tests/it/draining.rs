//! How a pipeline ends.

use std::time::Duration;

use firecrest_pipeline::{Job, Pipeline, Pushed};
use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use tokio::time::{Instant, sleep};

use crate::log::Log;
use crate::work::{Seen, push_all, settle};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn g050_a_drain_finishes_what_waits_and_takes_nothing_new() {
    let seen = Seen::<u64>::open();
    let pipeline = Pipeline::builder("test").max_demand(2);
    let handler = {
        let seen = seen.clone();
        move |job: Job<u64>| {
            let seen = seen.clone();
            async move {
                sleep(SECOND).await;
                seen.see(job.into_item()).await;
                Ok::<_, String>(())
            }
        }
    };
    let pipeline = pipeline.start(handler).unwrap();
    push_all(&pipeline, 0..10);
    let draining = tokio::spawn({
        let pipeline = pipeline.clone();
        async move { pipeline.drain(60 * SECOND).await }
    });
    settle().await;
    assert_eq!(pipeline.push(10), Pushed::Closed(10));
    assert_eq!(pipeline.push_wait(11).await, Pushed::Closed(11));
    let started = Instant::now();
    assert_eq!(draining.await.unwrap().left, 0);
    assert_eq!(started.elapsed().as_secs_f32().round() as u64, 5);
    assert_eq!(seen.ended().len(), 10);
}

#[tokio::test(start_paused = true)]
async fn g050_what_is_left_at_the_deadline_is_told() {
    let seen = Seen::gated();
    let pipeline = Pipeline::builder("test").max_demand(3).min_demand(0).start(seen.handler()).unwrap();
    push_all(&pipeline, 0..10);
    settle().await;
    seen.let_through(1);
    let started = Instant::now();
    assert_eq!(pipeline.drain(5 * SECOND).await.left, 9);
    assert_eq!(started.elapsed().as_secs(), 5);
    seen.let_through(100);
    settle().await;
    assert_eq!(seen.ended().len(), 1, "they are given up");
    assert_eq!(pipeline.drain(SECOND).await.left, 0, "nobody is told of them twice");
}

#[tokio::test(start_paused = true)]
async fn g050_an_idle_pipeline_is_drained_at_once() {
    let pipeline = Pipeline::builder("test").start(Seen::<u64>::open().handler()).unwrap();
    settle().await;
    let started = Instant::now();
    assert_eq!(pipeline.drain(5 * SECOND).await.left, 0);
    assert!(started.elapsed() < SECOND);
}

#[tokio::test(start_paused = true)]
async fn g042_what_waits_is_worked_on_after_the_last_handle_is_gone() {
    let seen = Seen::gated();
    let pipeline = Pipeline::builder("test").max_demand(2).start(seen.handler()).unwrap();
    push_all(&pipeline, 0..5);
    settle().await;
    drop(pipeline);
    seen.let_through(5);
    settle().await;
    assert_eq!(seen.ended().len(), 5);
}

/// Its tasks end: nothing holds what the handler holds.
#[tokio::test(start_paused = true)]
async fn workers_end_with_the_last_handle() {
    let seen = Seen::<u64>::open();
    let alive = std::sync::Arc::new(());
    let pipeline = Pipeline::builder("test").partition_by(|item| *item);
    let handler = {
        let (seen, alive) = (seen.handler(), std::sync::Arc::clone(&alive));
        move |job| {
            let _alive = &alive;
            seen(job)
        }
    };
    let pipeline = pipeline.start(handler).unwrap();
    pipeline.push(1);
    let other = pipeline.clone();
    drop(pipeline);
    settle().await;
    assert_eq!(std::sync::Arc::strong_count(&alive), 2);
    drop(other);
    settle().await;
    assert_eq!((std::sync::Arc::strong_count(&alive), seen.ended().len()), (1, 1));
}

/// Workers that wait for others before they ask again are told that nothing will come.
#[tokio::test(start_paused = true)]
async fn g050_a_drain_does_not_wait_for_workers_that_have_nothing_to_do() {
    let seen = Seen::gated();
    let pipeline = Pipeline::builder("test").max_demand(4).min_demand(3).start(seen.handler()).unwrap();
    push_all(&pipeline, 0..5);
    settle().await;
    seen.let_through(2);
    settle().await;
    assert_eq!((pipeline.active(), pipeline.depth()), (2, 1));
    let draining = tokio::spawn({
        let pipeline = pipeline.clone();
        async move { pipeline.drain(60 * SECOND).await }
    });
    settle().await;
    let started = Instant::now();
    seen.let_through(100);
    assert_eq!(draining.await.unwrap().left, 0);
    assert!(started.elapsed() < SECOND, "it waited for the deadline");
}

/// What is given back by one who has to wait is for all, although nothing else comes.
#[tokio::test(start_paused = true)]
async fn g050_a_drain_keeps_all_workers_while_a_hand_may_be_given_back() {
    let pipeline = Pipeline::builder("test").max_demand(4).min_demand(0);
    let pipeline = pipeline
        .start(async |job: Job<u64>| {
            if *job.item() >= 1_000 {
                sleep(SECOND).await;
            }
            Ok::<_, String>(())
        })
        .unwrap();
    push_all(&pipeline, 0..1_004);
    let started = Instant::now();
    assert_eq!(pipeline.drain(60 * SECOND).await.left, 0);
    assert_eq!((started.elapsed().as_secs(), pipeline.stats().ok), (1, 1_004));
}

#[tokio::test(start_paused = true)]
async fn g050_what_is_left_is_logged_and_counted_and_no_gauge_stays_up() {
    let log = Log::default();
    let _kept = log.keep();
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let _local = metrics::set_default_local_recorder(&recorder);
    let pipeline = Pipeline::builder("letters").max_demand(3).start(Seen::gated().handler()).unwrap();
    push_all(&pipeline, 0..10_u64);
    settle().await;
    assert_eq!(pipeline.drain(SECOND).await.left, 10);
    assert_eq!(log.lines("left=10").len(), 1);
    assert_eq!((pipeline.depth(), pipeline.active()), (0, 0));
    let mut given_up = 0;
    for (key, .., value) in snapshotter.snapshot().into_vec() {
        let name = key.key().name();
        match value {
            DebugValue::Gauge(value) => assert!(value.into_inner() == 0.0, "{name} is {value:?}"),
            DebugValue::Counter(count) if name == "pipeline.buffer.dropped" => given_up += count,
            _ => {}
        }
    }
    assert_eq!(given_up, 10);
}
