//! The first connection, and what is said before it.

use std::sync::{Arc, Mutex, OnceLock, Weak};

use bytes::Bytes;
use firecrest_nats::NatsCluster;
use firecrest_pubsub::cluster::{Cluster, Gap, Health, Reached, Receiver, Refused};
use servers::{NatsServer, until};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufStream};
use tokio::net::{TcpListener, TcpStream};

use crate::member::{Ear, Member, Told, node, quick};
use crate::raw::Raw;

fn subscribe(cluster: &impl Cluster, subject: &str) -> Reached {
    let reached = Reached::new();
    cluster.subscribe(subject, reached.clone());
    reached
}

#[tokio::test]
async fn a_server_that_comes_up_later_is_found_and_only_what_was_lost_has_a_gap() {
    let mut server = NatsServer::start().await;
    server.kill();
    let [says, hears, waits, leaves, idle] =
        ["says", "hears", "waits", "leaves", "idle"].map(|name| Member::begin(name, &server.url(), &quick()));
    let waiting = subscribe(&waits.cluster, "room");
    let leaving = subscribe(&leaves.cluster, "room");
    assert!(!waiting.is_set() && !leaving.is_set(), "the first attempt is under way");
    leaves.cluster.unsubscribe("room");
    assert!(leaving.is_set(), "it is not wanted any more");
    for member in [&says, &hears, &waits, &leaves, &idle] {
        let said = member.trouble().await;
        assert!(said.contains("cannot reach it"), "{said}");
        assert!(matches!(member.cluster.health(), Health::Connecting { .. }));
    }
    until("who waits is told", async || waiting.is_set()).await;
    assert!(subscribe(&hears.cluster, "room").is_set(), "there is nothing to wait for");
    assert_eq!(says.cluster.publish("room", Bytes::new()), Err(Refused::Offline));
    server.start_again().await;
    for member in [&says, &hears, &waits, &leaves, &idle] {
        member.connected().await;
    }
    says.publish("room", "hello");
    for member in [&hears, &waits] {
        assert_eq!(member.hear(1).await, ["hello"]);
        assert_eq!(member.told(), [Told::Connected, Told::Gap(Gap::In)]);
    }
    assert_eq!(says.told(), [Told::Connected, Told::Gap(Gap::Out)]);
    assert_eq!([leaves.told(), idle.told()], [[Told::Connected], [Told::Connected]], "nothing was lost");
}

#[tokio::test]
async fn who_subscribes_before_the_first_connection_waits_until_it_is_in_effect_and_nothing_is_lost() {
    let server = NatsServer::start().await;
    let cluster = NatsCluster::with_options(&server.url(), quick()).unwrap();
    let before = subscribe(&cluster, "before");
    let ear = Arc::new(Ear::default());
    cluster.start(node("a"), Arc::clone(&ear) as _);
    let member = Member { cluster, ear };
    let after = subscribe(&member.cluster, "after");
    assert!(!before.is_set() && !after.is_set(), "the first attempt is under way");
    let mut raw = Raw::connect(server.port()).await;
    for (reached, subject) in [(before, "before"), (after, "after")] {
        until("it is subscribed", async || reached.is_set()).await;
        raw.publish(&format!("firecrest.s.{subject}"), subject.as_bytes()).await;
    }
    assert_eq!(member.hear(2).await, ["before", "after"]);
    assert_eq!(member.told(), [Told::Connected]);
}

#[tokio::test]
async fn a_server_that_accepts_and_says_nothing_is_given_up_and_who_waits_is_told() {
    let server = NatsServer::start().await;
    server.pause();
    let [a, idle] = ["a", "idle"].map(|name| Member::begin(name, &server.url(), &quick()));
    let reached = subscribe(&a.cluster, "room");
    until("who waits is told", async || {
        // Health comes first.
        let is_set = reached.is_set();
        let has_failed = matches!(a.cluster.health(), Health::Connecting { error: Some(_), .. });
        assert!(has_failed || !is_set, "the first attempt is under way");
        is_set
    })
    .await;
    for member in [&a, &idle] {
        let said = member.trouble().await;
        assert!(said.contains("no answer within 1s"), "{said}");
    }
    server.resume();
    a.connected().await;
    idle.connected().await;
    assert_eq!(a.told(), [Told::Connected, Told::Gap(Gap::In)]);
    assert_eq!(idle.told(), [Told::Connected], "it was never connected before");
}

/// Takes a connection as a server does, up to the first question after the login, which is for all that is wanted.
async fn take_in(listener: &TcpListener) -> BufStream<TcpStream> {
    let (stream, _) = listener.accept().await.unwrap();
    let mut stream = BufStream::new(stream);
    stream.write_all(b"INFO {\"max_payload\":1000000}\r\n").await.unwrap();
    stream.flush().await.unwrap();
    until_asked(&mut stream).await;
    stream.write_all(b"PONG\r\n").await.unwrap();
    stream.flush().await.unwrap();
    until_asked(&mut stream).await;
    stream
}

async fn until_asked(stream: &mut BufStream<TcpStream>) {
    let mut line = String::new();
    while line != "PING\r\n" {
        line.clear();
        assert!(stream.read_line(&mut line).await.unwrap() > 0, "it goes on");
    }
}

#[tokio::test]
async fn a_connection_that_is_lost_before_all_is_subscribed_was_the_first_attempt() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let member = Member::begin("a", &format!("nats://127.0.0.1:{port}"), &quick());
    let reached = subscribe(&member.cluster, "room");
    let stream = take_in(&listener).await;
    assert!(!reached.is_set(), "that is not answered");
    drop(stream);
    until("who waits is told", async || reached.is_set()).await;
    assert_eq!(member.told(), []);
    let mut stream = take_in(&listener).await;
    stream.write_all(b"PONG\r\n").await.unwrap();
    stream.flush().await.unwrap();
    member.connected().await;
    assert_eq!(member.told(), [Told::Connected, Told::Gap(Gap::In)]);
}

/// Leaves all subjects when it hears something, and looks at the health when it is told that it is connected.
#[derive(Default)]
struct Leaver {
    cluster: OnceLock<Weak<NatsCluster>>,
    seen: Mutex<Vec<bool>>,
}

impl Leaver {
    fn cluster(&self) -> Arc<NatsCluster> {
        self.cluster.get().and_then(Weak::upgrade).unwrap()
    }
}

/// So many that the server is not told all of them at once, but nearly.
fn many() -> impl Iterator<Item = String> {
    (0..400).map(|number| format!("{number}-{}", "x".repeat(150)))
}

impl Receiver for Leaver {
    fn receive(&self, _: Bytes) {
        many().for_each(|subject| self.cluster().unsubscribe(&subject));
    }

    fn connected(&self) {
        self.seen.lock().unwrap().push(self.cluster().health().is_connected());
    }

    fn gap(&self, gap: Gap) {
        panic!("{gap:?}");
    }
}

#[tokio::test]
async fn it_counts_as_connected_even_if_what_it_waits_for_is_not_wanted_any_more() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("nats://127.0.0.1:{}", listener.local_addr().unwrap().port());
    let cluster = Arc::new(NatsCluster::with_options(&url, quick()).unwrap());
    many().for_each(|subject| drop(subscribe(&*cluster, &subject)));
    let leaver = Arc::new(Leaver::default());
    leaver.cluster.set(Arc::downgrade(&cluster)).unwrap();
    cluster.start(node("a"), Arc::clone(&leaver) as _);
    let mut stream = take_in(&listener).await;
    let answer = async {
        loop {
            stream.write_all(b"PONG\r\nMSG x 1 0\r\n\r\n").await.unwrap();
            stream.flush().await.unwrap();
            until_asked(&mut stream).await;
        }
    };
    tokio::select! {
        () = answer => {}
        () = until("it is connected", async || cluster.health().is_connected()) => {}
    }
    assert_eq!(*leaver.seen.lock().unwrap(), [true], "once, and then it is so");
}
