//! Brokers that are not there, and brokers that hang.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use bytes::Bytes;
use firecrest_pubsub::cluster::{Cluster, Gap, Health, Reached, Refused};
use firecrest_redis::RedisCluster;
use servers::{RedisServer, SECRET, free_port, until};

use crate::log::Log;
use crate::member::{Member, hasty};

#[tokio::test]
async fn a_broker_may_come_up_later() {
    let mut server = RedisServer::start().await;
    server.kill();
    let ann = Member::start("ann", &server.url(), hasty());
    assert!(matches!(ann.cluster.health(), Health::Connecting { error: None, .. }));
    ann.subscribe("first").await;
    let began = Instant::now();
    let reached = Reached::new();
    ann.cluster.subscribe("early", reached.clone());
    assert!(reached.is_set(), "there is nothing to wait for");
    assert!(began.elapsed() < Duration::from_millis(100));
    until("an attempt has failed", async || ann.error().is_some()).await;
    assert!(ann.error().unwrap().contains("refused"), "{:?}", ann.error());
    server.start_again().await;
    ann.connected().await;
    let ben = Member::connect("ben", &server.url()).await;
    ben.publish("early", "heard");
    ann.hears(&["heard"]).await;
    assert_eq!(ann.told(), [None, Some(Gap::In)], "it was said to hear before it did");
}

#[tokio::test]
async fn who_wanted_nothing_before_it_was_connected_has_missed_nothing() {
    let mut server = RedisServer::start().await;
    server.kill();
    let ann = Member::start("ann", &server.url(), hasty());
    ann.subscribe("subject").await;
    ann.cluster.close().await;
    let ben = Member::start("ben", &server.url(), hasty());
    until("an attempt has failed", async || ben.error().is_some()).await;
    server.start_again().await;
    ben.connected().await;
    ben.subscribe("subject").await;
    ben.publish("subject", "heard");
    ben.hears(&["heard"]).await;
    assert_eq!(ben.told(), [None]);
}

#[tokio::test]
async fn with_a_broker_that_is_up_there_is_no_gap_at_the_start() {
    let server = RedisServer::start().await;
    let ann = RedisCluster::with_options(&server.url(), hasty()).unwrap();
    let all: [Reached; 3] = std::array::from_fn(|_| Reached::new());
    ann.subscribe("before", all[0].clone());
    ann.subscribe("not wanted", Reached::new());
    let ann = Member::begin(ann, "ann");
    ann.cluster.subscribe("after", all[1].clone());
    ann.cluster.unsubscribe("not wanted");
    assert!(!all[0].is_set() && !all[1].is_set(), "the first attempt is under way");
    until("it is connected", async || {
        ann.cluster.subscribe("meanwhile", all[2].clone());
        let is_connected = ann.cluster.health().is_connected();
        if !is_connected {
            ann.cluster.unsubscribe("meanwhile");
        }
        is_connected
    })
    .await;
    for reached in &all {
        reached.wait().await;
    }
    for subject in ["before", "after", "meanwhile"] {
        ann.publish(subject, subject);
    }
    ann.hears(&["before", "after", "meanwhile"]).await;
    assert_eq!(ann.told(), [None]);
}

#[tokio::test]
async fn who_has_spoken_before_it_was_connected_says_so() {
    let mut server = RedisServer::start().await;
    server.kill();
    let ann = Member::start("ann", &server.url(), hasty());
    assert_eq!(ann.cluster.publish("subject", Bytes::new()), Err(Refused::Offline));
    server.start_again().await;
    ann.connected().await;
    ann.knows_of(&[Gap::Out]).await;
    assert_eq!(ann.told(), [None, Some(Gap::Out)]);
}

#[tokio::test]
async fn a_broker_that_was_killed_is_found_again_with_all_subscriptions() {
    let (log, _guard) = Log::keep();
    let mut server = RedisServer::start().await;
    let (ann, ben) =
        (Member::connect("ann", &server.url()).await, Member::connect("ben", &server.url()).await);
    for subject in ["kept", "left"] {
        ann.subscribe(subject).await;
    }
    server.kill();
    for member in [&ann, &ben] {
        member.disconnected().await;
    }
    ben.offline().await;
    ann.cluster.unsubscribe("left");
    ann.subscribe("new").await;
    server.start_again().await;
    for member in [&ann, &ben] {
        member.connected().await;
        member.knows_of(&[Gap::In, Gap::Out]).await;
        assert_eq!(member.told(), [None, None, Some(Gap::In), Some(Gap::Out)]);
    }
    for subject in ["left", "kept", "new"] {
        ben.publish(subject, subject);
    }
    ben.direct("ann", "direct");
    ann.hears(&["kept", "new", "direct"]).await;
    assert_eq!(log.count("the connection to Redis is lost"), 2, "{}", log.text());
    assert_eq!(log.count("connected to Redis again"), 2);
    assert!(log.count("no connection to Redis") <= 2, "one failing attempt a minute");
    assert_eq!(log.count(SECRET), 0);
}

#[tokio::test]
async fn a_broker_that_hangs_is_given_up_and_keeps_nobody_waiting() {
    let server = RedisServer::start().await;
    let ann = Member::connect("ann", &server.url()).await;
    ann.subscribe("subject").await;
    server.pause();
    let paused = Instant::now();
    let reached = Reached::new();
    ann.cluster.subscribe("other", reached.clone());
    assert!(!reached.is_set(), "it may answer yet");
    ann.publish("subject", "lost");
    assert!(paused.elapsed() < Duration::from_millis(100));
    ann.disconnected().await;
    assert!(paused.elapsed() < 2 * hasty().timeout, "{:?}", paused.elapsed());
    until("nobody waits for one that does not answer", async || reached.is_set()).await;
    ann.offline().await;
    until("it says so", async || ann.error().unwrap().contains("no answer within 2s")).await;
    server.resume();
    ann.connected().await;
    ann.knows_of(&[Gap::In, Gap::Out]).await;
    ann.publish("subject", "again");
    ann.publish("other", "other");
    until("both subjects are heard", async || ann.heard().ends_with(&["again".into(), "other".into()])).await;
}

#[tokio::test]
async fn an_idle_connection_to_a_broker_that_hangs_is_given_up() {
    let server = RedisServer::start().await;
    let ann = Member::connect("ann", &server.url()).await;
    server.pause();
    let paused = Instant::now();
    ann.disconnected().await;
    assert!(paused.elapsed() < 2 * hasty().timeout, "{:?}", paused.elapsed());
    server.resume();
    ann.connected().await;
}

#[tokio::test]
async fn an_idle_connection_to_a_broker_that_answers_is_kept() {
    let server = RedisServer::start().await;
    let mut options = hasty();
    options.timeout = Duration::from_millis(400);
    let ann = Member::start("ann", &server.url(), options);
    ann.connected().await;
    let clients = server.run(&["CLIENT", "LIST", "TYPE", "PUBSUB"]).await;
    let commands = async || {
        let info = server.run(&["INFO", "commandstats"]).await;
        let pings = info.lines().find_map(|line| line.strip_prefix("cmdstat_ping:calls=")).unwrap_or("0,");
        pings.split(',').next().unwrap().parse::<u32>().unwrap()
    };
    until("many signs of life were asked for", async || commands().await > 12).await;
    assert_eq!(ann.gaps(), []);
    let id = |clients: &str| clients.split_once("id=").unwrap().1.split(' ').next().unwrap().to_owned();
    assert_eq!(id(&server.run(&["CLIENT", "LIST", "TYPE", "PUBSUB"]).await), id(&clients));
}

#[tokio::test]
async fn something_that_accepts_and_never_answers_is_given_up() {
    let port = free_port();
    let _silent = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let ann = Member::start("ann", &RedisServer::url_with(port, SECRET), hasty());
    let reached = Reached::new();
    ann.cluster.subscribe("subject", reached.clone());
    let began = Instant::now();
    reached.wait().await;
    assert!(began.elapsed() > hasty().timeout / 2, "the first attempt is waited for");
    until("it is given up", async || ann.error().is_some()).await;
    assert_eq!(ann.error().unwrap(), "no answer within 2s");
    assert!(!ann.cluster.health().is_connected());
}
