//! Far too many items.

use firecrest_pipeline::{Keep, Pipeline};

use crate::work::{Seen, settle};

#[tokio::test(start_paused = true)]
async fn ten_million_items_for_workers_that_stand_still_fill_the_buffer_and_no_more() {
    let seen = Seen::gated();
    let pipeline = Pipeline::builder("test").start(seen.handler()).unwrap();
    pipeline.push(0);
    settle().await;
    for item in 0..10_000_000 {
        pipeline.push(item);
        debug_assert!(item % 1_000_000 > 0 || pipeline.depth() <= 10_000);
    }
    settle().await;
    let stats = pipeline.stats();
    assert!(stats.depth <= 10_000 && seen.begun().len() <= 10);
    assert_eq!(stats.depth as u64 + stats.dropped.oldest + seen.begun().len() as u64, 10_000_001);
}

#[tokio::test(start_paused = true)]
async fn no_mode_holds_more_than_its_capacity() {
    for keep in [Keep::Newest, Keep::Oldest] {
        let builder = || Pipeline::builder("test").capacity(1_000).keep(keep).max_demand(10);
        let all = [
            builder(),
            builder().partition_by(|item: &u64| item % 77),
            builder().fair_by(|item| item % 77),
            builder().fair_by(|item| *item),
            builder().coalesce_by(|item| item % 5_000),
            builder().coalesce_by(|item| *item).fair_by(|item| item % 3).partition_by(|item| item % 20),
        ];
        for (mode, builder) in all.into_iter().enumerate() {
            let pipeline = builder.start(Seen::gated().handler()).unwrap();
            for item in 0..20_000 {
                pipeline.push(item);
                assert!(pipeline.depth() <= 1_000, "mode {mode}");
            }
            let stats = pipeline.stats();
            let lost = stats.dropped.lost() + stats.dropped.coalesced;
            assert_eq!(stats.depth as u64 + lost, 20_000, "mode {mode}");
        }
    }
}
