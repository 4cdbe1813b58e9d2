//! What nodes learn that they have not heard.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use firecrest::Endpoint;
use firecrest::hub::{Bridge, Keep, Topic};
use firecrest::pubsub::cluster::InProcess;
use tokio::time::sleep;

use crate::nodes::{Ear, sent, settle};
use crate::{hub, node, until};

fn topic(endpoint: &Endpoint, keep: Keep) -> Topic<u32> {
    endpoint.hub().topic("a.b", keep).unwrap()
}

fn last(topic: &Topic<u32>) -> Option<u32> {
    topic.last().map(|it| *it)
}

fn all(topic: &Topic<u32>) -> Vec<u32> {
    topic.recent().iter().map(|it| **it).collect()
}

/// What a node says that wants to hear nothing.
const TABLE: &[u8] = b"\x03{\"Table\":{\"number\":1,\"patterns\":[],\"answer\":false}}";

#[tokio::test(start_paused = true)]
async fn d009_what_a_new_node_publishes_at_once_the_others_learn() {
    let cluster = InProcess::new();
    let a = node(&cluster, "a");
    let on_a = topic(&a, Keep::Last);
    on_a.publish(1);
    settle().await;
    let b = node(&cluster, "b");
    let on_b = topic(&b, Keep::Last);
    // Nobody knows of it yet.
    on_b.publish(2);
    until(|| last(&on_a) == Some(2)).await;
    settle().await;
    assert_eq!((last(&on_a), last(&on_b)), (Some(2), Some(2)));
}

#[tokio::test(start_paused = true)]
async fn d009_a_node_that_was_forgotten_is_asked_and_asks() {
    let cluster = InProcess::new();
    let a = node(&cluster, "a");
    let _on_a = topic(&a, Keep::Last);
    let (ear, pubsub) = Ear::new(cluster.node());
    settle().await;
    pubsub.send("hub", TABLE).unwrap();
    until(|| ear.heard("\"Ask\"") == 1).await;
    assert_eq!(ear.heard("Answered"), 0);
    pubsub.send("hub", b"\x03{\"Answered\":{\"question\":1}}").unwrap();
    // As long as it is known there is nothing to ask.
    settle().await;
    pubsub.send("hub", TABLE).unwrap();
    settle().await;
    assert_eq!(ear.heard("\"Ask\""), 1);
    sleep(Duration::from_secs(45)).await;
    pubsub.send("hub", TABLE).unwrap();
    until(|| ear.heard("\"Ask\"") == 2).await;
    pubsub.send("hub", b"\x03{\"Answered\":{\"question\":2}}").unwrap();
    settle().await;
    assert_eq!(ear.heard("\"Ask\""), 2);
    // And who is told that it was forgotten has missed something, too.
    pubsub.send("hub", b"\x03\"Want\"").unwrap();
    settle().await;
    assert_eq!(ear.heard("\"Ask\""), 3);
}

#[tokio::test(start_paused = true)]
async fn a_question_that_is_not_answered_is_asked_again() {
    let cluster = InProcess::new();
    let a = node(&cluster, "a");
    let _on_a = topic(&a, Keep::Last);
    let (ear, pubsub) = Ear::new(cluster.node());
    settle().await;
    pubsub.send("hub", TABLE).unwrap();
    sleep(Duration::from_secs(25)).await;
    let asked = ear.heard("\"Ask\"");
    assert!((2..=3).contains(&asked), "{asked}");
}

#[tokio::test(start_paused = true)]
async fn a_question_that_got_lost_is_asked_again_when_the_next_is_answered() {
    let cluster = InProcess::new();
    let a = node(&cluster, "a");
    let _on_a = topic(&a, Keep::Last);
    let (ear, pubsub) = Ear::new(cluster.node());
    settle().await;
    pubsub.send("hub", TABLE).unwrap();
    until(|| ear.heard("\"Ask\"") == 1).await;
    let _other = a.hub().topic::<u32>("other", Keep::Last).unwrap();
    until(|| ear.heard("\"Ask\"") == 2).await;
    assert!(!ear.last("\"Ask\"").contains("a.b"));
    pubsub.send("hub", b"\x03{\"Answered\":{\"question\":2}}").unwrap();
    settle().await;
    assert_eq!(ear.heard("\"Ask\""), 3);
    assert!(ear.last("\"Ask\"").contains("a.b"));
}

#[tokio::test(start_paused = true)]
async fn what_a_node_has_published_while_it_was_cut_off_the_others_learn() {
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a"), node(&cluster, "b"));
    let (on_a, on_b) = (topic(&a, Keep::Last), topic(&b, Keep::Last));
    settle().await;
    cluster.cut("b");
    on_b.publish(1);
    settle().await;
    cluster.heal("b");
    until(|| last(&on_a) == Some(1)).await;
}

#[tokio::test(start_paused = true)]
async fn who_asks_is_answered_once_its_table_is_known() {
    let cluster = InProcess::new();
    let a = node(&cluster, "a");
    topic(&a, Keep::Nothing);
    let on_a = topic(&a, Keep::Last);
    on_a.publish(77);
    let (ear, pubsub) = Ear::new(cluster.node());
    settle().await;
    let ask = b"\x03{\"Ask\":{\"table\":1,\"question\":9,\"topics\":[[\"a.b\",1,0],[\"none\",1,0]]}}";
    pubsub.send("hub", ask).unwrap();
    until(|| ear.heard("Want") == 1).await;
    assert_eq!((ear.heard("77"), ear.heard("Answered")), (0, 0));
    pubsub.send("hub", TABLE).unwrap();
    pubsub.send("hub", ask).unwrap();
    until(|| ear.heard("{\"Answered\":{\"question\":9}}") == 1).await;
    assert_eq!(ear.heard("a.b77"), 1);
}

#[tokio::test(start_paused = true)]
async fn very_much_is_told_little_by_little_and_then_there_is_quiet() {
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a"), node(&cluster, "b"));
    let topics = |endpoint: &Endpoint| -> Vec<Topic<u32>> {
        let name = |number| format!("n.{number}");
        (0..70).map(|number| endpoint.hub().topic(&name(number), Keep::Newest(1_000)).unwrap()).collect()
    };
    let (on_a, on_b) = (topics(&a), topics(&b));
    settle().await;
    for topic in &on_a {
        for number in 0..1_000 {
            topic.publish(number);
        }
        // So that the others keep up.
        sleep(Duration::from_millis(1)).await;
    }
    let complete = |topics: &[Topic<u32>]| topics.iter().all(|topic| topic.recent().len() == 1_000);
    until(|| complete(&on_b)).await;
    let (ear, pubsub) = Ear::new(cluster.node());
    settle().await;
    pubsub.send("hub", TABLE).unwrap();
    let c = node(&cluster, "c");
    let on_c = topics(&c);
    until(|| complete(&on_c)).await;
    sleep(Duration::from_secs(5)).await;
    pubsub.send("hub", TABLE).unwrap();
    pubsub.send("hub", b"\x03\"Bye\"").unwrap();
    settle().await;
    let heard = ear.heard("");
    sleep(Duration::from_secs(30)).await;
    // Three leases of each node, and nothing else.
    let more = ear.heard("") - heard;
    assert!((9..=12).contains(&more), "{more} messages");
    assert_eq!(all(&on_c[69]), (0..1_000).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn who_has_the_same_is_told_nothing() {
    let cluster = InProcess::new();
    let a = node(&cluster, "a");
    let on_a = topic(&a, Keep::Last);
    on_a.publish(77);
    let (ear, pubsub) = Ear::new(cluster.node());
    settle().await;
    pubsub.send("hub", TABLE).unwrap();
    until(|| ear.heard("\"Ask\"") == 1).await;
    // The ear says that it has what the node has.
    let asked = ear.last("\"Ask\"");
    let digest = asked.rsplit_once(',').unwrap().1.trim_end_matches(['}', ']']).to_owned();
    let ask = format!("\x03{{\"Ask\":{{\"table\":1,\"question\":1,\"topics\":[[\"a.b\",1,{digest}]]}}}}");
    pubsub.send("hub", ask.as_bytes()).unwrap();
    until(|| ear.heard("Answered") == 1).await;
    assert_eq!(ear.heard("a.b77"), 0);
}

#[tokio::test(start_paused = true)]
async fn what_is_for_this_node_alone_is_told_to_nobody_who_asks() {
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a"), node(&cluster, "b"));
    let (shared, local) = (topic(&a, Keep::Newest(3)), a.hub().local("a.b", Keep::Nothing).unwrap());
    settle().await;
    shared.publish(1);
    local.publish(2);
    assert_eq!(all(&shared), [1, 2]);
    let on_b = topic(&b, Keep::Newest(3));
    until(|| last(&on_b).is_some()).await;
    settle().await;
    assert_eq!(all(&on_b), [1]);
}

/// A bridge that every node has.
struct Everywhere;

impl Bridge for Everywhere {
    fn name(&self) -> &'static str {
        "everywhere"
    }

    fn patterns(&self) -> Vec<String> {
        vec!["out".into()]
    }

    async fn send(&self, _: &str, _: Bytes) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn what_each_nodes_bridge_has_brought_is_kept_once() {
    let cluster = InProcess::new();
    let nodes = ["a", "b"].map(|name| node(&cluster, name));
    let bridges = nodes.each_ref().map(|node| node.hub().bridge(Everywhere).unwrap());
    let topics = nodes.each_ref().map(|node| topic(node, Keep::Newest(9)));
    settle().await;
    bridges.iter().for_each(|bridge| bridge.inlet().inject("a.b", "7".into()).unwrap());
    cluster.cut("b");
    cluster.heal("b");
    sleep(Duration::from_secs(3)).await;
    assert_eq!(topics.each_ref().map(all), [[7], [7]]);
}

#[test]
fn messages_of_the_same_moment_are_all_kept() {
    let numbers: Vec<_> = (0..1_000).collect();
    let hub = hub();
    let local = hub.local::<u32>("a", Keep::Newest(1_000)).unwrap();
    numbers.iter().for_each(|number| hub.send("a", number).unwrap());
    assert_eq!(all(&local), numbers);
    // Also when there are two handles for them.
    let shared = hub.topic::<u32>("a", Keep::Newest(1_000)).unwrap();
    for number in 0..500 {
        shared.publish(2 * number);
        local.publish(2 * number + 1);
    }
    assert_eq!((all(&local), all(&shared)), (numbers.clone(), numbers));
}

/// Has four threads do something 250 times each, all at the same time, with numbers of their own.
fn in_four_threads(work: impl Fn(u32) + Sync) {
    let barrier = std::sync::Barrier::new(4);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (work, barrier) = (&work, &barrier);
            scope.spawn(move || {
                barrier.wait();
                (250 * thread..250 * (thread + 1)).for_each(work);
            });
        }
    });
}

fn sorted(mut numbers: Vec<u32>) -> Vec<u32> {
    numbers.sort_unstable();
    numbers
}

#[tokio::test(start_paused = true)]
async fn messages_of_several_threads_are_all_kept_here_and_elsewhere() {
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a"), node(&cluster, "b"));
    let on_b = topic(&b, Keep::Newest(1_000));
    settle().await;
    let (on_a, hub) = (topic(&a, Keep::Nothing), a.hub());
    let local = hub.local::<u32>("a.b", Keep::Newest(1_000)).unwrap();
    in_four_threads(
        |number| {
            if number % 2 == 0 { on_a.publish(number) } else { hub.send("a.b", &number).unwrap() }
        },
    );
    let numbers: Vec<_> = (0..1_000).collect();
    assert_eq!(sorted(all(&local)), numbers);
    settle().await;
    assert_eq!(sorted(all(&on_b)), numbers);
}

#[tokio::test(start_paused = true)]
async fn messages_of_the_same_moment_are_all_kept_elsewhere() {
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a"), node(&cluster, "b"));
    let on_b = topic(&b, Keep::Newest(1_000));
    settle().await;
    let on_a = topic(&a, Keep::Nothing);
    (0..500).for_each(|number| on_a.publish(number));
    (500..1_000).for_each(|number| a.hub().send("a.b", &number).unwrap());
    until(|| last(&on_b) == Some(999)).await;
    assert_eq!(all(&on_b), (0..1_000).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn who_keeps_nothing_follows_the_clocks_of_the_others_as_well() {
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a"), node(&cluster, "b"));
    let on_a = topic(&a, Keep::Newest(5));
    let (_ear, pubsub) = Ear::new(cluster.node());
    settle().await;
    let ahead = SystemTime::now() + Duration::from_secs(3_600);
    pubsub.send_to("a", "hub", &sent(ahead, "1")).unwrap();
    until(|| last(&on_a) == Some(1)).await;
    // A lease later the other node knows, which has not heard that.
    sleep(Duration::from_secs(11)).await;
    b.hub().send("a.b", &2).unwrap();
    until(|| all(&on_a) == [1, 2]).await;
    let message = on_a.last().unwrap();
    let off = message.at().duration_since(SystemTime::now()).unwrap_or_default();
    assert!(off < Duration::from_secs(60), "the time is that of its own clock");
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_ahead_by_far_is_heard_but_stops_nothing() {
    let cluster = InProcess::new();
    let a = node(&cluster, "a");
    let (on_a, mut feed) = (topic(&a, Keep::Last), a.hub().subscribe::<u32>("a.b").unwrap());
    let (_ear, pubsub) = Ear::new(cluster.node());
    settle().await;
    let ahead = SystemTime::now() + Duration::from_secs(10 * 24 * 3_600);
    pubsub.send("hub", &sent(ahead, "1")).unwrap();
    assert_eq!((*feed.next().await, last(&on_a)), (1, None));
    on_a.publish(2);
    assert_eq!((*feed.next().await, last(&on_a)), (2, Some(2)));
}

#[tokio::test(start_paused = true)]
async fn what_does_not_fit_takes_nobodys_place() {
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a"), node(&cluster, "b"));
    let on_a = topic(&a, Keep::Last);
    on_a.publish(7);
    a.hub().send("a.b", "oops").unwrap();
    assert_eq!((last(&on_a), all(&on_a)), (Some(7), vec![7]));
    settle().await;
    b.hub().send("a.b", &-1).unwrap();
    let on_b = topic(&b, Keep::Last);
    until(|| last(&on_b) == Some(7)).await;
    assert_eq!((last(&on_a), on_a.at()), (Some(7), on_b.at()));
}

#[test]
fn two_handles_at_once_both_keep() {
    for _ in 0..300 {
        let hub = hub();
        let barrier = std::sync::Barrier::new(2);
        std::thread::scope(|scope| {
            let threads = [1, 2].map(|number| {
                let (hub, barrier) = (&hub, &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    let topic = hub.topic::<u32>("a", Keep::Newest(2)).unwrap();
                    topic.publish(number);
                    (all(&topic).contains(&number), topic)
                })
            });
            let kept = threads.map(|thread| thread.join().unwrap());
            assert!(kept.iter().all(|(is_kept, _)| *is_kept));
        });
    }
}
