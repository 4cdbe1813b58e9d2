//! What the program itself hears of those who come and go.

use firecrest::Source as _;
use firecrest::prelude::*;
use firecrest::presence::{Meta, PresenceEvent};
use futures_util::{FutureExt as _, Stream, StreamExt as _};
use serde_json::Value;
use tokio::time::sleep;

use crate::room::{SOON, endpoint, ms, nodes, options};

const ROOM: &str = "room:1";

/// What a stream yields without waiting, as short text.
fn ready(stream: &mut (impl Stream<Item = PresenceEvent> + Unpin)) -> Vec<String> {
    let n = |meta: &Meta| meta.parse::<Value>().unwrap()["n"].clone();
    let show = |event| match event {
        PresenceEvent::Joined { key, meta } => format!("+{key} {}", n(&meta)),
        PresenceEvent::Updated { key, before, meta } => {
            assert_eq!(meta.parse::<Value>().unwrap()["phx_ref_prev"], json!(before.phx_ref()));
            format!("={key} {} {}", n(&before), n(&meta))
        }
        PresenceEvent::Left { key, meta } => format!("-{key} {}", n(&meta)),
        PresenceEvent::Missed(count) => format!("missed {count}"),
    };
    std::iter::from_fn(|| stream.next().now_or_never().flatten()).map(show).collect()
}

#[tokio::test(start_paused = true)]
async fn p070_p081_who_comes_changes_and_goes_is_told_as_such() {
    let endpoint = endpoint(options());
    let presence = endpoint.presence();
    let mut events = presence.events(ROOM);
    let ann = presence.track(ROOM, "ann", &json!({ "n": 1 })).unwrap();
    sleep(ms(500)).await;
    assert_eq!(ready(&mut events), ["+ann 1"]);
    ann.update(&json!({ "n": 2 })).unwrap();
    let tab = presence.track(ROOM, "ann", &json!({ "n": 3 })).unwrap();
    let _bob = presence.track(ROOM, "bob", &json!({ "n": 4 })).unwrap();
    sleep(ms(500)).await;
    assert_eq!(ready(&mut events), ["=ann 1 2", "+ann 3", "+bob 4"]);
    tab.update(&json!({ "n": 5 })).unwrap();
    drop((ann, tab));
    let _other = presence.track("room:2", "ann", &json!({ "n": 6 })).unwrap();
    sleep(ms(500)).await;
    assert_eq!(ready(&mut events), ["-ann 2", "-ann 5"], "P080: with what was said last");
}

#[tokio::test(start_paused = true)]
async fn the_other_nodes_are_heard_too() {
    let (_cluster, [one, other]) = nodes([options(), options()]);
    let mut events = one.presence().events(ROOM);
    let ann = other.presence().track(ROOM, "ann", &json!({ "n": 1 })).unwrap();
    sleep(SOON).await;
    assert_eq!(ready(&mut events), ["+ann 1"]);
    drop(ann);
    sleep(SOON).await;
    assert_eq!(ready(&mut events), ["-ann 1"]);
}

#[tokio::test(start_paused = true)]
async fn a_listener_that_is_too_slow_is_told_how_much_it_missed() {
    let endpoint = endpoint(options().diff_rows(10));
    let presence = endpoint.presence();
    let mut events = presence.events(ROOM);
    let tracked = presence.track(ROOM, "ann", &json!({ "n": 0 })).unwrap();
    for n in 1..=40 {
        sleep(ms(500)).await;
        tracked.update(&json!({ "n": n })).unwrap();
    }
    sleep(ms(500)).await;
    let heard = ready(&mut events);
    assert_eq!((heard.len(), &*heard[0], &*heard[1]), (33, "missed 9", "=ann 8 9"));
    let many: Vec<_> = (0..20).map(|key| presence.track(ROOM, key, &json!({ "n": 0 })).unwrap()).collect();
    sleep(ms(500)).await;
    assert_eq!(ready(&mut events), ["missed 11"], "so many are never told one by one");
    assert_eq!(presence.count(ROOM).connections, many.len() as u64 + 1);
}

#[tokio::test(start_paused = true)]
async fn a_topic_is_a_live_value_that_changes_when_somebody_does() {
    let endpoint = endpoint(options());
    let presence = endpoint.presence();
    let mut changes = presence.live(ROOM).changes();
    assert_eq!(changes.next().now_or_never(), None);
    let tracked: Vec<_> = (0..5).map(|key| presence.track(ROOM, key, &json!({})).unwrap()).collect();
    assert_eq!(changes.next().await, Some(()));
    assert_eq!(presence.count(ROOM).keys, 5);
    sleep(ms(1_000)).await;
    assert_eq!(changes.next().now_or_never(), None, "told once");
    drop(tracked);
    assert_eq!(changes.next().await, Some(()));
    drop((presence, endpoint));
    assert_eq!(changes.next().await, None, "it ends with the endpoint");
}
