//! What nobody listens to (G061).

use std::time::Duration;

use firecrest_pipeline::Pipeline;
use tokio::time::Instant;

use crate::work::{Seen, done, push_all};

#[tokio::test(start_paused = true)]
async fn g061_what_nobody_listens_to_is_left_out_and_counted() {
    let seen = Seen::open();
    let pipeline = Pipeline::builder("test").max_demand(1);
    let pipeline = pipeline.listeners(|item: &u64| {
        let listens = item.is_multiple_of(2);
        async move { Ok::<_, String>(listens) }
    });
    let pipeline = pipeline.start(seen.handler()).unwrap();
    push_all(&pipeline, 0..6);
    done(&pipeline).await;
    assert_eq!(seen.ended(), [0, 2, 4]);
    assert_eq!((pipeline.stats().skipped, pipeline.stats().ok, pipeline.dropped()), (3, 3, 0));
}

#[tokio::test(start_paused = true)]
async fn g061_on_doubt_it_is_worked_on() {
    let seen = Seen::open();
    let pipeline = Pipeline::builder("test").max_demand(1);
    let pipeline = pipeline.listeners(|item: &u64| {
        let item = *item;
        assert!(item != 0, "panics before there is a future");
        async move {
            assert!(item != 1, "panics");
            if item == 2 {
                std::future::pending::<()>().await;
            }
            Err("not known")
        }
    });
    let pipeline = pipeline.start(seen.handler()).unwrap();
    let started = Instant::now();
    push_all(&pipeline, 0..4);
    done(&pipeline).await;
    assert_eq!((seen.ended(), pipeline.stats().skipped), (vec![0, 1, 2, 3], 0));
    assert!(started.elapsed() < Duration::from_secs(6), "five seconds for the one that never answers");
}
