//! Any interleaving of pushes and work: order per key, nothing lost but what was counted, never more at work than may be.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use firecrest_pipeline::{Job, Keep, Pipeline, Pushed};
use proptest::prelude::*;
use tokio::time::sleep;

use crate::work::{Seen, done, settle};

/// What happens, one after the other.
#[derive(Clone, Debug)]
enum Step {
    /// So many items with this key.
    Push(u8, u8),
    /// So many items are let through.
    Work(u8),
}

#[derive(Clone, Debug)]
struct Shape {
    capacity: usize,
    keep: Keep,
    workers: usize,
    refill: usize,
    is_partitioned: bool,
    is_fair: bool,
    is_coalesced: bool,
}

fn shape() -> impl Strategy<Value = Shape> {
    let keep = prop_oneof![Just(Keep::Newest), Just(Keep::Oldest)];
    let switches = (any::<bool>(), any::<bool>(), any::<bool>());
    (1..40_usize, keep, 1..8_usize, 0..8_usize, switches).prop_map(
        |(capacity, keep, workers, refill, (is_partitioned, is_fair, is_coalesced))| Shape {
            capacity,
            keep,
            workers,
            refill: refill % workers,
            is_partitioned,
            is_fair,
            is_coalesced,
        },
    )
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0..4_u8, 1..12_u8).prop_map(|(key, items)| Step::Push(key, items)),
        (1..12_u8).prop_map(Step::Work),
    ];
    prop::collection::vec(step, 1..60)
}

type Item = (u8, u64);

fn builder(shape: &Shape) -> firecrest_pipeline::Builder<Item> {
    let mut builder = Pipeline::builder("test").capacity(shape.capacity).keep(shape.keep);
    builder = builder.max_demand(shape.workers).min_demand(shape.refill);
    if shape.is_partitioned {
        builder = builder.partition_by(|item: &Item| item.0);
    }
    if shape.is_fair {
        builder = builder.fair_by(|item: &Item| item.0);
    }
    if shape.is_coalesced {
        builder = builder.coalesce_by(|item: &Item| (item.0, item.1 % 5));
    }
    builder
}

async fn run(shape: &Shape, steps: &[Step]) -> Result<(), TestCaseError> {
    let seen = Seen::<Item>::gated();
    let pipeline = builder(shape).start(seen.handler()).unwrap();
    let (mut pushed, mut not_accepted) = (0_u64, 0_u64);
    for step in steps {
        match step {
            Step::Push(key, items) => {
                for _ in 0..*items {
                    let outcome = pipeline.push((*key, pushed));
                    not_accepted += u64::from(!outcome.is_accepted());
                    pushed += 1;
                }
            }
            Step::Work(items) => {
                seen.let_through(usize::from(*items));
                settle().await;
            }
        }
        prop_assert!(pipeline.active() <= shape.workers);
        prop_assert!(pipeline.depth() <= shape.capacity.max(shape.workers));
    }
    seen.let_through(10_000);
    done(&pipeline).await;
    let stats = pipeline.stats();
    let lost = stats.dropped.lost() + stats.dropped.coalesced;
    prop_assert_eq!(stats.ok + lost, pushed, "nothing is lost that is not counted");
    prop_assert_eq!(not_accepted, stats.dropped.newest);
    let mut once = seen.begun();
    once.sort_unstable();
    once.dedup();
    prop_assert_eq!(once.len() as u64, stats.ok, "nothing twice");
    if !shape.is_coalesced {
        // Items are begun in their key's order, whoever works on them.
        prop_assert!(is_ordered(&seen.begun()));
    }
    Ok(())
}

fn is_ordered(items: &[Item]) -> bool {
    let mut last = HashMap::new();
    items.iter().all(|(key, number)| last.insert(*key, *number).is_none_or(|before| before < *number))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn g027_any_interleaving_keeps_order_and_account(shape in shape(), steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.unwrap().block_on(run(&shape, &steps))?;
    }

    /// Handlers that wait for different times, or not at all.
    #[test]
    fn g027_items_of_a_key_end_in_order_when_they_are_partitioned(
        items in prop::collection::vec((0..5_u8, 0..4_u64), 1..200),
        workers in 1..6_usize,
    ) {
        let ended = Arc::new(Mutex::new(Vec::new()));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.unwrap().block_on(async {
            let pipeline = Pipeline::builder("test").max_demand(workers);
            let pipeline = pipeline.partition_by(|(key, ..): &(u8, u64, u64)| *key);
            let handler = {
                let ended = Arc::clone(&ended);
                move |job: Job<(u8, u64, u64)>| {
                    let ended = Arc::clone(&ended);
                    async move {
                        let (key, number, wait) = job.into_item();
                        if wait > 0 {
                            sleep(Duration::from_millis(wait)).await;
                        }
                        ended.lock().unwrap().push((key, number));
                        Ok::<_, String>(())
                    }
                }
            };
            let pipeline = pipeline.start(handler).unwrap();
            for (number, (key, wait)) in items.iter().enumerate() {
                let pushed = pipeline.push((*key, number as u64, *wait));
                assert_eq!(pushed, Pushed::Accepted);
                if number % 7 == 0 {
                    settle().await;
                }
            }
            done(&pipeline).await;
        });
        prop_assert_eq!(ended.lock().unwrap().len(), items.len());
        prop_assert!(is_ordered(&ended.lock().unwrap()));
    }

    /// Handlers that seldom wait are given several items at once, and give them back when they do.
    #[test]
    fn g027_items_that_are_given_back_are_neither_lost_nor_out_of_order(
        items in prop::collection::vec((0..5_u8, 0..20_u8), 1..400),
        capacity in 1..60_usize,
        workers in 1..4_usize,
        keep in prop_oneof![Just(Keep::Newest), Just(Keep::Oldest)],
        waits in any::<bool>(),
    ) {
        let ended = Arc::new(Mutex::new(Vec::new()));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let stats = runtime.unwrap().block_on(async {
            let pipeline = Pipeline::builder("test").max_demand(workers).capacity(capacity).keep(keep);
            let pipeline = pipeline.partition_by(|(key, ..): &(u8, u64, bool)| *key);
            let handler = {
                let ended = Arc::clone(&ended);
                move |job: Job<(u8, u64, bool)>| {
                    let ended = Arc::clone(&ended);
                    async move {
                        let (key, number, is_slow) = job.into_item();
                        if is_slow {
                            sleep(Duration::from_millis(5)).await;
                        }
                        ended.lock().unwrap().push((key, number));
                        Ok::<_, String>(())
                    }
                }
            };
            let pipeline = pipeline.start(handler).unwrap();
            for (number, (key, wait)) in items.iter().enumerate() {
                let item = (*key, number as u64, *wait == 0);
                if waits {
                    pipeline.push_wait(item).await;
                } else {
                    pipeline.push(item);
                }
                if *wait == 1 {
                    settle().await;
                }
            }
            done(&pipeline).await;
            pipeline.stats()
        });
        prop_assert_eq!(stats.ok + stats.dropped.lost(), items.len() as u64);
        prop_assert!(!waits || stats.dropped.lost() == 0);
        prop_assert_eq!(ended.lock().unwrap().len() as u64, stats.ok);
        prop_assert!(is_ordered(&ended.lock().unwrap()));
    }
}
