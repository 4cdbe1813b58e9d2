//! Stages in a row.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use firecrest_pipeline::stages::{Demand, End, Producer};
use futures_util::{StreamExt as _, stream};
use tokio::time::{Instant, sleep, timeout};

use crate::work::settle;

fn demand(max: usize, min: usize) -> Demand {
    Demand::new(max, min).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_fetched_as_it_is_wanted_and_then_has_finished() {
    let fetched = Arc::new(AtomicUsize::new(0));
    let counts = Arc::clone(&fetched);
    let items = stream::iter(0..10_u64).inspect(move |_| {
        counts.fetch_add(1, Ordering::SeqCst);
    });
    let mut subscription = Producer::from_stream(items).subscribe(demand(4, 2)).unwrap();
    settle().await;
    assert_eq!(fetched.load(Ordering::SeqCst), 0);
    assert_eq!(subscription.next_batch().await, Some(vec![0, 1]));
    settle().await;
    assert_eq!(fetched.load(Ordering::SeqCst), 4);
    let rest: Vec<_> = subscription.into_stream().collect().await;
    assert_eq!(rest, Vec::from_iter(2..10));
}

#[tokio::test(start_paused = true)]
async fn g012_nothing_is_asked_for_above_while_nothing_is_wanted_below() {
    let asked = Arc::new(Mutex::new(0));
    let above = Producer::from_fn({
        let asked = Arc::clone(&asked);
        move |demand| {
            *asked.lock().unwrap() += demand;
            async move { Some(vec![7_u64; demand]) }
        }
    });
    let doubled = above.subscribe(demand(10, 5)).unwrap().then(1, |item| async move { 2 * item });
    let mut below = doubled.subscribe(demand(2, 0)).unwrap();
    settle().await;
    assert_eq!(*asked.lock().unwrap(), 0);
    assert_eq!(below.next_batch().await, Some(vec![14, 14]));
    settle().await;
    assert_eq!(*asked.lock().unwrap(), 10, "what one batch takes, and no more");
    assert_eq!(below.next_batch().await, Some(vec![14, 14]));
    settle().await;
    assert_eq!(*asked.lock().unwrap(), 10, "the rest of the batch serves");
}

#[tokio::test(start_paused = true)]
async fn work_is_done_at_once_and_keeps_its_order() {
    let numbers = Producer::from_stream(stream::iter(0..20_u64)).subscribe(demand(20, 10)).unwrap();
    let slow = numbers.then(5, |item| async move {
        sleep(Duration::from_millis(100 + item % 3)).await;
        item
    });
    let started = Instant::now();
    let all: Vec<_> = slow.subscribe(demand(20, 10)).unwrap().into_stream().collect().await;
    assert_eq!(all, Vec::from_iter(0..20));
    assert_eq!(started.elapsed().as_millis() / 100, 4, "{:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_failure_goes_all_the_way_down() {
    let above = Producer::from_fn(|_| async { panic!("no more letters") });
    let middle = above.subscribe(demand(2, 0)).unwrap().then(1, |item: u64| async move { item });
    let mut below = middle.subscribe(demand(2, 0)).unwrap();
    assert_eq!(timeout(Duration::from_secs(1), below.next_batch()).await, Ok(None));
    assert_eq!(below.end(), Some(End::Failed("what makes its items has panicked".into())));
}

/// Neither demand nor items hold the tasks above when nobody is below.
#[tokio::test(start_paused = true)]
async fn who_has_left_leaves_no_task_behind() {
    let alive = Arc::new(());
    let above = Producer::from_fn({
        let alive = Arc::clone(&alive);
        move |_| {
            let alive = Arc::clone(&alive);
            async move {
                let _alive = alive;
                std::future::pending::<Option<Vec<u64>>>().await
            }
        }
    });
    let middle = above.subscribe(demand(2, 0)).unwrap().then(1, |item| async move { item });
    drop(above);
    let mut below = middle.subscribe(demand(2, 0)).unwrap();
    drop(middle);
    assert!(timeout(Duration::from_secs(1), below.next_batch()).await.is_err());
    assert!(Arc::strong_count(&alive) > 1);
    drop(below);
    settle().await;
    assert_eq!(Arc::strong_count(&alive), 1);
}

#[tokio::test(start_paused = true)]
async fn a_built_producer_is_fed_by_a_function() {
    let producer = Producer::builder().broadcast().held().build().unwrap();
    producer.feed({
        let mut next = 0_u64;
        move |demand| {
            next += demand as u64;
            let items = (next - demand as u64..next).collect();
            async move { Some(items) }
        }
    });
    let [mut a, mut b] = [(); 2].map(|()| producer.subscribe(demand(2, 0)).unwrap());
    producer.forward();
    let both = tokio::join!(a.next_batch(), b.next_batch());
    assert_eq!(both, (Some(vec![0, 1]), Some(vec![0, 1])));
}
