//! How much is asked for at once, and what arrives.

use std::sync::{Arc, Mutex};

use firecrest_pipeline::ConfigError;
use firecrest_pipeline::stages::{Demand, Producer, Subscription};
use futures_util::FutureExt as _;

use crate::work::settle;

/// A producer that counts, and notes how much was wanted of it.
fn counting(wanted: &Arc<Mutex<Vec<usize>>>) -> Producer<u64> {
    let (mut next, wanted) = (0, Arc::clone(wanted));
    Producer::from_fn(move |demand| {
        wanted.lock().unwrap().push(demand);
        let items = (next..).take(demand).collect();
        next += demand as u64;
        async { Some(items) }
    })
}

async fn lengths<const N: usize>(subscription: &mut Subscription<u64>) -> [usize; N] {
    let (mut lengths, mut next) = ([0; N], None);
    for length in &mut lengths {
        let batch = subscription.next_batch().await.unwrap();
        let first = *next.get_or_insert(batch[0]);
        assert_eq!(batch, Vec::from_iter(first..first + batch.len() as u64), "in order");
        next = Some(first + batch.len() as u64);
        *length = batch.len();
        settle().await;
    }
    lengths
}

#[tokio::test(start_paused = true)]
async fn g003_by_default_batches_are_of_five_hundred() {
    let wanted = Arc::default();
    let mut subscription = counting(&wanted).subscribe(Demand::default()).unwrap();
    assert_eq!(lengths(&mut subscription).await, [500; 6]);
    assert_eq!(wanted.lock().unwrap()[..3], [1_000, 500, 500]);
}

#[tokio::test(start_paused = true)]
async fn g004_of_a_hundred_and_eighty_batches_are_of_twenty() {
    let mut subscription = counting(&Arc::default()).subscribe(Demand::new(100, 80).unwrap()).unwrap();
    assert_eq!(lengths(&mut subscription).await, [20; 12]);
}

#[tokio::test(start_paused = true)]
async fn g005_of_a_hundred_and_twenty_batches_are_of_eighty_and_twenty() {
    let mut subscription = counting(&Arc::default()).subscribe(Demand::new(100, 20).unwrap()).unwrap();
    assert_eq!(lengths(&mut subscription).await, [80, 20, 80, 80, 20, 80, 80, 20]);
}

#[tokio::test(start_paused = true)]
async fn g006_of_one_and_nought_items_come_one_by_one() {
    let wanted = Arc::default();
    let mut subscription = counting(&wanted).subscribe(Demand::new(1, 0).unwrap()).unwrap();
    assert_eq!(lengths(&mut subscription).await, [1; 5]);
    assert!(wanted.lock().unwrap().iter().all(|wanted| *wanted == 1));
}

#[tokio::test(start_paused = true)]
async fn g001_nothing_is_made_before_somebody_asks() {
    let wanted = Arc::default();
    let producer = counting(&wanted);
    settle().await;
    let mut subscription = producer.subscribe(Demand::new(4, 2).unwrap()).unwrap();
    settle().await;
    assert_eq!((wanted.lock().unwrap().len(), producer.depth()), (0, 0));
    assert_eq!(subscription.next_batch().await, Some(vec![0, 1]));
}

#[tokio::test(start_paused = true)]
async fn g002_g007_more_is_asked_for_after_the_handler_and_never_more_than_the_maximum() {
    let producer = Producer::builder().build().unwrap();
    let mut subscription = producer.subscribe(Demand::new(10, 4).unwrap()).unwrap();
    let demanded = || producer.demanded().now_or_never().flatten();
    assert!(subscription.next_batch().now_or_never().is_none());
    assert_eq!(demanded(), Some(10));
    producer.emit(0..10).unwrap();
    let mut fetch = || subscription.next_batch().now_or_never().flatten().map(|batch| batch.len());
    for _ in 0..20 {
        assert_eq!((fetch(), demanded()), (Some(6), None), "they are being handled");
        // Six have been handled, and four are left of what was asked for.
        assert_eq!((fetch(), demanded()), (Some(4), Some(6)));
        producer.emit(0..6).unwrap();
        // The four have been handled, and six are left: that is enough.
        assert_eq!((fetch(), demanded()), (Some(6), None));
        assert_eq!((fetch(), demanded()), (None, Some(10)));
        producer.emit(0..10).unwrap();
    }
}

#[test]
fn g008_demand_that_makes_no_sense_is_refused() {
    assert_eq!(Demand::new(5, 5), Err(ConfigError::MinDemand { max: 5, min: 5 }));
    assert_eq!(Demand::new(0, 0), Err(ConfigError::MaxDemand(0)));
    assert_eq!(Demand::new(1_000_001, 0), Err(ConfigError::MaxDemand(1_000_001)));
    assert_eq!(Demand::up_to(7), Demand::new(7, 3));
}

#[tokio::test(start_paused = true)]
async fn g010_by_hand_exactly_what_is_asked_for_comes() {
    let producer = counting(&Arc::default());
    let mut subscription = producer.subscribe(Demand::new(100, 50).unwrap().manual()).unwrap();
    settle().await;
    assert!(subscription.next_batch().now_or_never().is_none());
    subscription.ask(7);
    assert_eq!(subscription.next_batch().await, Some(Vec::from_iter(0..7)));
    settle().await;
    assert!(subscription.next_batch().now_or_never().is_none());
    subscription.ask(2);
    subscription.ask(1);
    settle().await;
    let mut items = Vec::new();
    while let Some(batch) = subscription.next_batch().now_or_never() {
        items.extend(batch.unwrap());
    }
    assert_eq!(items, [7, 8, 9]);
}

#[tokio::test(start_paused = true)]
async fn g009_held_demand_is_let_through_once() {
    let producer = Producer::builder().held().build().unwrap();
    let mut subscription = producer.subscribe(Demand::new(10, 5).unwrap()).unwrap();
    assert!(subscription.next_batch().now_or_never().is_none());
    assert!(producer.demanded().now_or_never().is_none());
    producer.forward();
    assert_eq!(producer.demanded().now_or_never(), Some(Some(10)));
    assert!(producer.demanded().now_or_never().is_none(), "only once");
    producer.hold();
    producer.emit(0..3).unwrap();
    assert!(subscription.next_batch().now_or_never().is_none());
    producer.forward();
    assert_eq!(subscription.next_batch().await, Some(vec![0, 1, 2]));
}
