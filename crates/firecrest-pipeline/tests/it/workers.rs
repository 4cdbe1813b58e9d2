//! How many items are worked on at once, and by whom.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use firecrest_pipeline::{Job, Pipeline};
use tokio::time::{Instant, sleep};

use crate::work::{Seen, done, push_all, settle};

#[tokio::test(start_paused = true)]
async fn g036_there_are_never_more_at_work_than_may_be() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let pipeline = Pipeline::builder("test").max_demand(7).min_demand(3);
    let counts = (Arc::clone(&now), Arc::clone(&most));
    let handler = move |job: Job<u64>| {
        let (now, most) = counts.clone();
        async move {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            // Some do not wait at all.
            if !job.item().is_multiple_of(3) {
                sleep(Duration::from_millis(job.item() % 5)).await;
            }
            now.fetch_sub(1, Ordering::SeqCst);
            Ok::<_, String>(())
        }
    };
    let pipeline = pipeline.start(handler).unwrap();
    for item in 0..500 {
        pipeline.push(item);
        assert!(pipeline.active() <= 7);
    }
    done(&pipeline).await;
    assert_eq!((most.load(Ordering::SeqCst), pipeline.stats().ok), (7, 500));
}

#[tokio::test(start_paused = true)]
async fn g037_workers_that_have_finished_ask_for_more_together() {
    let seen = Seen::gated();
    let pipeline = Pipeline::builder("test").max_demand(4).min_demand(2).start(seen.handler()).unwrap();
    push_all(&pipeline, 0..10);
    settle().await;
    let mut begun = vec![seen.begun().len()];
    for _ in 0..5 {
        seen.let_through(1);
        settle().await;
        begun.push(seen.begun().len());
    }
    assert_eq!(begun, [4, 4, 6, 6, 8, 8]);
}

/// What waits behind an item that is waited for is given to others, although it had been taken with it.
#[tokio::test(start_paused = true)]
async fn no_item_waits_behind_another_while_a_worker_has_nothing_to_do() {
    let pipeline = Pipeline::builder("test").max_demand(4).min_demand(0);
    let pipeline = pipeline
        .start(async |job: Job<u64>| {
            if *job.item() >= 1_000 {
                sleep(Duration::from_secs(1)).await;
            }
            Ok::<_, String>(())
        })
        .unwrap();
    // Nobody waits for these, so that workers take many at once.
    push_all(&pipeline, 0..1_000);
    push_all(&pipeline, 1_000..1_004);
    let started = Instant::now();
    done(&pipeline).await;
    assert_eq!(started.elapsed().as_secs(), 1);
    assert_eq!(pipeline.stats().ok, 1_004);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_never_waits_lets_other_tasks_run() {
    let pipeline = Pipeline::builder("test").max_demand(1);
    let pipeline = pipeline.start(async |_: Job<u64>| Ok::<_, String>(())).unwrap();
    push_all(&pipeline, 0..10_000);
    tokio::task::yield_now().await;
    tokio::task::yield_now().await;
    assert!(pipeline.depth() > 0, "it had the thread for itself");
    done(&pipeline).await;
}

/// In real time, on several threads.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn everything_is_worked_on_once_on_many_threads() {
    let seen = Arc::new(Mutex::new(HashSet::new()));
    let pipeline = Pipeline::builder("test").capacity(100_000);
    let pipeline = pipeline
        .start({
            let seen = Arc::clone(&seen);
            move |job: Job<u64>| {
                let seen = Arc::clone(&seen);
                async move {
                    if job.item().is_multiple_of(50) {
                        tokio::task::yield_now().await;
                    }
                    assert!(seen.lock().unwrap().insert(job.into_item()), "twice");
                    Ok::<_, String>(())
                }
            }
        })
        .unwrap();
    let pushers = (0..4).map(|part| {
        let pipeline = pipeline.clone();
        tokio::spawn(async move {
            for item in part * 5_000..(part + 1) * 5_000 {
                pipeline.push(item);
            }
        })
    });
    for pusher in pushers.collect::<Vec<_>>() {
        pusher.await.unwrap();
    }
    assert_eq!(pipeline.drain(Duration::from_secs(60)).await.left, 0);
    assert_eq!((seen.lock().unwrap().len(), pipeline.stats().ok), (20_000, 20_000));
}
