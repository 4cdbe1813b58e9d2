//! Topics over NATS.

use std::sync::{Arc, Mutex};

use firecrest_nats::NatsCluster;
use firecrest_pubsub::{Around, Broadcast, PubSub, Subscriber, SubscriberId};
use firecrest_wire::Payload;
use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use servers::{NatsServer, until};

use crate::log::Log;
use crate::member::node;
use crate::raw::Raw;

#[derive(Default)]
struct Ear(Mutex<Vec<String>>);

impl Subscriber for Ear {
    fn deliver(&self, broadcast: &Arc<Broadcast>) {
        self.0.lock().unwrap().push(broadcast.event().to_owned());
    }
}

async fn started(name: &str, url: &str) -> PubSub {
    let around: Around = |_, deliver| deliver();
    let cluster: Arc<dyn firecrest_pubsub::cluster::Cluster> = Arc::new(NatsCluster::new(url).unwrap());
    let pubsub = PubSub::with_cluster(around, node(name), Arc::clone(&cluster), |_| false);
    pubsub.start();
    until("it is connected", async || cluster.health().is_connected()).await;
    pubsub
}

/// A topic that somebody listens to.
const ROOM: &str = "firecrest.s.t:room";

#[tokio::test]
async fn garbage_on_the_subjects_is_counted_and_logged_once_and_the_topic_still_works() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let _local = metrics::set_default_local_recorder(&recorder);
    let (log, _guard) = Log::start();
    let server = NatsServer::start().await;
    let (a, b) = (started("a", &server.url()).await, started("b", &server.url()).await);
    let hold = b.hold("room").unwrap();
    hold.reached().await;
    let ear = Arc::new(Ear::default());
    let _subscription = b.subscribe("room", SubscriberId::unique(), ear.clone());
    let mut raw = Raw::connect(server.port()).await;
    let mut count = 0;
    for garbage in
        [b"" as &[u8], b"\x01", b"\x01\x00\xff\xff", b"hello", b"\r\nMSG x 1 5\r\n", &[0xff; 100_000]]
    {
        for subject in [ROOM, "firecrest.n.b", "firecrest.s.s:lost"] {
            raw.publish(subject, garbage).await;
            raw.publish_with_header(subject, garbage).await;
            // Both nodes listen to what others have lost.
            count += if subject.ends_with("lost") { 4 } else { 2 };
        }
    }
    let event = Broadcast::new("room", "fine", Payload::empty());
    a.broadcast(event, None).unwrap();
    until("the topic works", async || *ear.0.lock().unwrap() == ["fine"]).await;
    let mut unreadable = 0;
    until("all of it is counted", async || {
        let shown = snapshotter.snapshot().into_vec().into_iter();
        unreadable += shown
            .filter(|(key, ..)| key.key().name() == "firecrest_cluster_unreadable_total")
            .map(|(.., value)| match value {
                DebugValue::Counter(count) => count,
                _ => 0,
            })
            .sum::<u64>();
        unreadable >= count
    })
    .await;
    assert_eq!(unreadable, count);
    assert_eq!(log.count("cannot be read"), 2, "once for each node: {}", log.text());
}
