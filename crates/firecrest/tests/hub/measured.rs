//! What the operator can measure (M034).

use firecrest::hub::{ConsumerOptions, Every, Keep, Message, PollError};
use firecrest::pubsub::cluster::InProcess;

use crate::recorded::Recorded;
use crate::{ms, node, until};

#[tokio::test(start_paused = true)]
async fn m034_consumers_pollers_and_messages_are_counted_and_measured() {
    let recorded = Recorded::listen();
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a"), node(&cluster, "b"));
    let hub = a.hub();
    let handle = async |message: Message<u32>| if *message == 0 { Err("nothing") } else { Ok(()) };
    let options = ConsumerOptions::default().name("measured");
    let _consumer = hub.consume("measured.*", options, handle).unwrap();
    let topic = hub.topic::<u32>("measured.poll", Keep::Last).unwrap();
    let poller = hub.poll(&topic, Every::new(ms(1_000)).name("measured"), async || Ok::<u32, PollError>(0));
    let mut there = b.hub().subscribe::<u32>("measured.there").unwrap();
    let sending = hub.topic::<u32>("measured.there", Keep::Nothing).unwrap();
    until(|| hub.stats().consumers[0].failed == 2).await;
    poller.stop().await;
    sending.publish(1);
    assert_eq!(*there.next().await, 1);
    until(|| hub.stats().consumers[0].handled == 1).await;
    for (metric, at_least) in [
        ("firecrest_hub_consumed_total{consumer=measured,result=error}", 2.0),
        ("firecrest_hub_consumed_total{consumer=measured,result=ok}", 1.0),
        ("firecrest_hub_polls_total{poller=measured,result=ok}", 2.0),
        ("firecrest_hub_messages_total{direction=local}", 3.0),
        ("firecrest_hub_messages_total{direction=out}", 1.0),
        ("firecrest_hub_messages_total{direction=in}", 1.0),
    ] {
        let found = recorded.number(metric);
        assert!(found >= at_least, "{metric}: {found}");
    }
    assert_eq!(recorded.values("firecrest_hub_poll_seconds{poller=measured}").len(), 2);
    assert_eq!(recorded.number("firecrest_hub_backlog{consumer=measured}"), 0.0);
}

#[tokio::test]
async fn what_is_dropped_is_counted_by_reason() {
    let recorded = Recorded::listen();
    let hub = crate::hub();
    let dropped = |reason: &str| recorded.number(&format!("firecrest_hub_dropped_total{{reason={reason}}}"));
    let (full, mistyped) = (dropped("full"), dropped("type"));
    let mut feed = hub.subscribe::<u32>("a").unwrap().capacity(2);
    hub.send_all(["a", "a", "a"], &1).unwrap();
    hub.send("a", "no number").unwrap();
    hub.send("a", &2).unwrap();
    assert_eq!(*feed.next().await, 2);
    assert!(dropped("full") >= full + 3.0 && dropped("type") > mistyped);
    assert!(recorded.number("firecrest_limits_reached_total{limit=hub_queue}") >= 3.0);
}

#[tokio::test(start_paused = true)]
async fn what_waits_for_consumers_of_one_name_is_told_until_they_end() {
    let recorded = Recorded::listen();
    let hub = crate::hub();
    let backlog = || recorded.number("firecrest_hub_backlog{consumer=stuck}");
    // They hang at their first message until they may go on.
    let (go_on, gate) = tokio::sync::watch::channel(false);
    let handle = move |_: Message<u32>| {
        let mut gate = gate.clone();
        async move { gate.wait_for(|is_open| *is_open).await.map(drop) }
    };
    let consume = |pattern: &str| {
        hub.consume(pattern, ConsumerOptions::default().name("stuck"), handle.clone()).unwrap()
    };
    let (first, second) = (consume("stuck.a"), consume("stuck.b"));
    hub.send_all(["stuck.a", "stuck.a", "stuck.a", "stuck.b", "stuck.b"], &1).unwrap();
    until(|| backlog() == 3.0).await;
    drop((first, second));
    assert_eq!(backlog(), 3.0);
    // What waits then is dropped.
    go_on.send_replace(true);
    until(|| backlog() == 0.0).await;
}

#[tokio::test(start_paused = true)]
async fn patterns_and_topics_are_no_labels() {
    let recorded = Recorded::listen();
    let hub = crate::hub();
    let numbers = || {
        ["consumed_total{consumer=unnamed,result=ok}", "polls_total{poller=unnamed,result=ok}"]
            .map(|name| recorded.number(&format!("firecrest_hub_{name}")))
    };
    let before = numbers();
    let handle = async |_: Message<u32>| Ok::<_, String>(());
    let _consumer = hub.consume("nameless.*", ConsumerOptions::default(), handle).unwrap();
    let topic = hub.topic::<u32>("nameless.poll", Keep::Last).unwrap();
    let _poller = hub.poll(&topic, Every::new(ms(1_000)), async || Ok::<u32, PollError>(0));
    until(|| numbers().iter().zip(before).all(|(now, before)| *now > before)).await;
    assert_eq!(recorded.names("nameless"), Vec::<String>::new());
}
