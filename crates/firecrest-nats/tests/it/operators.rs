//! What operators see.

use std::time::Duration;

use bytes::Bytes;
use firecrest_pubsub::cluster::Cluster;
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use servers::{NatsServer, SECRET, until};
use tokio::net::TcpListener;

use crate::log::Log;
use crate::member::{Member, quick};

#[tokio::test]
async fn each_loss_and_each_return_is_logged_once_and_failing_attempts_once_a_minute() {
    let (log, _guard) = Log::start();
    let mut server = NatsServer::start().await;
    let member = Member::start_with("a", &server.url(), &quick()).await;
    for round in 1..=2 {
        server.kill();
        let closes = TcpListener::bind(("127.0.0.1", server.port())).await.unwrap();
        for _ in 0..5 {
            drop(closes.accept().await.unwrap());
        }
        drop(closes);
        server.start_again().await;
        member.connected().await;
        for what in ["the connection to NATS is lost", "cannot connect to NATS", "connected to NATS again"] {
            assert_eq!(log.count(what), round, "{what}: {}", log.text());
        }
    }
    let text = log.text();
    assert_eq!(log.count("WARN"), 4, "{text}");
    assert!(text.contains(&format!("server=127.0.0.1:{}", server.port())), "{text}");
    assert!(!text.contains(SECRET), "{text}");
}

/// What is shown. A snapshot begins everything anew, so that the sum of all is what there is.
struct Shown {
    snapshotter: Snapshotter,
    waiting: f64,
    lost: u64,
}

impl Shown {
    fn look(&mut self) {
        for (key, .., value) in self.snapshotter.snapshot().into_vec() {
            let labels: Vec<_> = key.key().labels().map(metrics::Label::value).collect();
            assert_eq!(labels, ["nats"]);
            match (key.key().name(), value) {
                ("firecrest_cluster_queue_bytes", DebugValue::Gauge(bytes)) => self.waiting += *bytes,
                ("firecrest_cluster_connections_lost_total", DebugValue::Counter(count)) => {
                    self.lost += count;
                }
                other => panic!("{other:?}"),
            }
        }
    }

    fn waiting(&mut self) -> f64 {
        self.look();
        self.waiting
    }
}

#[tokio::test]
async fn the_bytes_that_wait_are_shown_until_they_are_sent_or_lost() {
    let recorder = DebuggingRecorder::new();
    let mut shown = Shown { snapshotter: recorder.snapshotter(), waiting: 0.0, lost: 0 };
    let _local = metrics::set_default_local_recorder(&recorder);
    let mut server = NatsServer::start().await;
    let mut patient = quick();
    patient.timeout = Duration::from_secs(60);
    let member = Member::start_with("a", &server.url(), &patient).await;
    let subject_len = "firecrest.s.room".len();
    member.publish("room", "hello");
    assert_eq!(shown.waiting(), (subject_len + 5) as f64);
    until("it is sent", async || shown.waiting() == 0.0).await;
    server.pause();
    let message = Bytes::from(vec![0; 1_000_000]);
    until("it is full", async || member.cluster.publish("room", message.clone()).is_err()).await;
    let (full, bound) = (shown.waiting(), patient.queue_bytes as f64);
    assert!(full <= bound && full > bound - 1_100_000.0, "{full}");
    assert_eq!(shown.lost, 0);
    server.kill();
    until("they are lost", async || shown.waiting() == 0.0).await;
    assert_eq!(shown.lost, 1);
}
