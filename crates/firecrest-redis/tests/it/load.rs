//! More messages than there is room for.

use bytes::Bytes;
use firecrest_pubsub::cluster::{Cluster, Gap, Refused};
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use servers::{RedisServer, until};
use tokio::task::yield_now;

use crate::member::{Member, hasty};

/// Publishes, however often the queue is full meanwhile. Returns how often it was.
async fn insist(member: &Member, subject: &str, message: Bytes) -> usize {
    let mut times = 0;
    loop {
        match member.cluster.publish(subject, message.clone()) {
            Ok(()) => return times,
            Err(refused) => assert_eq!(refused, Refused::Full),
        }
        times += 1;
        yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_thousand_messages_arrive_in_order_though_the_queue_is_full() {
    const MANY: u32 = 100_000;
    let server = RedisServer::start().await;
    let mut options = hasty();
    options.queue_messages = 500;
    let ann = Member::start("ann", &server.url(), options);
    ann.connected().await;
    let ben = Member::connect("ben", &server.url()).await;
    ben.subscribe("subject").await;
    let mut refused = 0;
    for number in 0..MANY {
        refused += insist(&ann, "subject", Bytes::copy_from_slice(&number.to_be_bytes())).await;
    }
    assert!(refused > 0, "the queue was never full");
    until("all is heard", async || ben.heard().len() >= MANY as usize).await;
    for (heard, number) in ben.heard().iter().zip(0..) {
        assert_eq!(**heard, u32::to_be_bytes(number));
    }
    until("the others are told", async || ann.gaps().contains(&Gap::Out)).await;
    assert_eq!(ben.gaps(), []);
}

/// By how much the queue has grown since the last time.
fn queued(snapshotter: &Snapshotter) -> f64 {
    let all = snapshotter.snapshot().into_vec().into_iter();
    let queue = all.filter(|(key, ..)| key.key().name() == "firecrest_cluster_queue_bytes");
    queue.map(|(_, _, _, value)| if let DebugValue::Gauge(bytes) = value { bytes.0 } else { 0.0 }).sum()
}

#[tokio::test]
async fn a_full_queue_refuses_and_the_others_are_told_once_it_has_drained() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let _local = metrics::set_default_local_recorder(&recorder);
    let server = RedisServer::start().await;
    let mut options = hasty();
    (options.queue_messages, options.timeout) = (1_000, 10 * servers::PATIENCE);
    let ann = Member::start("ann", &server.url(), options);
    ann.connected().await;
    ann.subscribe("subject").await;
    server.pause();
    let mut taken = Vec::new();
    let refused = loop {
        // Not all of them may be on their way at once.
        let number = format!("{:08192}", taken.len());
        match ann.cluster.publish("subject", number.clone().into()) {
            Ok(()) => taken.push(number),
            Err(refused) => break refused,
        }
        // The task that sends has its turn: what it has sent is waited for as well.
        yield_now().await;
    };
    assert_eq!((refused, taken.len()), (Refused::Full, 1_000));
    let channel = "firecrest:s:subject".len();
    let bytes: usize = taken.iter().map(|message| channel + message.len()).sum();
    assert_eq!(queued(&snapshotter), bytes as f64);
    assert_eq!(ann.gaps(), [], "not yet");
    server.resume();
    let before = ann.knows_of(&[Gap::Out]).await.unwrap();
    assert!(before > 800, "told after {before} of a thousand");
    ann.hears(&taken.iter().map(String::as_str).collect::<Vec<_>>()).await;
    assert_eq!(queued(&snapshotter), -(bytes as f64), "all of it has left");
}

#[tokio::test]
async fn a_queue_is_full_of_bytes_too_and_empty_when_the_connection_is_lost() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let _local = metrics::set_default_local_recorder(&recorder);
    let mut server = RedisServer::start().await;
    let mut options = hasty();
    (options.max_message, options.queue_bytes) = (1 << 20, 4 << 20);
    let ann = Member::start("ann", &server.url(), options);
    ann.connected().await;
    server.pause();
    let large = Bytes::from(vec![0; 1 << 20]);
    for _ in 0..3 {
        ann.cluster.publish("subject", large.clone()).unwrap();
    }
    assert_eq!(ann.cluster.publish("subject", large), Err(Refused::Full));
    ann.cluster.publish("subject", Bytes::from_static(b"small")).unwrap();
    let mut bytes = queued(&snapshotter);
    assert!(bytes > 3e6, "{bytes}");
    server.kill();
    ann.offline().await;
    bytes += queued(&snapshotter);
    assert_eq!(bytes, 0.0, "nothing is left");
    server.start_again().await;
    ann.knows_of(&[Gap::In, Gap::Out]).await;
}
