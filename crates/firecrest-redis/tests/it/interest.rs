//! Nodes hear what they are interested in, and nothing else.

use firecrest_pubsub::cluster::{Cluster, Gap, Reached};
use servers::{RedisServer, until};

use crate::member::Member;

/// How many are subscribed to a channel.
async fn subscribers(server: &RedisServer, channel: &str) -> u32 {
    let answer = server.run(&["PUBSUB", "NUMSUB", channel]).await;
    answer.rsplit(':').next().unwrap().parse().unwrap()
}

/// How many channels have subscribers.
async fn channels(server: &RedisServer) -> usize {
    let answer = server.run(&["PUBSUB", "CHANNELS"]).await;
    answer.lines().next().unwrap().trim_start_matches('*').parse().unwrap()
}

#[tokio::test]
async fn a_node_that_has_not_subscribed_receives_nothing() {
    let server = RedisServer::start().await;
    let (ann, ben, eve) = (
        Member::connect("ann", &server.url()).await,
        Member::connect("ben", &server.url()).await,
        Member::connect("eve", &server.url()).await,
    );
    ben.subscribe("t:room").await;
    assert_eq!(subscribers(&server, "firecrest:s:t:room").await, 1);
    assert_eq!(subscribers(&server, "firecrest:n:eve").await, 1);
    for _ in 0..1_000 {
        ann.publish("t:room", "for ben");
    }
    ann.direct("eve", "end");
    ann.direct("ben", "end");
    ben.hears(&[["for ben"; 1_000].as_slice(), &["end"]].concat()).await;
    eve.hears(&["end"]).await;
    assert_eq!(ann.heard().len(), 0);
    ben.cluster.unsubscribe("t:room");
    until("the broker has forgotten it", async || subscribers(&server, "firecrest:s:t:room").await == 0)
        .await;
}

#[tokio::test]
async fn a_subject_is_never_a_node() {
    let server = RedisServer::start().await;
    let (ann, ben) =
        (Member::connect("ann", &server.url()).await, Member::connect("ben", &server.url()).await);
    for subject in ["ben", "n:ben", ":n:ben", "firecrest:n:ben"] {
        ann.publish(subject, subject);
    }
    ann.direct("ben", "direct");
    ben.hears(&["direct"]).await;
}

#[tokio::test]
async fn fifty_thousand_subjects_are_subscribed_again() {
    let mut server = RedisServer::start().await;
    let (ann, ben) =
        (Member::connect("ann", &server.url()).await, Member::connect("ben", &server.url()).await);
    let subjects: Vec<String> = (0..50_000).map(|number| format!("t:room:{number}")).collect();
    let all: Vec<Reached> = subjects.iter().map(|_| Reached::new()).collect();
    for (subject, reached) in subjects.iter().zip(&all) {
        ann.cluster.subscribe(subject, reached.clone());
    }
    for reached in &all {
        reached.wait().await;
    }
    // Two nodes' own, and all of these.
    assert_eq!(channels(&server).await, 50_002);
    server.kill();
    ann.disconnected().await;
    ben.disconnected().await;
    server.start_again().await;
    ann.connected().await;
    assert_eq!(subscribers(&server, "firecrest:s:t:room:49999").await, 1);
    ben.connected().await;
    assert_eq!(channels(&server).await, 50_002);
    ann.knows_of(&[Gap::In, Gap::Out]).await;
    let sample: Vec<&str> = subjects.iter().step_by(997).map(String::as_str).collect();
    for subject in &sample {
        ben.publish(subject, subject);
    }
    ann.hears(&sample).await;
    for subject in &subjects {
        ann.cluster.unsubscribe(subject);
    }
    until("the broker has forgotten them", async || channels(&server).await == 2).await;
}
