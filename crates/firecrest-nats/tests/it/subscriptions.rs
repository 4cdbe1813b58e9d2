//! Who hears what, and what it costs.

use firecrest_pubsub::cluster::{Cluster, Gap, Reached};
use servers::{NatsServer, free_port, until};

use crate::member::{Member, quick};
use crate::raw::{Raw, monitoring};

/// What the server knows of the connection with this name.
async fn connection(port: u16, name: &str) -> serde_json::Value {
    let all = monitoring(port, "/connz?subs=1").await;
    let all = all["connections"].as_array().unwrap();
    all.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("{name}: {all:?}")).clone()
}

#[tokio::test]
async fn a_node_is_sent_only_what_it_has_subscribed_to_and_not_its_own() {
    let port = free_port();
    let server = NatsServer::start_with(&[], &["--http_port", &port.to_string()]).await;
    let url = server.url();
    let (a, b, c) =
        (Member::start("a", &url).await, Member::start("b", &url).await, Member::start("c", &url).await);
    for member in [&a, &b] {
        member.subscribe("room").await;
    }
    c.subscribe("room").await;
    c.cluster.unsubscribe("room");
    c.subscribe("other").await;
    for number in 0..1_000 {
        a.publish("room", &number.to_string());
    }
    assert_eq!(b.hear(1_000).await.len(), 1_000);
    assert_eq!(connection(port, "b").await["out_msgs"], 1_000);
    for (name, subjects) in
        [("a", ["firecrest.n.a", "firecrest.s.room"]), ("c", ["firecrest.n.c", "firecrest.s.other"])]
    {
        let connection = connection(port, name).await;
        assert_eq!(connection["out_msgs"], 0, "{name}");
        let list = connection["subscriptions_list"].as_array().unwrap();
        let mut list: Vec<_> = list.iter().filter_map(serde_json::Value::as_str).collect();
        list.sort_unstable();
        assert_eq!(list, subjects);
    }
    assert_eq!((a.count(), c.count()), (0, 0));
}

#[tokio::test]
async fn twenty_thousand_subjects_are_subscribed_to_again_before_it_counts_as_connected() {
    const MANY: usize = 20_000;
    let mut server = NatsServer::start().await;
    let b = Member::start_with("b", &server.url(), &quick()).await;
    let all: Vec<Reached> = (0..MANY)
        .map(|number| {
            let reached = Reached::new();
            b.cluster.subscribe(&format!("room {number}"), reached.clone());
            reached
        })
        .collect();
    until("all are subscribed", async || all.iter().all(Reached::is_set)).await;
    for number in (0..MANY).step_by(2) {
        b.cluster.unsubscribe(&format!("room {number}"));
    }
    server.kill();
    until("it is lost", async || !b.cluster.health().is_connected()).await;
    server.start_again().await;
    b.connected().await;
    let mut raw = Raw::connect(server.port()).await;
    for number in (0..MANY).step_by(777) {
        raw.publish(&format!("firecrest.s.room=20{number}"), number.to_string().as_bytes()).await;
    }
    raw.publish("firecrest.n.b", b"end").await;
    until("the end arrives", async || b.heard().last().is_some_and(|last| last == "end")).await;
    let odd = (0..MANY).step_by(777).filter(|number| number % 2 == 1).map(|number| number.to_string());
    assert_eq!(b.heard(), odd.chain(["end".to_owned()]).collect::<Vec<_>>());
    assert_eq!(b.gap(2).await, [Gap::In, Gap::Out]);
}

/// How much memory this process has, in bytes.
fn memory() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

#[tokio::test]
async fn coming_and_going_a_million_times_costs_nothing_while_the_server_is_away_or_hangs() {
    let mut server = NatsServer::start().await;
    let hanging = Member::start("b", &server.url()).await;
    hanging.subscribe("kept").await;
    server.pause();
    let before = memory();
    let come_and_go = |member: &Member| {
        for number in 0..250_000 {
            let subject = format!("room:{number}");
            let reached = Reached::new();
            member.cluster.subscribe(&subject, reached.clone());
            member.cluster.unsubscribe(&subject);
            member.cluster.unsubscribe("kept");
            member.cluster.subscribe("kept", Reached::new());
            assert!(reached.is_set(), "it is not wanted any more");
        }
    };
    come_and_go(&hanging);
    server.kill();
    let away = Member::begin("a", &server.url(), &quick());
    away.cluster.subscribe("kept", Reached::new());
    come_and_go(&away);
    let more = memory().saturating_sub(before);
    assert!(more < 48 << 20, "{more} bytes more");
    server.start_again().await;
    for member in [&hanging, &away] {
        member.connected().await;
    }
    let mut raw = Raw::connect(server.port()).await;
    raw.publish("firecrest.s.room:1", b"unheard").await;
    raw.publish("firecrest.s.kept", b"kept").await;
    for member in [&hanging, &away] {
        assert_eq!(member.hear(1).await, ["kept"]);
    }
}
