//! A channel that is measured (H16).

use firecrest::prelude::*;
use firecrest_test::{Refusal, TestSocket};
use hello_sockets::StatsSocket;
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};

/// What was counted or measured under this name with these labels.
fn recorded(snapshots: &Snapshotter, name: &str, labels: &[(&str, &str)]) -> Option<DebugValue> {
    let found = snapshots.snapshot().into_vec().into_iter().find(|(key, ..)| {
        let has = |(name, value): &(&str, &str)| {
            key.key().labels().any(|label| (label.key(), label.value()) == (*name, *value))
        };
        key.key().name() == name && labels.iter().all(has)
    });
    found.map(|(.., value)| value)
}

#[tokio::test(start_paused = true)]
async fn h16_connections_and_joins_are_counted_by_status() {
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

    let connects = [("status", "success"), ("socket", "StatsSocket")];
    assert_eq!(recorded(&snapshots, "socket_connect", &connects), Some(DebugValue::Counter(1)));
    let joins =
        |status| recorded(&snapshots, "channel_join", &[("status", status), ("channel", "StatsChannel")]);
    assert_eq!(joins("success"), Some(DebugValue::Counter(1)));
    assert_eq!(joins("fail"), Some(DebugValue::Counter(2)));
}

#[tokio::test(start_paused = true)]
async fn h16_a_ping_is_timed() {
    let recorder = DebuggingRecorder::new();
    let snapshots = recorder.snapshotter();
    let _recording = metrics::set_default_local_recorder(&recorder);

    let client = TestSocket::<StatsSocket>::connect(()).await.unwrap();
    let stats = client.join("valid", ()).await.unwrap();
    stats.push("ping", ()).await.expect_ok(json!({ "ping": "pong" })).await;

    let Some(DebugValue::Histogram(times)) = recorded(&snapshots, "stats_channel.ping", &[]) else {
        panic!("the ping was not timed");
    };
    assert!(times.len() == 1 && times[0].into_inner() < 1.0, "in seconds: {times:?}");
}
