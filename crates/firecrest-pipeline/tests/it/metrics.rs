//! What operators see: names, labels and units.

use std::collections::BTreeMap;
use std::time::Duration;

use firecrest_pipeline::{Job, Keep, Pipeline, Restart};
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use tokio::time::sleep;

use crate::work::{Seen, done, push_all, settle};

/// What is shown under each name with the values of its labels: `pipeline.items letters ok`. Counters begin anew with each call.
fn shown(snapshotter: &Snapshotter) -> BTreeMap<String, DebugValue> {
    let all = snapshotter.snapshot().into_vec().into_iter();
    let named = all.map(|(key, _, _, value)| {
        let labels: String = key.key().labels().map(|label| format!(" {}", label.value())).collect();
        (format!("{}{labels}", key.key().name()), value)
    });
    named.collect()
}

fn times(value: &DebugValue) -> Vec<f64> {
    let DebugValue::Histogram(times) = value else { panic!("{value:?} is no histogram") };
    times.iter().map(|time| time.into_inner()).collect()
}

#[tokio::test(start_paused = true)]
async fn g047_the_time_of_work_and_that_in_the_queue_are_told_in_milliseconds() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let _local = metrics::set_default_local_recorder(&recorder);
    let pipeline = Pipeline::builder("letters").max_demand(1);
    let pipeline = pipeline
        .start(async |job: Job<u64>| {
            assert!(job.queued() < Duration::from_secs(1));
            sleep(Duration::from_millis(*job.item())).await;
            Ok::<_, String>(())
        })
        .unwrap();
    push_all(&pipeline, [20, 30]);
    done(&pipeline).await;
    let shown = shown(&snapshotter);
    let round = |name: &str| times(&shown[name]).into_iter().map(f64::round).collect::<Vec<_>>();
    assert_eq!(round("pipeline.worker.process_time letters"), [20.0, 30.0]);
    assert_eq!(round("pipeline.queue_time letters"), [0.0, 20.0]);
    assert_eq!(shown["pipeline.items letters ok"], DebugValue::Counter(2));
}

#[tokio::test(start_paused = true)]
async fn how_full_it_is_and_how_busy_are_told() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let _local = metrics::set_default_local_recorder(&recorder);
    let seen = Seen::gated();
    let pipeline = Pipeline::builder("letters").capacity(5).max_demand(2).start(seen.handler()).unwrap();
    // Looking at a gauge sets this recorder's back to nought.
    let mut gauges = [0.0; 2];
    let mut gauges = || {
        let shown = shown(&snapshotter);
        let names = ["pipeline.buffer.depth letters", "pipeline.worker.active letters"];
        for (gauge, name) in gauges.iter_mut().zip(names) {
            let DebugValue::Gauge(value) = shown[name] else { panic!("{name} is no gauge") };
            *gauge += value.into_inner();
        }
        gauges
    };
    push_all(&pipeline, 0..5);
    settle().await;
    assert_eq!(gauges(), [3.0, 2.0]);
    push_all(&pipeline, 0..5);
    assert_eq!(gauges(), [5.0, 2.0]);
    seen.let_through(100);
    done(&pipeline).await;
    assert_eq!(gauges(), [0.0, 0.0]);
}

#[tokio::test(start_paused = true)]
async fn what_is_lost_is_told_by_reason() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let _local = metrics::set_default_local_recorder(&recorder);
    let counters = || {
        let counters = shown(&snapshotter).into_iter().filter_map(|(name, value)| match value {
            DebugValue::Counter(count) if count > 0 => Some((name, count)),
            _ => None,
        });
        counters.map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>()
    };

    let oldest = Pipeline::builder("a").capacity(2).start(Seen::open().handler()).unwrap();
    push_all(&oldest, 0..5_u64);
    assert_eq!(counters(), ["pipeline.buffer.dropped a oldest 3"]);

    let newest = Pipeline::builder("b").capacity(2).keep(Keep::Oldest).coalesce_by(|item| *item);
    let newest = newest.start(Seen::open().handler()).unwrap();
    push_all(&newest, [1, 1, 2, 3, 4]);
    assert_eq!(counters(), ["pipeline.buffer.dropped b coalesced 1", "pipeline.buffer.dropped b newest 2"]);
    done(&oldest).await;
    done(&newest).await;
    counters();

    let expired = Pipeline::builder("c").expire_after(Duration::from_secs(1)).start(Seen::open().handler());
    let expired = expired.unwrap();
    expired.push(1);
    tokio::time::advance(Duration::from_secs(2)).await;
    done(&expired).await;
    assert_eq!(counters(), ["pipeline.buffer.dropped c expired 1"]);

    let nobody = Pipeline::builder("d").listeners(|_: &u64| async { Ok::<_, String>(false) });
    let nobody = nobody.start(Seen::open().handler()).unwrap();
    nobody.push(1);
    done(&nobody).await;
    assert_eq!(counters(), ["pipeline.push_skipped d no_listener 1"]);
}

#[tokio::test(start_paused = true)]
async fn failures_delays_and_restarts_are_told() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let _local = metrics::set_default_local_recorder(&recorder);
    let pipeline = Pipeline::builder("a").timeout(Duration::from_secs(1));
    let pipeline = pipeline.restart(Restart::Transient { max: 1, within: Duration::from_secs(1) });
    let pipeline = pipeline
        .start(async |job: Job<u64>| match (job.item(), job.attempt()) {
            (1, 1) => Err("once"),
            (2, _) => std::future::pending().await,
            _ => Ok(()),
        })
        .unwrap();
    pipeline.push(1);
    done(&pipeline).await;
    pipeline.push(2);
    tokio::time::timeout(Duration::from_secs(10), pipeline.failed()).await.unwrap();
    settle().await;
    let shown = shown(&snapshotter);
    assert_eq!(shown["pipeline.items a ok"], DebugValue::Counter(1));
    assert_eq!(shown["pipeline.items a timeout"], DebugValue::Counter(1));
    assert_eq!(shown["pipeline.restarts a"], DebugValue::Counter(2));
}
