//! Items that nobody wants any more because they are old (G058).

use std::time::Duration;

use firecrest_pipeline::{Pipeline, Pushed};
use tokio::time::advance;

use crate::work::{Seen, done, push_all, settle};

const LIMIT: Duration = Duration::from_secs(10);

#[tokio::test(start_paused = true)]
async fn g058_what_has_waited_for_too_long_is_dropped_before_work() {
    let seen = Seen::gated();
    let pipeline = Pipeline::builder("test").max_demand(1).expire_after(LIMIT).start(seen.handler()).unwrap();
    push_all(&pipeline, 0..5);
    settle().await;
    advance(LIMIT / 2).await;
    push_all(&pipeline, 5..8);
    advance(LIMIT / 2 + Duration::from_millis(1)).await;
    seen.let_through(100);
    done(&pipeline).await;
    assert_eq!(seen.ended(), [0, 5, 6, 7]);
    assert_eq!((pipeline.stats().dropped.expired, pipeline.dropped()), (4, 4));
}

#[tokio::test(start_paused = true)]
async fn g058_who_waits_for_room_gets_that_of_expired_items() {
    let seen = Seen::gated();
    let pipeline = Pipeline::builder("test").capacity(2).max_demand(1).expire_after(LIMIT);
    let pipeline = pipeline.start(seen.handler()).unwrap();
    pipeline.push(0);
    settle().await;
    push_all(&pipeline, [1, 2]);
    let waits = tokio::spawn({
        let pipeline = pipeline.clone();
        async move { pipeline.push_wait(3).await }
    });
    advance(2 * LIMIT).await;
    seen.let_through(2);
    assert_eq!(waits.await.unwrap(), Pushed::Accepted);
    done(&pipeline).await;
    assert_eq!(seen.ended(), [0, 3]);
}
