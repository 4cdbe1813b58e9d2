//! Topics of which only the number is known, and topics of which nothing is.

use std::time::Duration;

use firecrest::Source as _;
use firecrest::prelude::*;
use firecrest::presence::{Mode, PresenceOptions};
use futures_util::{FutureExt as _, StreamExt as _};
use tokio::time::sleep;

use crate::room::{SOON, endpoint, guest, member, ms, nodes, options};

const ROOM: &str = "room:big";

fn counting() -> PresenceOptions {
    options().mode("room:big", Mode::Count).mode("room:off", Mode::Off)
}

#[tokio::test(start_paused = true)]
async fn a_counted_topic_tells_its_number_once_a_second_at_most() {
    let endpoint = endpoint(counting());
    let mut first = guest(&endpoint, ROOM).await;
    assert_eq!(first.heard(ROOM), [("presence_count".to_owned(), json!({ "count": 0 }))]);
    let mut members = Vec::new();
    for number in 0..100 {
        members.push(member(&endpoint, ROOM, &number.to_string(), json!({})).await);
        first.after(ms(17)).await;
    }
    first.after(ms(1_000)).await;
    let heard = first.heard(ROOM);
    assert!((3..=4).contains(&heard.len()), "{heard:?}");
    assert!(heard.iter().all(|(event, _)| event == "presence_count"));
    assert_eq!(heard.last().unwrap().1, json!({ "count": 100 }));
    assert_eq!(endpoint.presence().count(ROOM).connections, 100);
    assert!(endpoint.presence().list(ROOM).await.is_empty(), "nobody is listed");
    drop(members.drain(10..));
    first.after(ms(1_000)).await;
    assert_eq!(first.heard(ROOM).pop().unwrap().1, json!({ "count": 10 }));
    first.after(ms(5_000)).await;
    assert_eq!(first.heard(ROOM), [], "nothing has changed");
}

#[tokio::test(start_paused = true)]
async fn a_number_that_is_what_it_was_is_not_told_again() {
    let endpoint = endpoint(counting());
    let mut first = guest(&endpoint, ROOM).await;
    let _ann = endpoint.presence().track(ROOM, "ann", &json!({})).unwrap();
    first.settle().await;
    assert_eq!(first.heard(ROOM).pop().unwrap().1, json!({ "count": 1 }));
    let bob = endpoint.presence().track(ROOM, "bob", &json!({})).unwrap();
    first.after(ms(300)).await;
    drop(bob);
    first.after(ms(3_000)).await;
    assert_eq!(first.heard(ROOM), []);
}

#[tokio::test(start_paused = true)]
async fn a_counted_topic_adds_up_all_nodes_and_leaves_out_the_dead() {
    let (cluster, [one, other]) = nodes([counting(), counting()]);
    let mut here = member(&one, ROOM, "ann", json!({})).await;
    let mut there = member(&other, ROOM, "bob", json!({})).await;
    let _more = other.presence().track(ROOM, "bob", &json!({})).unwrap();
    here.after(SOON).await;
    there.settle().await;
    for client in [&mut here, &mut there] {
        assert_eq!(client.heard(ROOM).pop().unwrap().1, json!({ "count": 3 }));
    }
    assert_eq!(one.presence().count(ROOM).connections, 3);
    cluster.cut("b");
    here.after(ms(40_000)).await;
    assert_eq!(here.heard(ROOM).pop().unwrap().1, json!({ "count": 1 }));
    cluster.heal("b");
    here.after(ms(10_000)).await;
    assert_eq!(here.heard(ROOM).pop().unwrap().1, json!({ "count": 3 }));
}

#[tokio::test(start_paused = true)]
async fn the_rules_of_tracking_hold_where_only_the_number_is_known() {
    let endpoint = endpoint(counting());
    for topic in [ROOM, "room:off"] {
        let mut ann = member(&endpoint, topic, "ann", json!({})).await;
        assert_eq!(ann.ask(topic, "track", json!({ "key": "ann", "meta": {} })).await.0, "error", "P055");
        assert_eq!(ann.ask(topic, "update", json!({ "key": "eve", "meta": {} })).await.0, "error", "P054");
        assert_eq!(ann.ask(topic, "update", json!({ "key": "ann", "meta": [] })).await.0, "error");
        assert_eq!(ann.ask(topic, "update", json!({ "key": "ann", "meta": {} })).await.0, "ok");
        assert_eq!(ann.ask(topic, "untrack", json!({ "key": "ann" })).await.1, json!({ "was": true }));
        assert_eq!(endpoint.presence().count(topic).connections, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_topic_without_presence_has_nobody() {
    let endpoint = endpoint(counting());
    let mut ann = member(&endpoint, "room:off", "ann", json!({})).await;
    ann.after(ms(1_000)).await;
    assert_eq!(ann.heard("room:off"), [("presence_state".to_owned(), json!({}))]);
    assert!(endpoint.presence().list("room:off").await.is_empty());
    let mut changes = endpoint.presence().live("room:off").changes();
    assert_eq!(changes.next().now_or_never(), None);
}

#[tokio::test(start_paused = true)]
async fn a_counted_topic_is_a_live_value_too() {
    let endpoint = endpoint(counting());
    let mut changes = endpoint.presence().live(ROOM).changes();
    assert_eq!(changes.next().now_or_never(), None);
    let ann = endpoint.presence().track(ROOM, "ann", &json!({})).unwrap();
    assert_eq!(changes.next().await, Some(()));
    assert_eq!(endpoint.presence().count(ROOM).connections, 1);
    drop(ann);
    assert_eq!(changes.next().await, Some(()));
}

#[tokio::test(start_paused = true)]
async fn all_who_watch_a_counted_topic_hear_of_each_change() {
    let endpoint = endpoint(counting());
    let mut all: Vec<_> = (0..100).map(|_| endpoint.presence().live(ROOM).changes()).collect();
    let ann = endpoint.presence().track(ROOM, "ann", &json!({})).unwrap();
    for changes in &mut all {
        assert_eq!(changes.next().await, Some(()));
    }
    sleep(Duration::from_secs(30)).await;
    let mut late = endpoint.presence().live(ROOM).changes();
    assert_eq!(late.next().now_or_never(), None, "it knows");
    all.truncate(1);
    drop(ann);
    assert_eq!((late.next().await, all[0].next().await), (Some(()), Some(())));
    assert_eq!((late.next().now_or_never(), all[0].next().now_or_never()), (None, None), "once");
    drop((late, all));
    sleep(Duration::from_secs(30)).await;
    let _bob = endpoint.presence().track(ROOM, "bob", &json!({})).unwrap();
    let mut again = endpoint.presence().live(ROOM).changes();
    assert_eq!(again.next().now_or_never(), None);
    let _eve = endpoint.presence().track(ROOM, "eve", &json!({})).unwrap();
    assert_eq!(again.next().await, Some(()));
    assert_eq!(endpoint.presence().count(ROOM).connections, 2);
}
