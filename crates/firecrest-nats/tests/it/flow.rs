//! Messages that flow, wait, and do not fit.

use bytes::Bytes;
use firecrest_nats::NatsClusterOptions;
use firecrest_pubsub::cluster::{Cluster, Gap, Refused};
use servers::{NatsServer, SECRET, until};

use crate::member::{Member, quick};
use crate::raw::Raw;

fn options(change: impl FnOnce(&mut NatsClusterOptions)) -> NatsClusterOptions {
    let mut options = quick();
    change(&mut options);
    options
}

#[tokio::test]
async fn a_hundred_thousand_messages_arrive_in_order_through_a_queue_of_a_hundred() {
    const MANY: u32 = 100_000;
    let server = NatsServer::start().await;
    let small = options(|options| options.queue_messages = 100);
    let (a, b) =
        (Member::start_with("a", &server.url(), &small).await, Member::start("b", &server.url()).await);
    b.subscribe("room").await;
    let mut refused = 0;
    for number in 0..MANY {
        refused += a.insist("room", number.to_string().into()).await;
    }
    let heard = b.hear(MANY as usize).await;
    assert!(heard.iter().eq((0..MANY).map(|number| number.to_string()).collect::<Vec<_>>().iter()));
    assert!(refused > 0, "the queue was full");
    until("that it was full is told", async || a.gaps().contains(&Gap::Out)).await;
    assert!(!a.gaps().contains(&Gap::In));
    assert_eq!(b.gaps(), []);
}

#[tokio::test]
async fn what_is_refused_is_told_once_the_others_are_sent() {
    let server = NatsServer::start().await;
    let narrow = options(|options| {
        options.timeout = std::time::Duration::from_secs(60);
        (options.max_message, options.queue_bytes) = (100_000, 1_000_000);
    });
    let a = Member::start_with("a", &server.url(), &narrow).await;
    let b = Member::start("b", &server.url()).await;
    b.subscribe("room").await;
    server.pause();
    let message = Bytes::from(vec![b'x'; 100_000]);
    let mut sent = 0;
    // The system takes some megabytes for a server that does not read.
    until("it is full", async || {
        match a.cluster.publish("room", message.clone()) {
            Ok(()) => sent += 1,
            Err(refused) => assert_eq!(refused, Refused::Full),
        }
        tokio::task::yield_now().await;
        a.cluster.publish("room", message.clone()).inspect(|()| sent += 1).is_err()
    })
    .await;
    assert_eq!(a.gaps(), [], "others still wait");
    server.resume();
    assert_eq!(a.gap(1).await, [Gap::Out]);
    assert_eq!(b.hear(sent).await.len(), sent, "what was taken arrives");
    assert_eq!((a.gaps(), b.gaps()), (vec![Gap::Out], vec![]));
}

#[tokio::test]
async fn clusters_with_different_prefixes_do_not_hear_each_other() {
    let server = NatsServer::start().await;
    let named = |prefix: &str| options(|options| options.prefix = prefix.to_owned());
    let url = server.url();
    let (a, b, other) = (
        Member::start_with("a", &url, &named("shop")).await,
        Member::start_with("b", &url, &named("shop")).await,
        Member::start_with("b", &url, &named("shop.s")).await,
    );
    for member in [&b, &other] {
        member.subscribe("room").await;
        member.subscribe("s.room").await;
    }
    a.publish("room", "one");
    a.cluster.direct("b", "two".into()).unwrap();
    assert_eq!(b.hear(2).await, ["one", "two"]);
    assert_eq!(other.count(), 0);
}

#[tokio::test]
async fn the_servers_limit_of_a_message_counts_when_it_is_smaller() {
    let login = format!(r#"authorization {{ user: firecrest, password: "{SECRET}" }}"#);
    let config = format!("max_payload: 5000\n{login}");
    let small = NatsServer::start_with(&[("config", &config)], &["--config", "config"]).await;
    let (a, b) = (Member::start("a", &small.url()).await, Member::start("b", &small.url()).await);
    assert_eq!(a.cluster.max_message(), 4_975);
    let too_large = Err(Refused::TooLarge { len: 4_976, max: 4_975 });
    assert_eq!(a.cluster.publish("room", vec![0; 4_976].into()), too_large);
    b.subscribe("room").await;
    a.cluster.publish("room", vec![b'x'; 4_975].into()).unwrap();
    assert_eq!(b.hear(1).await, ["x".repeat(4_975)]);
    let config = format!("max_payload: 8MB\n{login}");
    let large = NatsServer::start_with(&[("config", &config)], &["--config", "config"]).await;
    let member = Member::start("a", &large.url()).await;
    assert_eq!(member.cluster.max_message(), 1024 * 1024);
    let larger = options(|options| options.max_message = 4 << 20);
    let (a, b) = (
        Member::start_with("a", &large.url(), &larger).await,
        Member::start_with("b", &large.url(), &larger).await,
    );
    b.subscribe("room").await;
    for _ in 0..5 {
        a.insist("room", vec![b'x'; 4 << 20].into()).await;
    }
    until("large messages arrive", async || b.count() == 5).await;
}

/// A server that was busy may read what it was sent on a connection that was given up after what it was sent on the next one.
#[tokio::test]
async fn what_a_server_reads_late_does_not_come_after_newer_messages() {
    let mut server = NatsServer::start().await;
    let (a, b) = (
        Member::start_with("a", &server.url(), &quick()).await,
        Member::start_with("b", &server.url(), &quick()).await,
    );
    b.subscribe("room").await;
    let mut raw = Raw::connect(server.port()).await;
    raw.subscribe("firecrest.s.room").await;
    a.publish("room", "older");
    let older = raw.hear().await;
    assert_eq!(b.hear(1).await, ["older"]);
    server.kill();
    until("it is lost", async || !a.cluster.health().is_connected()).await;
    server.start_again().await;
    for member in [&a, &b] {
        member.connected().await;
    }
    let mut raw = Raw::connect(server.port()).await;
    raw.publish("firecrest.s.room", &older).await;
    assert_eq!(b.hear(1).await, ["older"], "nothing newer was heard");
    a.publish("room", "newer");
    assert_eq!(b.hear(1).await, ["newer"]);
    raw.publish("firecrest.s.room", &older).await;
    a.publish("room", "newest");
    assert_eq!(b.hear(1).await, ["newest"]);
}
