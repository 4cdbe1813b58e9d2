//! Who is given what.

use firecrest_pipeline::Keep;
use firecrest_pipeline::stages::{Demand, EmitError, Producer, SubscribeError, Subscription};
use futures_util::FutureExt as _;
use proptest::prelude::*;

use crate::log::Log;

/// Asks for nothing by itself.
fn manual() -> Demand {
    Demand::new(1_000, 0).unwrap().manual()
}

/// What has been given to somebody who does not wait.
fn given<T>(subscription: &mut Subscription<T>) -> Vec<T> {
    let mut all = Vec::new();
    while let Some(Some(batch)) = subscription.next_batch().now_or_never() {
        all.extend(batch);
    }
    all
}

#[test]
fn g021_who_has_asked_for_most_is_given_first_and_among_equals_who_was_first() {
    let producer = Producer::builder().build().unwrap();
    let [mut a, mut b, mut c] = [(); 3].map(|()| producer.subscribe(manual()).unwrap());
    a.ask(2);
    b.ask(5);
    c.ask(5);
    producer.emit(0..3).unwrap();
    assert_eq!((given(&mut a), given(&mut b), given(&mut c)), (vec![], vec![0, 1, 2], vec![]));
    producer.emit(3..4).unwrap();
    assert_eq!(given(&mut c), [3]);
    producer.emit(4..100).unwrap();
    // c has 4 left, then a and b 2 each, a for longer.
    assert_eq!((given(&mut c), given(&mut a), given(&mut b)), (vec![4, 5, 6, 7], vec![8, 9], vec![10, 11]));
}

#[test]
fn g022_what_somebody_asked_for_who_has_left_goes_to_others() {
    let producer = Producer::builder().build().unwrap();
    let [mut a, mut b] = [(); 2].map(|()| producer.subscribe(manual()).unwrap());
    a.ask(10);
    assert_eq!(producer.demanded().now_or_never(), Some(Some(10)));
    drop(a);
    b.ask(4);
    assert!(producer.demanded().now_or_never().is_none(), "ten are on their way");
    producer.emit(0..10).unwrap();
    assert_eq!((given(&mut b), producer.depth()), (vec![0, 1, 2, 3], 6));
    b.ask(8);
    assert_eq!(given(&mut b), [4, 5, 6, 7, 8, 9]);
    assert_eq!(producer.demanded().now_or_never(), Some(Some(2)));
}

#[test]
fn g023_who_asks_for_more_than_the_first_is_warned_of() {
    let log = Log::default();
    let _kept = log.keep();
    let producer = Producer::<u64>::builder().build().unwrap();
    let subscribe = |max| producer.subscribe(Demand::up_to(max).unwrap()).unwrap();
    let _first = subscribe(10);
    let _same = subscribe(10);
    assert_eq!(log.lines("max_demand").len(), 0);
    let _more = subscribe(11);
    assert_eq!(log.lines("max_demand=11").len(), 1);
}

#[test]
fn g024_everybody_is_given_everything_once_as_fast_as_the_slowest_asks() {
    let producer = Producer::builder().broadcast().build().unwrap();
    let [mut fast, mut slow] = [(); 2].map(|()| producer.subscribe(manual()).unwrap());
    producer.emit(0..10).unwrap();
    fast.ask(8);
    assert_eq!(given(&mut fast), [0; 0]);
    slow.ask(3);
    assert_eq!((given(&mut fast), given(&mut slow)), (vec![0, 1, 2], vec![0, 1, 2]));
    slow.ask(100);
    assert_eq!((given(&mut fast), given(&mut slow)), (vec![3, 4, 5, 6, 7], vec![3, 4, 5, 6, 7]));
    drop(slow);
    fast.ask(1);
    assert_eq!(given(&mut fast), [8], "who has left keeps nobody waiting");
}

#[test]
fn g025_what_somebody_does_not_want_is_asked_for_again() {
    let producer = Producer::builder().broadcast().build().unwrap();
    let mut all = producer.subscribe(manual()).unwrap();
    let mut even = producer.subscribe_to(manual(), |item| item % 2 == 0).unwrap();
    producer.emit(0..10).unwrap();
    all.ask(10);
    even.ask(3);
    // 0, 2 and 4 are three; 1 and 3 cost it nothing.
    assert_eq!((given(&mut all), given(&mut even)), (vec![0, 1, 2, 3, 4], vec![0, 2, 4]));
    assert_eq!(producer.depth(), 5);
}

fn by_last_digit() -> Producer<u64> {
    let producer = Producer::builder().capacity(3).partition(3, |item| match item % 10 {
        9 => None,
        digit => usize::try_from(digit).ok(),
    });
    producer.build().unwrap()
}

#[test]
fn g027_an_item_goes_to_whom_it_belongs_or_to_nobody() {
    let producer = by_last_digit();
    let [mut zeros, mut ones] = [0, 1].map(|one| producer.subscribe_partition(one, manual()).unwrap());
    zeros.ask(10);
    ones.ask(10);
    producer.emit([10, 11, 20, 19, 21, 30]).unwrap();
    assert_eq!((given(&mut zeros), given(&mut ones)), (vec![10, 20, 30], vec![11, 21]));
    let refused = producer.emit([40, 45]);
    assert_eq!(refused, Err(EmitError::NoPartition { partition: 5, of: 3 }));
    assert!(refused.unwrap_err().to_string().contains("partition 5"));
    assert_eq!(given(&mut zeros), [0; 0], "all or nothing");
}

#[test]
fn g028_a_partition_has_one_consumer() {
    let producer = by_last_digit();
    let first = producer.subscribe_partition(2, manual()).unwrap();
    let refusal = |partition| producer.subscribe_partition(partition, manual()).unwrap_err();
    assert_eq!(refusal(2), SubscribeError::Taken(2));
    assert_eq!(refusal(3), SubscribeError::NoPartition { partition: 3, of: 3 });
    assert_eq!(producer.subscribe(manual()).unwrap_err(), SubscribeError::Partitioned);
    drop(first);
    assert!(producer.subscribe_partition(2, manual()).is_ok());
}

#[test]
fn g029_the_buffer_of_one_partition_is_not_that_of_another() {
    for (keep, kept) in [(Keep::Newest, [270, 280, 290]), (Keep::Oldest, [0, 10, 20])] {
        let producer = Producer::builder().capacity(3).keep(keep);
        let producer = producer.partition(2, |item| usize::try_from(item % 10).ok()).build().unwrap();
        let mut ones = producer.subscribe_partition(1, manual()).unwrap();
        ones.ask(100);
        assert_eq!(producer.emit((0..30).flat_map(|item| [item * 10, item * 10 + 1])), Ok(27));
        assert_eq!(given(&mut ones).len(), 30);
        let mut zeros = producer.subscribe_partition(0, manual()).unwrap();
        zeros.ask(100);
        assert_eq!(given(&mut zeros), kept);
    }
}

#[test]
fn g034_what_was_given_and_not_fetched_is_for_others() {
    let producer = Producer::builder().build().unwrap();
    let mut crashed = producer.subscribe(Demand::new(6, 4).unwrap().manual()).unwrap();
    crashed.ask(6);
    producer.emit(0..10).unwrap();
    assert_eq!(crashed.next_batch().now_or_never().flatten(), Some(vec![0, 1]));
    drop(crashed);
    assert_eq!(producer.depth(), 8, "what it had in hand is lost");
    let mut next = producer.subscribe(manual()).unwrap();
    next.ask(100);
    assert_eq!(given(&mut next), Vec::from_iter(2..10));
}

#[test]
fn g035_a_subscription_that_takes_the_place_of_another_gets_nothing_twice() {
    let producer = Producer::builder().build().unwrap();
    let mut subscription = producer.subscribe(Demand::new(6, 4).unwrap().manual()).unwrap();
    subscription.ask(6);
    producer.emit(0..10).unwrap();
    let first = subscription.next_batch().now_or_never().flatten();
    subscription = producer.subscribe(manual()).unwrap();
    subscription.ask(100);
    assert_eq!((first, given(&mut subscription)), (Some(vec![0, 1]), Vec::from_iter(2..10)));
}

#[test]
fn what_is_given_back_and_does_not_fit_is_dropped() {
    for (keep, kept) in [(Keep::Newest, [4, 5, 6, 7]), (Keep::Oldest, [0, 1, 2, 3])] {
        let producer = Producer::builder().capacity(4).keep(keep).build().unwrap();
        let mut leaves = producer.subscribe(manual()).unwrap();
        leaves.ask(4);
        producer.emit(0..8).unwrap();
        drop(leaves);
        assert_eq!((producer.depth(), producer.dropped()), (4, 4));
        let mut next = producer.subscribe(manual()).unwrap();
        next.ask(100);
        assert_eq!(given(&mut next), kept);
    }
}

#[derive(Clone, Debug)]
enum Step {
    Emit(u8),
    Ask(u8, u8),
    Fetch(u8),
    Leave(u8),
    Come,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (1..9_u8).prop_map(Step::Emit),
        (0..4_u8, 1..9_u8).prop_map(|(who, items)| Step::Ask(who, items)),
        (0..4_u8).prop_map(Step::Fetch),
        (0..4_u8).prop_map(Step::Leave),
        Just(Step::Come),
    ];
    prop::collection::vec(step, 1..80)
}

proptest! {
    /// Whoever comes and goes: each item is given out once or waits, nobody is given more than was asked for (G002), and each gets
    /// items in order while nobody leaves.
    #[test]
    fn g002_any_interleaving_gives_each_item_once(steps in steps()) {
        let producer = Producer::builder().unbounded().build().unwrap();
        let mut all: Vec<(Subscription<u64>, usize)> = Vec::new();
        let (mut next, mut fetched, mut has_left) = (0_u64, Vec::new(), false);
        for step in steps {
            let len = all.len().max(1);
            match step {
                Step::Emit(items) => {
                    producer.emit(next..next + u64::from(items)).unwrap();
                    next += u64::from(items);
                }
                Step::Come => all.push((producer.subscribe(manual()).unwrap(), 0)),
                Step::Ask(who, items) => {
                    if let Some((one, asked)) = all.get_mut(usize::from(who) % len) {
                        one.ask(usize::from(items));
                        *asked += usize::from(items);
                    }
                }
                Step::Fetch(who) => {
                    if let Some((one, asked)) = all.get_mut(usize::from(who) % len) {
                        let items = given(one);
                        prop_assert!(items.len() <= *asked, "more than was asked for");
                        // What somebody leaves behind may be older than what others had.
                        prop_assert!(has_left || items.is_sorted());
                        *asked -= items.len();
                        fetched.extend(items);
                    }
                }
                Step::Leave(who) => {
                    if !all.is_empty() {
                        has_left = true;
                        drop(all.swap_remove(usize::from(who) % len));
                    }
                }
            }
        }
        all.clear();
        let mut last = producer.subscribe(manual()).unwrap();
        last.ask(100_000);
        fetched.extend(given(&mut last));
        fetched.sort_unstable();
        prop_assert_eq!(fetched, Vec::from_iter(0..next));
    }
}

/// Of whom the last items were not for.
#[tokio::test(start_paused = true)]
async fn who_wants_nothing_of_the_rest_hears_of_the_end() {
    let producer = Producer::builder().broadcast().build().unwrap();
    let mut slow = producer.subscribe(manual()).unwrap();
    let mut even = producer.subscribe_to(Demand::new(4, 0).unwrap(), |item| item % 2 == 0).unwrap();
    producer.emit([1, 3]).unwrap();
    drop(producer);
    let waits = tokio::spawn(async move { even.next_batch().await });
    tokio::task::yield_now().await;
    slow.ask(10);
    let ended = tokio::time::timeout(std::time::Duration::from_secs(1), waits).await;
    assert_eq!(ended.unwrap().unwrap(), None);
}

/// An item that looks at its producer when it is dropped.
#[test]
fn items_may_do_anything_when_they_are_dropped() {
    struct Nosy(Option<Producer<Nosy>>);
    impl Drop for Nosy {
        fn drop(&mut self) {
            if let Some(producer) = self.0.take() {
                let _ = producer.depth();
            }
        }
    }
    let producer = Producer::builder().capacity(1).build().unwrap();
    let items = |count| (0..count).map(|_| Nosy(Some(producer.clone()))).collect::<Vec<_>>();
    assert_eq!(producer.emit(items(3)), Ok(2));
    let mut subscription = producer.subscribe(manual()).unwrap();
    subscription.ask(2);
    drop(subscription);
    producer.fail("the end");
    assert_eq!(producer.emit(items(3)), Err(EmitError::Ended));
}

#[test]
fn g034_what_was_not_fetched_before_the_end_is_for_others_too() {
    let producer = Producer::builder().build().unwrap();
    let [mut crashed, mut other] = [(); 2].map(|()| producer.subscribe(manual()).unwrap());
    crashed.ask(10);
    producer.emit(0..4).unwrap();
    drop(producer);
    drop(crashed);
    other.ask(10);
    assert_eq!(given(&mut other), [0, 1, 2, 3]);
}
