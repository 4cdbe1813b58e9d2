//! Brokers that are not there, and brokers that hang.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use bytes::Bytes;
use firecrest_pubsub::cluster::{Cluster, Gap, Health, Reached, Refused};
use servers::{RedisServer, SECRET, free_port, until};

use crate::log::Log;
use crate::member::{Member, hasty};

#[tokio::test]
async fn a_broker_may_come_up_later() {
    let mut server = RedisServer::start().await;
    server.kill();
    let ann = Member::start("ann", &server.url(), hasty());
    assert!(matches!(ann.cluster.health(), Health::Connecting { error: None, .. }));
    until("an attempt has failed", async || ann.error().is_some()).await;
    let began = Instant::now();
    let reached = Reached::new();
    ann.cluster.subscribe("early", reached.clone());
    assert!(reached.is_set(), "there is nothing to wait for");
    assert!(began.elapsed() < Duration::from_millis(100));
    assert!(ann.error().unwrap().contains("refused"), "{:?}", ann.error());
    server.start_again().await;
    ann.connected().await;
    let ben = Member::connect("ben", &server.url()).await;
    ben.publish("early", "heard");
    ann.hears(&["heard"]).await;
    assert_eq!(ann.gaps(), [], "nothing was lost");
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
    until("it is given up", async || ann.error().is_some()).await;
    assert_eq!(ann.error().unwrap(), "no answer within 2s");
    assert!(!ann.cluster.health().is_connected());
}
