//! Others on the same broker.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use firecrest_pubsub::cluster::Node;
use firecrest_pubsub::{Broadcast, PubSub, Subscriber, SubscriberId};
use firecrest_redis::RedisCluster;
use firecrest_wire::Payload;
use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use servers::{RedisServer, SECRET, until};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::log::Log;
use crate::member::{Member, hasty};

#[tokio::test]
async fn nodes_of_two_prefixes_do_not_hear_each_other() {
    let server = RedisServer::start().await;
    let connect = async |prefix: &str| {
        let mut options = hasty();
        options.prefix = prefix.to_owned();
        let member = Member::start("same", &server.url(), options);
        member.connected().await;
        member.subscribe("t:room").await;
        member
    };
    let (shop, blog, inner) = (connect("shop").await, connect("blog").await, connect("shop:blog").await);
    for (member, name) in [(&shop, "shop"), (&blog, "blog"), (&inner, "inner")] {
        member.publish("t:room", name);
        member.direct("same", name);
    }
    // Nodes hear their own.
    shop.hears(&["shop", "shop"]).await;
    blog.hears(&["blog", "blog"]).await;
    inner.hears(&["inner", "inner"]).await;
}

/// Publishes bytes as somebody would who is no node.
async fn publish(server: &RedisServer, channel: &str, message: &[u8]) {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port())).await.unwrap();
    let head = format!(
        "AUTH {SECRET}\r\n*3\r\n$7\r\nPUBLISH\r\n${}\r\n{channel}\r\n${}\r\n",
        channel.len(),
        message.len()
    );
    stream.write_all(&[head.as_bytes(), message, b"\r\nQUIT\r\n"].concat()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(!answer.contains('-'), "{answer}");
}

#[derive(Default)]
struct Topic(Mutex<Vec<String>>);

impl Subscriber for Topic {
    fn deliver(&self, broadcast: &Arc<Broadcast>) {
        self.0.lock().unwrap().push(broadcast.event().to_owned());
    }
}

#[tokio::test]
async fn garbage_is_counted_logged_once_and_harms_nothing() {
    let (log, _guard) = Log::keep();
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let _local = metrics::set_default_local_recorder(&recorder);
    let server = RedisServer::start().await;
    let node = |name: &str| {
        let cluster = RedisCluster::new(&server.url()).unwrap();
        let node = Node::new(name, u128::from(name.as_bytes()[0]));
        let pubsub = PubSub::with_cluster(|_, deliver| deliver(), node, Arc::new(cluster), |_| false);
        pubsub.start();
        pubsub
    };
    let (ann, ben) = (node("ann"), node("ben"));
    for member in [&ann, &ben] {
        until("it is connected", async || member.health().unwrap().is_connected()).await;
    }
    let topic = Arc::new(Topic::default());
    let hold = ben.hold("room").unwrap();
    hold.reached().await;
    let _subscription = ben.subscribe("room", SubscriberId::unique(), topic.clone());
    let all: Vec<u8> = (0..=255).collect();
    for garbage in [b"" as &[u8], b"*3\r\n$7\r\nmessage\r\n", &all, b"\x01\x00", &vec![1; 1 << 20]] {
        publish(&server, "firecrest:s:t:room", garbage).await;
        publish(&server, "firecrest:n:ben", garbage).await;
    }
    ann.broadcast(Broadcast::new("room", "heard", Payload::empty()), None).unwrap();
    until("it is heard", async || !topic.0.lock().unwrap().is_empty()).await;
    assert_eq!(*topic.0.lock().unwrap(), ["heard"]);
    let unreadable = snapshotter.snapshot().into_vec().into_iter();
    let unreadable: Vec<_> = unreadable
        .filter(|(key, ..)| key.key().name() == "firecrest_cluster_unreadable_total")
        .map(|(_, _, _, value)| value)
        .collect();
    assert_eq!(unreadable, [DebugValue::Counter(10)]);
    assert_eq!(log.count("cannot be read"), 1);
}

#[tokio::test]
async fn any_bytes_reach_the_receiver_as_they_are() {
    let server = RedisServer::start().await;
    let ann = Member::connect("ann", &server.url()).await;
    let all: Vec<u8> = (0..=255).collect();
    publish(&server, "firecrest:n:ann", &all).await;
    until("it is heard", async || ann.heard().len() == 1).await;
    assert_eq!(ann.heard(), [Bytes::from(all)]);
}
