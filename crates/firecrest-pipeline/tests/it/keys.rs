//! Items that belong together: in order, only the newest, or in turns.

use std::time::Duration;

use firecrest_pipeline::{Job, Keep, Pipeline, Pushed};
use tokio::time::sleep;

use crate::work::{Seen, done, push_all, settle};

type Item = (&'static str, u64);

#[tokio::test(start_paused = true)]
async fn g045_ten_items_of_one_user_are_worked_on_in_order() {
    let seen = Seen::<Item>::open();
    let pipeline = Pipeline::builder("test").max_demand(10).partition_by(|(user, _): &Item| *user);
    let handler = {
        let seen = seen.clone();
        move |job: Job<Item>| {
            let seen = seen.clone();
            async move {
                // The later, the quicker: order is not by chance.
                sleep(Duration::from_millis(20 - job.item().1)).await;
                seen.see(job.into_item()).await;
                Ok::<_, String>(())
            }
        }
    };
    let pipeline = pipeline.start(handler).unwrap();
    for number in 1..=10 {
        pipeline.push(("ada", number));
        pipeline.push(("bob", number));
    }
    done(&pipeline).await;
    for user in ["ada", "bob"] {
        let own: Vec<_> = seen.ended().into_iter().filter(|(whose, _)| *whose == user).collect();
        assert_eq!(own.into_iter().map(|(_, number)| number).collect::<Vec<_>>(), Vec::from_iter(1..=10));
    }
}

#[tokio::test(start_paused = true)]
async fn g029_a_full_partition_stops_no_other() {
    let seen = Seen::gated();
    let pipeline = Pipeline::builder("test").capacity(40).keep(Keep::Oldest).max_demand(4);
    let pipeline = pipeline.partition_by(|item: &u64| item % 100).start(seen.handler()).unwrap();
    // One key, whose worker is busy with the first.
    let pushed: Vec<_> = (0..20).map(|round| pipeline.push(round * 100).is_accepted()).collect();
    assert_eq!(pushed.iter().filter(|accepted| **accepted).count(), 10, "a quarter of the capacity");
    let others = (1..100).filter(|key| pipeline.push(*key).is_accepted()).count();
    assert!(others >= 30 - 3, "the other partitions are empty: {others}");
    settle().await;
    assert_eq!(seen.begun().len(), 4, "each worker has begun");
}

#[tokio::test(start_paused = true)]
async fn g059_only_the_newest_that_waits_of_a_key_is_worked_on() {
    let seen = Seen::<Item>::open();
    let pipeline = Pipeline::builder("test").coalesce_by(|(key, _): &Item| *key);
    let pipeline = pipeline.start(seen.handler()).unwrap();
    let pushed = [("a", 1), ("b", 1), ("a", 2), ("a", 3), ("c", 1)].map(|item| pipeline.push(item));
    use Pushed::{Accepted, Coalesced};
    assert_eq!(pushed, [Accepted, Accepted, Coalesced, Coalesced, Accepted]);
    assert_eq!(pipeline.depth(), 3);
    done(&pipeline).await;
    assert_eq!(seen.ended(), [("a", 3), ("b", 1), ("c", 1)], "in the place of the first");
    pipeline.push(("a", 4));
    done(&pipeline).await;
    assert_eq!(seen.ended().last(), Some(&("a", 4)), "what was worked on is forgotten");
    let dropped = pipeline.stats().dropped;
    assert_eq!((dropped.coalesced, dropped.lost()), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn g059_what_is_replaced_needs_no_room() {
    let seen = Seen::<Item>::open();
    for keep in [Keep::Newest, Keep::Oldest] {
        let pipeline = Pipeline::builder("test").capacity(2).keep(keep).coalesce_by(|(key, _): &Item| *key);
        let pipeline = pipeline.start(seen.handler()).unwrap();
        push_all(&pipeline, [("a", 1), ("b", 1)]);
        assert_eq!(pipeline.push(("b", 2)), Pushed::Coalesced);
        assert_eq!(pipeline.push_wait(("a", 2)).await, Pushed::Coalesced);
        assert_eq!(pipeline.dropped(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn g059_what_was_dropped_can_come_again() {
    let seen = Seen::<Item>::open();
    let pipeline = Pipeline::builder("test").capacity(1).coalesce_by(|(key, _): &Item| *key);
    let pipeline = pipeline.start(seen.handler()).unwrap();
    let pushed = [("a", 1), ("b", 1), ("a", 2), ("a", 3)].map(|item| pipeline.push(item));
    use Pushed::{Accepted, Coalesced, DroppedOldest};
    assert_eq!(pushed, [Accepted, DroppedOldest, DroppedOldest, Coalesced]);
    done(&pipeline).await;
    assert_eq!(seen.ended(), [("a", 3)]);
}

#[tokio::test(start_paused = true)]
async fn g060_ten_thousand_items_of_one_delay_anothers_by_a_round_at_most() {
    let seen = Seen::<Item>::open();
    let pipeline = Pipeline::builder("test").max_demand(1).fair_by(|(user, _): &Item| *user);
    let pipeline = pipeline.start(seen.handler()).unwrap();
    push_all(&pipeline, (0..9_999).map(|number| ("greedy", number)));
    pipeline.push(("modest", 0));
    done(&pipeline).await;
    let place = seen.ended().iter().position(|(user, _)| *user == "modest");
    assert_eq!(place, Some(1));
    assert_eq!(seen.ended().len(), 10_000);
}

#[tokio::test(start_paused = true)]
async fn g060_a_full_buffer_costs_those_who_have_most_in_it() {
    let seen = Seen::<Item>::open();
    let pipeline = Pipeline::builder("test").capacity(10).max_demand(1).fair_by(|(user, _): &Item| *user);
    let pipeline = pipeline.start(seen.handler()).unwrap();
    push_all(&pipeline, (0..100).map(|number| ("greedy", number)));
    push_all(&pipeline, (0..3).map(|number| ("modest", number)));
    assert_eq!((pipeline.depth(), pipeline.stats().dropped.oldest), (10, 93));
    done(&pipeline).await;
    let of =
        |user| seen.ended().into_iter().filter(|item| item.0 == user).map(|item| item.1).collect::<Vec<_>>();
    assert_eq!((of("modest"), of("greedy")), (vec![0, 1, 2], Vec::from_iter(93..100)));
}

#[tokio::test(start_paused = true)]
async fn g060_a_key_has_no_more_than_its_share() {
    let seen = Seen::<Item>::open();
    for (keep, kept) in [(Keep::Newest, [3, 4]), (Keep::Oldest, [0, 1])] {
        let pipeline = Pipeline::builder("test").keep(keep).key_capacity(2).max_demand(1);
        let pipeline = pipeline.fair_by(|(user, _): &Item| *user).start(seen.handler()).unwrap();
        let from = seen.ended().len();
        push_all(&pipeline, (0..5).map(|number| ("greedy", number)));
        assert_eq!((pipeline.depth(), pipeline.dropped()), (2, 3));
        pipeline.push(("modest", 9));
        done(&pipeline).await;
        assert_eq!(seen.ended()[from..], [("greedy", kept[0]), ("modest", 9), ("greedy", kept[1])]);
    }
}

/// Many keys with an item each, more than there is room for.
#[tokio::test(start_paused = true)]
async fn g060_keys_that_are_dropped_altogether_leave_nothing_behind() {
    let seen = Seen::open();
    let pipeline = Pipeline::builder("test").capacity(100).max_demand(1).fair_by(|item: &u64| *item);
    let pipeline = pipeline.coalesce_by(|item| *item).start(seen.handler()).unwrap();
    push_all(&pipeline, 0..10_000);
    assert_eq!((pipeline.depth(), pipeline.dropped()), (100, 9_900));
    done(&pipeline).await;
    assert_eq!(seen.ended(), Vec::from_iter(9_900..10_000));
}

#[tokio::test(start_paused = true)]
async fn g060_a_key_that_replaces_its_only_item_keeps_its_turn() {
    let seen = Seen::<Item>::gated();
    let pipeline = Pipeline::builder("test").key_capacity(1).max_demand(1).fair_by(|(user, _): &Item| *user);
    let pipeline = pipeline.start(seen.handler()).unwrap();
    push_all(&pipeline, [("first", 0)]);
    settle().await;
    push_all(&pipeline, [("hasty", 0), ("a", 0), ("b", 0)]);
    push_all(&pipeline, (1..=9).map(|number| ("hasty", number)));
    assert_eq!((pipeline.depth(), pipeline.dropped()), (3, 9));
    seen.let_through(100);
    done(&pipeline).await;
    assert_eq!(seen.ended(), [("first", 0), ("hasty", 9), ("a", 0), ("b", 0)]);
}
