//! Stages in a row.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use firecrest_pipeline::stages::{Demand, End, Producer, Subscription};
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

#[tokio::test(start_paused = true)]
async fn a_failure_is_one_even_when_nobody_holds_the_producers() {
    let above = Producer::from_fn(|_| async { panic!("no more letters") });
    let middle = above.subscribe(demand(2, 0)).unwrap().then(1, |item: u64| async move { item });
    drop(above);
    let mut below = middle.subscribe(demand(2, 0)).unwrap();
    drop(middle);
    assert_eq!(below.next_batch().await, None);
    assert!(matches!(below.end(), Some(End::Failed(_))), "{:?}", below.end());
}

#[tokio::test(start_paused = true)]
async fn g017_what_a_stage_has_made_waits_for_those_below_and_is_not_dropped() {
    let above = Producer::from_stream(stream::iter(0..30_000_u64)).subscribe(demand(20_000, 0)).unwrap();
    let middle = above.then(1, |item| async move { item });
    let below = middle.subscribe(demand(1, 0)).unwrap();
    let count = below.into_stream().take(15_000).count().await;
    assert_eq!((count, middle.dropped()), (15_000, 0));
}

#[tokio::test(start_paused = true)]
async fn who_has_nothing_is_asked_again() {
    let mut calls = 0;
    let producer = Producer::from_fn(move |_| {
        calls += 1;
        let made = if calls < 5 { vec![] } else { vec![calls] };
        async move { Some(made) }
    });
    let mut subscription = producer.subscribe(demand(1, 0)).unwrap();
    assert_eq!(subscription.next_batch().await, Some(vec![5]));
}

/// A counting producer of which every third item is nobody's, the others for two partitions.
fn divided() -> Producer<u64> {
    let producer = Producer::builder().partition(2, |item| (item % 3 < 2).then_some((item % 3) as usize));
    let producer = producer.build().unwrap();
    let mut next = 0;
    producer.feed(move |wanted| {
        next += wanted as u64;
        let items = (next - wanted as u64..next).collect();
        async move { Some(items) }
    });
    producer
}

/// So many items, soon.
async fn first(subscription: Subscription<u64>, items: usize) -> Vec<u64> {
    let some = subscription.into_stream().take(items).collect();
    timeout(Duration::from_secs(1), some).await.expect("it came to a stand")
}

#[tokio::test(start_paused = true)]
async fn g027_items_of_nobody_do_not_stop_the_others() {
    let producer = divided();
    let [zeros, ones] = [0, 1].map(|one| producer.subscribe_partition(one, demand(4, 2)).unwrap());
    let (zeros, ones) = tokio::join!(first(zeros, 100), first(ones, 100));
    assert!(zeros.iter().all(|item| item % 3 == 0) && ones.iter().all(|item| item % 3 == 1));
}

#[tokio::test(start_paused = true)]
async fn g029_a_partition_without_a_consumer_does_not_stop_the_others() {
    let producer = divided();
    let ones = producer.subscribe_partition(1, demand(4, 2)).unwrap();
    assert_eq!(first(ones, 1_000).await.len(), 1_000);
}

#[tokio::test(start_paused = true)]
async fn g027_a_partition_that_there_is_not_is_a_failure_that_names_it() {
    let producer = Producer::builder().partition(2, |_| Some(7)).build().unwrap();
    producer.feed(|wanted| async move { Some(vec![0_u64; wanted]) });
    let mut zeros = producer.subscribe_partition(0, demand(4, 2)).unwrap();
    assert_eq!(timeout(Duration::from_secs(1), zeros.next_batch()).await, Ok(None));
    let Some(End::Failed(reason)) = zeros.end() else { panic!("{:?}", zeros.end()) };
    assert!(reason.contains("partition 7"), "{reason}");
}

/// In real time: a clock that stands still while a task can run would never tell.
#[tokio::test]
async fn who_makes_nothing_but_what_nobody_wants_lets_others_run() {
    let producer =
        Producer::builder().capacity(10).partition(2, |_| Some(0)).on_drop(|_| false).build().unwrap();
    producer.feed(|wanted| async move { Some(vec![0_u64; wanted]) });
    let mut ones = producer.subscribe_partition(1, demand(4, 2)).unwrap();
    assert!(timeout(Duration::from_millis(20), ones.next_batch()).await.is_err());
    assert!(producer.dropped() > 0);
}
