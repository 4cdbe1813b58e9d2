//! What operators see.

use std::collections::HashMap;
use std::time::Duration;

use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use tokio::time::sleep;

use crate::scripted::{Act, Scripted};

/// What is shown under each name with its labels' values. Counters begin anew with each call.
fn shown(snapshotter: &Snapshotter) -> HashMap<String, DebugValue> {
    let all = snapshotter.snapshot().into_vec().into_iter();
    let named = all.map(|(key, _, _, value)| {
        let labels: String = key.key().labels().map(|label| format!(" {}", label.value())).collect();
        (format!("{}{labels}", key.key().name()), value)
    });
    named.collect()
}

#[tokio::test(start_paused = true)]
async fn counters_and_who_waits_are_shown() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let _local = metrics::set_default_local_recorder(&recorder);
    let store = Scripted::default();
    let tally = store.tally();
    let (a, _b) = (tally.counter("a").await.unwrap(), tally.counter("b").await.unwrap());
    assert_eq!(shown(&snapshotter)["firecrest_tally_counters"], DebugValue::Gauge(2.0.into()));
    store.will([Act::Slow(Duration::from_secs(60))]);
    let many: Vec<_> =
        (0..7).map(|_| a.clone()).map(|a| tokio::spawn(async move { a.increment(1).await })).collect();
    sleep(Duration::from_secs(30)).await;
    assert_eq!(shown(&snapshotter)["firecrest_tally_pending"], DebugValue::Gauge(7.0.into()));
    for one in many {
        one.await.unwrap().unwrap();
    }
    assert_eq!(shown(&snapshotter)["firecrest_tally_pending"], DebugValue::Gauge(0.0.into()));
}

#[tokio::test(start_paused = true)]
async fn commits_and_retries_are_counted() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let _local = metrics::set_default_local_recorder(&recorder);
    let store = Scripted::default();
    let tally = store.tally();
    let counter = tally.counter("visits").await.unwrap();
    store.will([Act::Away, Act::Away]);
    counter.increment(1).await.unwrap();
    store.will([Act::Refuse]);
    counter.increment(1).await.unwrap_err();
    for _ in 0..3 {
        counter.increment(1).await.unwrap();
    }
    let shown = shown(&snapshotter);
    assert_eq!(shown["firecrest_tally_retries_total"], DebugValue::Counter(2));
    assert_eq!(shown["firecrest_tally_commits_total ok"], DebugValue::Counter(4));
    assert_eq!(shown["firecrest_tally_commits_total failed"], DebugValue::Counter(1));
    let DebugValue::Histogram(seconds) = &shown["firecrest_tally_commit_seconds"] else { panic!() };
    assert_eq!(seconds.len(), 5);
}
