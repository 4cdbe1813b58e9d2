//! Handlers that fail, panic or take too long.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use firecrest_pipeline::{Job, Pipeline, Pushed, Restart};
use tokio::time::{advance, sleep, timeout};

use crate::log::Log;
use crate::work::{done, push_all};

const USUAL: Restart = Restart::Transient { max: 3, within: Duration::from_secs(5) };

/// Fails with items below 100, on their first so many attempts.
fn failing(
    attempts: u32,
    seen: &Arc<Mutex<Vec<(u64, u32)>>>,
) -> impl Fn(Job<u64>) -> futures_util::future::BoxFuture<'static, Result<(), String>> + use<> {
    let seen = Arc::clone(seen);
    move |job| {
        let seen = Arc::clone(&seen);
        Box::pin(async move {
            seen.lock().unwrap().push((*job.item(), job.attempt()));
            sleep(Duration::from_millis(1)).await;
            if *job.item() < 100 && job.attempt() <= attempts { Err("no".to_owned()) } else { Ok(()) }
        })
    }
}

#[tokio::test(start_paused = true)]
async fn g049_a_panic_costs_one_item() {
    let pipeline = Pipeline::builder("test").max_demand(2);
    let pipeline = pipeline
        .start(async |job: Job<u64>| {
            sleep(Duration::from_millis(1)).await;
            assert!(job.item().is_multiple_of(2), "odd");
            if job.item().is_multiple_of(10) { Err("ten") } else { Ok(()) }
        })
        .unwrap();
    push_all(&pipeline, 0..100);
    done(&pipeline).await;
    let stats = pipeline.stats();
    assert_eq!((stats.ok, stats.failed, stats.restarts), (40, 60, 0));
    assert_eq!(pipeline.push(2), Pushed::Accepted);
}

/// Before there is anything to wait for (G039).
#[tokio::test(start_paused = true)]
async fn g039_a_handler_that_does_not_even_begin_is_done() {
    let pipeline = Pipeline::builder("test").max_demand(1);
    let pipeline = pipeline
        .start(|job: Job<u64>| {
            assert!(*job.item() > 0, "nought");
            async { Ok::<_, String>(()) }
        })
        .unwrap();
    push_all(&pipeline, 0..2);
    done(&pipeline).await;
    assert_eq!((pipeline.stats().ok, pipeline.stats().failed), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn g038_an_item_that_fails_is_begun_again() {
    let seen = Arc::default();
    let pipeline = Pipeline::builder("test").restart(USUAL).start(failing(3, &seen)).unwrap();
    pipeline.push(1);
    done(&pipeline).await;
    assert_eq!(*seen.lock().unwrap(), [(1, 1), (1, 2), (1, 3), (1, 4)]);
    let stats = pipeline.stats();
    assert_eq!((stats.ok, stats.failed, stats.restarts), (1, 0, 3));
}

#[tokio::test(start_paused = true)]
async fn g038_too_many_restarts_are_the_end_of_the_pipeline() {
    let seen = Arc::default();
    let pipeline = Pipeline::builder("test").max_demand(1).restart(USUAL).start(failing(9, &seen)).unwrap();
    push_all(&pipeline, 1..=3);
    timeout(Duration::from_secs(1), pipeline.failed()).await.expect("it has failed");
    assert_eq!(*seen.lock().unwrap(), [(1, 1), (1, 2), (1, 3), (1, 4)], "nothing else was begun");
    assert_eq!(pipeline.push(4), Pushed::Closed(4));
    assert_eq!(pipeline.drain(Duration::ZERO).await.left, 2);
    assert_eq!(pipeline.stats().failed, 1);
}

#[tokio::test(start_paused = true)]
async fn g038_restarts_are_forgotten_in_time() {
    let seen = Arc::default();
    let pipeline = Pipeline::builder("test").restart(USUAL).start(failing(3, &seen)).unwrap();
    for item in 0..5 {
        pipeline.push(item);
        done(&pipeline).await;
        advance(Duration::from_millis(5_100)).await;
    }
    assert_eq!((pipeline.stats().ok, pipeline.stats().restarts), (5, 15));
    assert!(timeout(Duration::ZERO, pipeline.failed()).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn g038_without_restarts_an_item_is_begun_once() {
    let seen = Arc::default();
    let builder = Pipeline::builder("test").restart(USUAL).restart(Restart::Temporary);
    let pipeline = builder.start(failing(9, &seen)).unwrap();
    push_all(&pipeline, 0..10);
    done(&pipeline).await;
    assert_eq!((seen.lock().unwrap().len(), pipeline.stats().failed), (10, 10));
}

#[tokio::test(start_paused = true)]
async fn g040_an_item_that_is_begun_again_holds_its_place() {
    let seen = Arc::default();
    let pipeline = Pipeline::builder("test").max_demand(1).restart(USUAL).start(failing(2, &seen)).unwrap();
    push_all(&pipeline, [1, 100]);
    done(&pipeline).await;
    assert_eq!(*seen.lock().unwrap(), [(1, 1), (1, 2), (1, 3), (100, 1)]);
}

#[tokio::test(start_paused = true)]
async fn a_panic_and_a_delay_are_begun_again_as_well() {
    let pipeline = Pipeline::builder("test").timeout(Duration::from_secs(1)).restart(USUAL);
    let pipeline = pipeline
        .start(async |job: Job<()>| match job.attempt() {
            1 => panic!("once"),
            2 => std::future::pending().await,
            _ => Ok::<_, String>(()),
        })
        .unwrap();
    pipeline.push(());
    done(&pipeline).await;
    assert_eq!((pipeline.stats().ok, pipeline.stats().restarts), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn what_takes_too_long_is_given_up() {
    let pipeline = Pipeline::builder("test").max_demand(1).timeout(Duration::from_secs(3));
    let pipeline = pipeline
        .start(async |job: Job<u64>| {
            sleep(Duration::from_secs(*job.item())).await;
            Ok::<_, String>(())
        })
        .unwrap();
    push_all(&pipeline, [2, 4, 1]);
    done(&pipeline).await;
    let stats = pipeline.stats();
    assert_eq!((stats.ok, stats.failed, stats.timeouts), (2, 0, 1));
}

/// When it is cloned, or when it is dropped.
#[tokio::test(start_paused = true)]
async fn an_item_that_panics_by_itself_costs_itself() {
    #[derive(Debug)]
    struct Fragile(u64);
    impl Clone for Fragile {
        fn clone(&self) -> Self {
            assert!(self.0 != 1, "not to be cloned");
            Fragile(self.0)
        }
    }
    impl Drop for Fragile {
        fn drop(&mut self) {
            assert!(self.0 != 2 || std::thread::panicking(), "not to be dropped");
        }
    }
    for restart in [USUAL, Restart::Temporary] {
        let pipeline = Pipeline::builder("test").max_demand(1).restart(restart);
        let pipeline = pipeline.start(async |job: Job<Fragile>| {
            // What was cloned is kept from being dropped.
            if job.attempt() > 1 || job.item().0 != 2 {
                std::mem::forget(job.into_item());
            }
            Ok::<_, String>(())
        });
        let (pipeline, fragile) = (pipeline.unwrap(), if restart == USUAL { 1 } else { 2 });
        push_all(&pipeline, [0, fragile, 3].map(Fragile));
        done(&pipeline).await;
        let stats = pipeline.stats();
        assert_eq!((stats.ok, stats.failed), (2, 1), "{restart:?}");
    }
}

/// Items that one worker has taken together.
#[tokio::test(start_paused = true)]
async fn g038_nothing_is_begun_after_the_end_of_the_pipeline() {
    let log = Log::default();
    let _kept = log.keep();
    let pipeline = Pipeline::builder("test").max_demand(1).restart(USUAL);
    let pipeline = pipeline.start(async |job: Job<u64>| if *job.item() < 100 { Ok(()) } else { Err("no") });
    let pipeline = pipeline.unwrap();
    push_all(&pipeline, 0..200);
    pipeline.failed().await;
    let drained = pipeline.drain(Duration::from_secs(1)).await;
    let stats = pipeline.stats();
    assert_eq!((stats.ok, stats.failed, drained.left), (100, 1, 99));
    assert_eq!(log.lines("the pipeline has failed").len(), 1);
}
