//! A channel that is measured (H16).

use std::collections::BTreeMap;

use firecrest::prelude::*;
use firecrest_test::{Refusal, TestSocket};
use hello_sockets::StatsSocket;
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};

/// What was counted or measured since the last time, by name and sorted labels: `socket_connect{socket=…,status=…}`.
fn recorded(snapshots: &Snapshotter) -> BTreeMap<String, DebugValue> {
    let metrics = snapshots.snapshot().into_vec().into_iter();
    metrics
        .map(|(key, .., value)| {
            let mut labels: Vec<_> =
                key.key().labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
            labels.sort();
            (format!("{}{{{}}}", key.key().name(), labels.join(",")), value)
        })
        .collect()
}

#[tokio::test(start_paused = true)]
async fn h16_g048_connections_and_joins_are_counted_by_status() {
    let recorder = DebuggingRecorder::new();
    let snapshots = recorder.snapshotter();
    // The test's runtime has one thread, so that this recorder hears everything.
    let _recording = metrics::set_default_local_recorder(&recorder);

    let client = TestSocket::<StatsSocket>::connect(()).await.unwrap();
    client.join("valid", ()).await.unwrap();
    for _ in 0..2 {
        let refusal = client.join("invalid", ()).await.unwrap_err();
        assert_eq!(refusal, Refusal(json!({ "reason": "always fails" })));
    }

    let recorded = recorded(&snapshots);
    assert_eq!(recorded["socket_connect{socket=StatsSocket,status=success}"], DebugValue::Counter(1));
    assert_eq!(recorded["channel_join{channel=StatsChannel,status=success}"], DebugValue::Counter(1));
    assert_eq!(recorded["channel_join{channel=StatsChannel,status=fail}"], DebugValue::Counter(2));
}

#[tokio::test(start_paused = true)]
async fn h16_a_ping_is_timed_in_milliseconds() {
    let recorder = DebuggingRecorder::new();
    let snapshots = recorder.snapshotter();
    let _recording = metrics::set_default_local_recorder(&recorder);

    let client = TestSocket::<StatsSocket>::connect(()).await.unwrap();
    let stats = client.join("valid", ()).await.unwrap();
    stats.push("ping", ()).await.expect_ok(json!({ "ping": "pong" })).await;

    let DebugValue::Histogram(times) = &recorded(&snapshots)["stats_channel.ping{}"] else {
        panic!("a duration is a histogram");
    };
    // A microsecond is 0.001 of them; in seconds it would be less, in nanoseconds more.
    assert!(times.len() == 1 && (0.000_01..100.0).contains(&times[0].into_inner()), "{times:?}");
}
