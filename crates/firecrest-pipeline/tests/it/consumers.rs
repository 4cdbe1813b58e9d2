//! Consumers, and what becomes of them when producers end.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use firecrest_pipeline::stages::{Cancel, Consumer, Demand, End, Ended, Producer};
use tokio::time::timeout;

use crate::work::settle;

type Seen = Arc<Mutex<Vec<u64>>>;

/// Notes what it is given; panics at 13.
fn consumer(seen: &Seen) -> Consumer<u64> {
    let seen = Arc::clone(seen);
    Consumer::start(move |batch| {
        let seen = Arc::clone(&seen);
        async move {
            assert!(!batch.contains(&13), "unlucky");
            seen.lock().unwrap().extend(batch);
        }
    })
}

fn producer() -> Producer<u64> {
    Producer::builder().build().unwrap()
}

fn demand() -> Demand {
    Demand::new(2, 0).unwrap()
}

async fn ended(consumer: &Consumer<u64>) -> Option<Ended> {
    timeout(Duration::from_secs(1), consumer.ended()).await.ok()
}

/// What becomes of a consumer when its producer has done something.
async fn after(cancel: Cancel, end: fn(Producer<u64>)) -> (Option<Ended>, Vec<u64>) {
    let (producer, seen) = (producer(), Seen::default());
    let consumer = consumer(&seen);
    consumer.add(producer.subscribe(demand()).unwrap(), cancel).await;
    producer.emit([1, 2, 3]).unwrap();
    settle().await;
    end(producer);
    let ended = ended(&consumer).await;
    assert_eq!(ended.is_some(), consumer.has_ended());
    (ended, seen.lock().unwrap().clone())
}

#[tokio::test(start_paused = true)]
async fn g030_what_becomes_of_a_consumer_is_up_to_its_subscription() {
    let failed = Ended::Producer(End::Failed("broken".into()));
    let finished = Ended::Producer(End::Finished);
    let fail = |producer: Producer<u64>| producer.fail("broken");
    for (cancel, of_finish, of_failure) in [
        (Cancel::Permanent, Some(finished), Some(failed.clone())),
        (Cancel::Transient, None, Some(failed)),
        (Cancel::Temporary, None, None),
    ] {
        assert_eq!(after(cancel, drop).await, (of_finish, vec![1, 2, 3]), "{cancel:?}");
        assert_eq!(after(cancel, fail).await, (of_failure, vec![1, 2, 3]), "{cancel:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn g031_a_producer_that_is_gone_already_ends_all_but_the_temporary() {
    let gone = Some(Ended::Producer(End::Gone));
    for (cancel, expected) in
        [(Cancel::Permanent, gone.clone()), (Cancel::Transient, gone), (Cancel::Temporary, None)]
    {
        let producer = producer();
        producer.fail("before");
        let consumer = consumer(&Seen::default());
        consumer.add(producer.subscribe(demand()).unwrap(), cancel).await;
        assert_eq!(ended(&consumer).await, expected, "{cancel:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn g034_a_crash_loses_what_was_in_hand_and_no_more() {
    let (producer, seen) = (producer(), Seen::default());
    let first = consumer(&seen);
    producer.emit([11, 12, 13, 14, 15, 16]).unwrap();
    first.add(producer.subscribe(demand()).unwrap(), Cancel::Permanent).await;
    assert_eq!(ended(&first).await, Some(Ended::Crashed("unlucky".into())));
    let second = consumer(&seen);
    second.add(producer.subscribe(demand()).unwrap(), Cancel::Permanent).await;
    settle().await;
    assert_eq!(*seen.lock().unwrap(), [11, 12, 15, 16]);
}

#[tokio::test(start_paused = true)]
async fn one_consumer_serves_many_producers() {
    let (many, seen) = ([producer(), producer(), producer()], Seen::default());
    let consumer = consumer(&seen);
    for producer in &many {
        consumer.add(producer.subscribe(demand()).unwrap(), Cancel::Temporary).await;
    }
    for (number, producer) in many.iter().enumerate() {
        producer.emit([number as u64 * 100]).unwrap();
    }
    settle().await;
    seen.lock().unwrap().sort_unstable();
    assert_eq!(*seen.lock().unwrap(), [0, 100, 200]);
    drop(consumer);
    settle().await;
    many[0].emit([1]).unwrap();
    settle().await;
    assert_eq!((seen.lock().unwrap().len(), many[0].depth()), (3, 1));
}
