//! What a producer keeps that nobody has asked for yet.

use firecrest_pipeline::stages::{Demand, EmitError, Producer};
use firecrest_pipeline::{ConfigError, Keep};
use futures_util::FutureExt as _;

use crate::work::settle;

fn few() -> Demand {
    Demand::new(4, 0).unwrap()
}

#[tokio::test(start_paused = true)]
async fn g013_what_was_not_asked_for_waits_and_goes_out_first() {
    let producer = Producer::builder().build().unwrap();
    producer.emit(0..3).unwrap();
    producer.emit(3..6).unwrap();
    assert_eq!(producer.depth(), 6);
    let mut subscription = producer.subscribe(few()).unwrap();
    assert_eq!(subscription.next_batch().await, Some(vec![0, 1, 2, 3]));
    producer.emit(6..8).unwrap();
    assert_eq!(subscription.next_batch().await, Some(vec![4, 5, 6, 7]));
}

#[tokio::test(start_paused = true)]
async fn g011_who_makes_items_is_asked_only_for_what_does_not_wait() {
    let producer = Producer::builder().build().unwrap();
    producer.emit(0..3).unwrap();
    let mut subscription = producer.subscribe(few()).unwrap();
    assert_eq!(subscription.next_batch().await, Some(vec![0, 1, 2]));
    assert_eq!(producer.demanded().now_or_never(), Some(Some(1)));
    producer.emit(3..20).unwrap();
    assert_eq!(subscription.next_batch().await, Some(vec![3]));
    assert_eq!(subscription.next_batch().await, Some(vec![4, 5, 6, 7]));
    assert!(producer.demanded().now_or_never().is_none(), "the buffer serves");
}

#[tokio::test(start_paused = true)]
async fn g014_g015_what_does_not_fit_is_dropped_at_the_end_that_was_chosen() {
    for (keep, kept) in [(Keep::Newest, [6, 7, 8, 9]), (Keep::Oldest, [0, 1, 2, 3])] {
        let producer = Producer::builder().capacity(4).keep(keep).build().unwrap();
        assert_eq!(producer.emit(0..10), Ok(6));
        assert_eq!((producer.depth(), producer.dropped()), (4, 6));
        assert_eq!(producer.subscribe(few()).unwrap().next_batch().await, Some(kept.to_vec()));
    }
    let producer = Producer::builder().build().unwrap();
    assert_eq!(producer.emit(0..10_001), Ok(1), "10,000 by default");
}

#[tokio::test(start_paused = true)]
async fn what_was_asked_for_needs_no_room() {
    let producer = Producer::builder().capacity(1).build().unwrap();
    let mut subscription = producer.subscribe(Demand::new(100, 0).unwrap()).unwrap();
    assert!(subscription.next_batch().now_or_never().is_none());
    assert_eq!(producer.emit(0..101), Ok(0));
    assert_eq!(producer.depth(), 1);
}

#[tokio::test(start_paused = true)]
async fn g017_a_buffer_without_end_never_drops() {
    let producer = Producer::builder().unbounded().build().unwrap();
    assert_eq!(producer.emit(0..100_000), Ok(0));
    assert_eq!((producer.depth(), producer.dropped()), (100_000, 0));
}

#[tokio::test(start_paused = true)]
async fn g018_a_producer_knows_how_many_wait() {
    let producer = Producer::builder().build().unwrap();
    let mut subscription = producer.subscribe(few()).unwrap();
    for emitted in [1, 5, 3] {
        producer.emit(0..emitted).unwrap();
    }
    assert_eq!(producer.depth(), 9);
    let mut left = 9;
    while left > 0 {
        left -= subscription.next_batch().await.unwrap().len();
        assert_eq!(producer.depth(), left);
    }
}

#[tokio::test(start_paused = true)]
async fn g019_a_notification_comes_behind_what_waited_and_is_never_dropped() {
    let producer = Producer::builder().capacity(5).build().unwrap();
    producer.emit(0..5).unwrap();
    let mut flushed = Box::pin(producer.flushed());
    assert!((&mut flushed).now_or_never().is_none());
    let mut subscription = producer.subscribe(few()).unwrap();
    assert_eq!(subscription.next_batch().await.map(|batch| batch.len()), Some(4));
    assert!((&mut flushed).now_or_never().is_none(), "one still waits");
    // The buffer runs over; what comes later does not delay it.
    producer.emit(5..20).unwrap();
    assert!((&mut flushed).now_or_never().is_some());
    producer.flushed().now_or_never().ok_or(()).unwrap_err();
}

#[test]
fn g020_a_producer_without_room_is_refused() {
    assert_eq!(Producer::<u64>::builder().capacity(0).build().unwrap_err(), ConfigError::Capacity);
    let none = Producer::<u64>::builder().partition(0, |_| None);
    assert_eq!(none.build().unwrap_err(), ConfigError::Capacity);
}

#[tokio::test(start_paused = true)]
async fn what_waits_is_given_out_after_the_last_handle_is_gone() {
    let producer = Producer::builder().build().unwrap();
    let mut subscription = producer.subscribe(few()).unwrap();
    producer.emit(0..6).unwrap();
    let other = producer.clone();
    drop(producer);
    assert_eq!(subscription.next_batch().await, Some(vec![0, 1, 2, 3]));
    drop(other);
    assert_eq!(subscription.next_batch().await, Some(vec![4, 5]));
    assert_eq!(subscription.next_batch().await, None);
}

#[tokio::test(start_paused = true)]
async fn a_producer_that_has_failed_emits_nothing() {
    let producer = Producer::builder().build().unwrap();
    producer.emit(0..6).unwrap();
    let mut subscription = producer.subscribe(few()).unwrap();
    producer.fail("the source is gone");
    assert_eq!(producer.emit(0..1), Err(EmitError::Ended));
    assert_eq!(producer.demanded().await, None);
    assert_eq!(subscription.next_batch().await, None);
    settle().await;
}

#[tokio::test(start_paused = true)]
async fn g019_a_notification_comes_even_if_the_last_items_are_dropped() {
    let producer = Producer::builder().capacity(4).keep(Keep::Oldest).build().unwrap();
    let mut leaves = producer.subscribe(few().manual()).unwrap();
    leaves.ask(4);
    producer.emit(0..8).unwrap();
    let mut flushed = Box::pin(producer.flushed());
    assert!((&mut flushed).now_or_never().is_none());
    // What it was given comes back, and 4 to 7 are dropped.
    drop(leaves);
    assert_eq!(producer.subscribe(few()).unwrap().next_batch().await, Some(vec![0, 1, 2, 3]));
    assert!(flushed.now_or_never().is_some());
}
