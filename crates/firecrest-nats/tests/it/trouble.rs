//! Servers that are away, come back, or do not answer.

use std::time::{Duration, Instant};

use bytes::Bytes;
use firecrest_nats::NatsCluster;
use firecrest_pubsub::cluster::{Cluster, Gap, Health, Reached, Refused};
use servers::{NatsServer, SECRET, until};

use crate::member::{Member, Told, quick};
use crate::raw::Raw;

#[tokio::test]
async fn a_server_that_was_killed_is_found_again_with_all_subscriptions_and_both_gaps_are_told() {
    let mut server = NatsServer::start().await;
    let (a, b) = (
        Member::start_with("a", &server.url(), &quick()).await,
        Member::start_with("b", &server.url(), &quick()).await,
    );
    b.subscribe("room").await;
    b.subscribe("left").await;
    b.cluster.unsubscribe("left");
    for round in 1..=2 {
        server.kill();
        until("it is lost", async || {
            !a.cluster.health().is_connected() && !b.cluster.health().is_connected()
        })
        .await;
        assert!(matches!(b.cluster.health(), Health::Disconnected { .. }));
        assert_eq!(a.cluster.publish("room", Bytes::new()), Err(Refused::Offline));
        let meanwhile = format!("meanwhile {round}");
        b.subscribe(&meanwhile).await;
        server.start_again().await;
        b.connected().await;
        // Whoever publishes as soon as it says so is heard.
        let mut raw = Raw::connect(server.port()).await;
        raw.publish("firecrest.s.left", b"unheard").await;
        raw.publish("firecrest.s.room", b"room").await;
        raw.publish(&format!("firecrest.s.meanwhile=20{round}"), b"meanwhile").await;
        raw.publish("firecrest.n.b", b"node").await;
        assert_eq!(b.hear(3).await, ["room", "meanwhile", "node"]);
        a.connected().await;
        assert_eq!(a.gap(2 * round).await, vec![[Gap::In, Gap::Out]; round].concat());
        assert_eq!(b.gap(2 * round).await, vec![[Gap::In, Gap::Out]; round].concat());
        a.publish("room", "again");
        assert_eq!(b.hear(1).await, ["again"]);
    }
    let each = [Told::Connected, Told::Gap(Gap::In), Told::Gap(Gap::Out)];
    let all = [&each[..1], &each, &each].concat();
    assert_eq!([a.told(), b.told()], [all.clone(), all]);
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_given_up_and_who_waits_is_told() {
    let server = NatsServer::start().await;
    let (a, b) = (
        Member::start_with("a", &server.url(), &quick()).await,
        Member::start_with("b", &server.url(), &quick()).await,
    );
    b.subscribe("room").await;
    server.pause();
    let reached = Reached::new();
    b.cluster.subscribe("late", reached.clone());
    assert!(!reached.is_set(), "there is a connection, as far as it knows");
    until("who waits is told", async || reached.is_set()).await;
    for member in [&a, &b] {
        until("it is given up", async || !member.cluster.health().is_connected()).await;
    }
    let said = b.trouble().await;
    assert!(said.contains("no answer within 1s"), "{said}");
    assert_eq!(a.cluster.publish("room", Bytes::new()), Err(Refused::Offline));
    server.resume();
    a.connected().await;
    b.connected().await;
    assert_eq!(b.gap(2).await, [Gap::In, Gap::Out]);
    a.publish("room", "one");
    a.publish("late", "two");
    assert_eq!(b.hear(2).await, ["one", "two"]);
}

#[tokio::test]
async fn a_server_that_asks_whether_we_live_is_answered() {
    let login = format!("authorization {{ user: firecrest, password: \"{SECRET}\" }}");
    let config = format!("ping_interval: \"100ms\"\nping_max: 1\n{login}");
    let server = NatsServer::start_with(&[("config", &config)], &["--config", "config", "-DV"]).await;
    let mut patient = quick();
    patient.timeout = Duration::from_secs(60);
    let member = Member::start_with("a", &server.url(), &patient).await;
    until("it has answered", async || server.log().matches("<<- [PONG]").count() >= 3).await;
    assert!(member.cluster.health().is_connected(), "{}", server.log());
    assert_eq!(member.gaps(), []);
}

#[tokio::test]
async fn a_connection_is_not_given_up_because_we_stood_still() {
    let server = NatsServer::start().await;
    let mut impatient = quick();
    impatient.timeout = Duration::from_millis(100);
    let a = Member::start_with("a", &server.url(), &impatient).await;
    for round in 0..10 {
        let reached = Reached::new();
        a.cluster.subscribe(&round.to_string(), reached.clone());
        tokio::task::yield_now().await;
        assert!(!reached.is_set(), "the server has been asked");
        // It answers meanwhile, and nobody reads.
        std::thread::sleep(3 * impatient.timeout);
        until("it is subscribed", async || reached.is_set()).await;
        assert_eq!(a.gaps(), [], "round {round}");
    }
    assert!(a.cluster.health().is_connected());
}

#[tokio::test]
async fn one_that_is_no_nats_is_said_to_be_none() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let answer = async {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let text = b"HTTP/1.1 400 Bad Request\r\n\r\n";
            // It may be gone already.
            let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, text).await;
        }
    };
    let member = Member::begin("a", &format!("nats://127.0.0.1:{port}"), &quick());
    tokio::select! {
        () = answer => {}
        said = member.trouble() => assert!(said.contains("does not speak NATS"), "{said}"),
    }
}

#[tokio::test]
async fn when_one_of_several_servers_is_gone_another_is_taken() {
    let mut servers = [NatsServer::start().await, NatsServer::start().await];
    let urls = servers.each_ref().map(NatsServer::url).join(",");
    let member = Member::start_with("a", &urls, &quick()).await;
    member.subscribe("room").await;
    for gone in [0, 1] {
        servers[gone].kill();
        // It is on the other one, if it was not before.
        let port = servers[1 - gone].port();
        let heard = async || {
            let mut raw = Raw::connect(port).await;
            raw.publish("firecrest.s.room", b"here").await;
            member.count() > 0
        };
        until("it is on the other server", heard).await;
        member.hear(1).await;
        servers[gone].start_again().await;
    }
}

/// How many tasks there are beside the test.
fn tasks() -> usize {
    tokio::runtime::Handle::current().metrics().num_alive_tasks()
}

#[tokio::test]
async fn a_cluster_that_is_dropped_leaves_no_task() {
    let mut server = NatsServer::start().await;
    let connected = Member::start_with("a", &server.url(), &quick()).await;
    assert_eq!(tasks(), 1);
    drop(connected);
    until("its task ends", async || tasks() == 0).await;
    let paused = Member::start_with("a", &server.url(), &quick()).await;
    server.pause();
    drop(paused);
    until("its task ends", async || tasks() == 0).await;
    server.kill();
    let offline = Member::begin("a", &server.url(), &quick());
    offline.trouble().await;
    drop(offline);
    until("its task ends", async || tasks() == 0).await;
    drop(NatsCluster::new(&server.url()).unwrap());
}

#[tokio::test]
async fn closing_ends_everything_within_two_seconds_whatever_the_server_does() {
    let server = NatsServer::start().await;
    let mut patient = quick();
    patient.timeout = Duration::from_secs(60);
    let connected = Member::start_with("a", &server.url(), &patient).await;
    let stuck = Member::start_with("b", &server.url(), &patient).await;
    connected.cluster.close().await;
    assert_eq!(tasks(), 1, "that of the other");
    server.pause();
    stuck.publish("room", "lost");
    let reached = Reached::new();
    stuck.cluster.subscribe("late", reached.clone());
    let began = Instant::now();
    stuck.cluster.close().await;
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    until("its task ends", async || tasks() == 0).await;
    assert!(reached.is_set(), "nobody waits for it any more");
    for member in [&connected, &stuck] {
        assert!(matches!(member.cluster.health(), Health::Closed));
        assert_eq!(member.cluster.publish("room", Bytes::new()), Err(Refused::Offline));
        let reached = Reached::new();
        member.cluster.subscribe("room", reached.clone());
        assert!(reached.is_set());
        member.cluster.unsubscribe("room");
        member.cluster.close().await;
    }
    let never = NatsCluster::new(&server.url()).unwrap();
    never.close().await;
    assert!(matches!(never.health(), Health::Closed));
}
