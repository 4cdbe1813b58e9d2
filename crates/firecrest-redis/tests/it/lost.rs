//! One of the two connections is lost.

use std::time::{Duration, Instant};

use bytes::Bytes;
use firecrest_pubsub::cluster::{Cluster, Gap, Refused};
use servers::{RedisServer, SECRET, until};

use crate::log::Log;
use crate::member::{Member, hasty};
use crate::proxy::Proxy;

#[tokio::test]
async fn without_the_connection_that_hears_messages_to_this_node_are_lost() {
    let server = RedisServer::start().await;
    let ann = Member::patient("ann", &server.url()).await;
    ann.subscribe("subject").await;
    assert_eq!(server.run(&["CLIENT", "KILL", "TYPE", "pubsub"]).await, ":1");
    ann.knows_of(&[Gap::In]).await;
    assert!(ann.cluster.health().is_connected());
    ann.publish("subject", "heard");
    ann.hears(&["heard"]).await;
    assert_eq!(ann.gaps(), []);
}

#[tokio::test]
async fn without_the_connection_that_publishes_messages_from_this_node_are_lost() {
    let server = RedisServer::start().await;
    let ann = Member::patient("ann", &server.url()).await;
    ann.subscribe("subject").await;
    assert_eq!(server.run(&["CLIENT", "KILL", "TYPE", "normal"]).await, ":1");
    ann.knows_of(&[Gap::Out]).await;
    assert!(ann.cluster.health().is_connected());
    ann.publish("subject", "heard");
    ann.hears(&["heard"]).await;
    assert_eq!(ann.gaps(), []);
}

/// What a node is told whose one connection hangs, the one that has subscribed or the other, while nothing happens on either.
async fn hangs(subscribes: bool, gap: Gap) {
    let server = RedisServer::start().await;
    let proxy = Proxy::to(server.port()).await;
    let ann = Member::connect("ann", &RedisServer::url_with(proxy.port(), SECRET)).await;
    ann.subscribe("subject").await;
    let began = Instant::now();
    proxy.freeze(subscribes);
    ann.disconnected().await;
    assert!(began.elapsed() < 2 * hasty().timeout, "{:?}", began.elapsed());
    ann.knows_of(&[gap]).await;
    ann.publish("subject", "heard");
    ann.hears(&["heard"]).await;
    assert_eq!(ann.gaps(), []);
}

#[tokio::test]
async fn a_connection_that_hears_and_hangs_is_made_again() {
    hangs(true, Gap::In).await;
}

#[tokio::test]
async fn a_connection_that_publishes_and_hangs_is_made_again() {
    hangs(false, Gap::Out).await;
}

#[tokio::test]
async fn what_the_broker_reads_late_does_not_come_after_what_is_newer() {
    let server = RedisServer::start().await;
    let proxy = Proxy::to(server.port()).await;
    let ann = Member::connect("ann", &RedisServer::url_with(proxy.port(), SECRET)).await;
    let ben = Member::connect("ben", &server.url()).await;
    ben.subscribe("subject").await;
    proxy.freeze(false);
    ann.publish("subject", "old");
    ann.disconnected().await;
    ann.connected().await;
    ann.publish("subject", "new");
    ben.hears(&["new"]).await;
    proxy.thaw();
    // Two for each node, and the one that asks.
    let clients = async || server.run(&["CLIENT", "LIST"]).await.matches("id=").count();
    until("the connection that hung has ended", async || clients().await == 5).await;
    ann.publish("subject", "end");
    ben.hears(&["end"]).await;
}

#[tokio::test]
async fn a_broker_that_drops_a_slow_node_is_a_gap() {
    let server = RedisServer::start_with(&[], &["--client-output-buffer-limit", "pubsub 64kb 0 0"]).await;
    let (ann, ben) =
        (Member::connect("ann", &server.url()).await, Member::connect("ben", &server.url()).await);
    ann.subscribe("subject").await;
    // A message that is larger than what the broker keeps for anybody.
    let large = Bytes::from(vec![0; 4 << 20]);
    ben.cluster.publish("subject", large).unwrap();
    ann.knows_of(&[Gap::In]).await;
    ben.publish("subject", "small");
    until("it is heard", async || ann.heard().last().is_some_and(|last| last == "small")).await;
    assert_eq!(ben.gaps(), []);
}

#[tokio::test]
async fn a_refused_message_is_a_lost_connection_with_its_reason() {
    let (log, _guard) = Log::keep();
    let server = RedisServer::start().await;
    let rights = ["&firecrest:*", "+subscribe", "+unsubscribe", "+publish", "+ping"];
    let ann = crate::trust::user(&server, "ann", &rights).await;
    ann.connected().await;
    server.run(&["ACL", "SETUSER", "ann", "-publish"]).await;
    ann.publish("subject", "refused");
    ann.disconnected().await;
    until("it says why", async || ann.error().unwrap().contains("the user lacks a right")).await;
    assert_eq!(ann.cluster.publish("subject", Bytes::new()), Err(Refused::Offline));
    server.run(&["ACL", "SETUSER", "ann", "+publish"]).await;
    ann.connected().await;
    ann.knows_of(&[Gap::Out]).await;
    assert_eq!(log.count("the connection to Redis is lost"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_cut_off_again_and_again_hears_what_follows() {
    let server = RedisServer::start().await;
    let (ann, ben) =
        (Member::connect("ann", &server.url()).await, Member::connect("ben", &server.url()).await);
    for number in 0..20 {
        ann.subscribe(&format!("subject {number}")).await;
        server.run(&["CLIENT", "KILL", "TYPE", "pubsub"]).await;
        until("the others are told", async || ann.gaps().len() > number).await;
        tokio::time::timeout(Duration::from_secs(20), ann.connected()).await.unwrap();
    }
    until("ben is back", async || ben.cluster.health().is_connected() && !ben.gaps().is_empty()).await;
    let subjects: Vec<String> = (0..20).map(|number| format!("subject {number}")).collect();
    for subject in &subjects {
        ben.publish(subject, subject);
    }
    ann.hears(&subjects.iter().map(String::as_str).collect::<Vec<_>>()).await;
}
