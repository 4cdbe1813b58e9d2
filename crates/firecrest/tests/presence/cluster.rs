//! Several nodes: what each knows of the others' clients, and when.

use std::time::Duration;

use firecrest::prelude::*;
use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::captured::Captured;
use crate::client::exact;
use crate::room::{SOON, guest, member, ms, node, nodes, options};

const ROOM: &str = "room:1";

/// Waits for a condition; how long that took.
pub(crate) async fn until(condition: impl Fn() -> bool) -> Duration {
    let start = Instant::now();
    while !condition() {
        sleep(ms(10)).await;
        assert!(start.elapsed() < Duration::from_secs(60), "in vain");
    }
    start.elapsed()
}

pub(crate) fn present(endpoint: &Endpoint) -> u64 {
    endpoint.presence().count(ROOM).connections
}

#[tokio::test(start_paused = true)]
async fn p047_who_comes_and_goes_is_told_on_every_node() {
    let (_cluster, [a, b, c]) = nodes([options(), options(), options()]);
    let (mut here, mut there) = (guest(&a, ROOM).await, guest(&b, ROOM).await);
    here.after(SOON).await;
    let mut ann = member(&c, ROOM, "ann", json!({ "n": 1 })).await;
    let took = until(|| present(&a) == 1 && present(&b) == 1).await;
    assert!(took < ms(100), "the first after a quiet time is told at once, not after {took:?}");
    ann.ask(ROOM, "update", json!({ "key": "ann", "meta": { "n": 2 } })).await;
    ann.after(ms(2_500)).await;
    here.settle().await;
    there.settle().await;
    let expected = json!({ "ann": { "metas": [{ "n": 2 }] } });
    assert_eq!((here.present(ROOM), there.present(ROOM)), (expected.clone(), expected));
    let all = [exact(&here.room(ROOM).state), exact(&there.room(ROOM).state), exact(&ann.room(ROOM).state)];
    assert!(all[0] == all[1] && all[1] == all[2], "with the same refs everywhere");
    ann.close().await;
    here.after(ms(2_500)).await;
    there.settle().await;
    assert_eq!((here.present(ROOM), there.present(ROOM)), (json!({}), json!({})));
}

#[tokio::test(start_paused = true)]
async fn p042_a_node_that_comes_late_learns_who_is_there() {
    let (cluster, [a]) = nodes([options()]);
    let mut tracked = Vec::new();
    for key in 0..50 {
        tracked.push(a.presence().track(ROOM, key, &json!({})).unwrap());
    }
    sleep(Duration::from_secs(60)).await;
    let late = node(&cluster, "late", options());
    until(|| present(&late) == 50).await;
    let mut guest = guest(&late, ROOM).await;
    assert_eq!(guest.room(ROOM).state.len(), 50);
    drop(tracked);
    until(|| present(&late) == 0).await;
    guest.after(ms(500)).await;
    assert_eq!(guest.present(ROOM), json!({}));
}

#[tokio::test(start_paused = true)]
async fn p071_metas_of_a_key_on_several_nodes_are_the_oldest_first_on_each() {
    let (_cluster, [a, b]) = nodes([options(), options()]);
    let mut tracked = Vec::new();
    for n in 0..6 {
        let endpoint = if n % 2 == 0 { &b } else { &a };
        tracked.push(endpoint.presence().track(ROOM, "ann", &json!({ "n": n })).unwrap());
        // Two of them in one microsecond have no order.
        std::thread::sleep(Duration::from_micros(10));
    }
    sleep(SOON).await;
    for endpoint in [&a, &b] {
        let ann = endpoint.presence().get_by_key(ROOM, "ann").await.unwrap();
        let order: Vec<_> =
            ann.metas.iter().map(|meta| meta.parse::<Value>().unwrap()["n"].clone()).collect();
        assert_eq!(order, [0, 1, 2, 3, 4, 5].map(Value::from));
    }
}

#[tokio::test(start_paused = true)]
async fn p045_a_node_that_is_cut_off_is_gone_until_it_is_back_with_the_same_refs() {
    let (cluster, [a, b]) = nodes([options(), options()]);
    let mut here = guest(&a, ROOM).await;
    let mut there = member(&b, ROOM, "bob", json!({})).await;
    here.after(SOON).await;
    let before = exact(&here.room(ROOM).state);
    assert_ne!(before, json!({}));
    cluster.cut("b");
    let took = until(|| present(&a) == 0).await;
    assert!((Duration::from_secs(24)..Duration::from_secs(32)).contains(&took), "{took:?}");
    here.after(ms(500)).await;
    assert_eq!(here.present(ROOM), json!({}));
    there.after(ms(500)).await;
    assert_eq!(exact(&there.room(ROOM).state), before, "its own clients stay");
    cluster.heal("b");
    let took = until(|| present(&a) == 1).await;
    assert!(took < Duration::from_secs(6), "{took:?}");
    here.after(ms(500)).await;
    assert_eq!(exact(&here.room(ROOM).state), before);
}

#[tokio::test(start_paused = true)]
async fn p085_what_was_lost_on_the_way_is_noticed_and_repaired_without_new_writes() {
    let (cluster, [a, b]) = nodes([options(), options()]);
    sleep(SOON).await;
    cluster.cut("b");
    let _ann = a.presence().track(ROOM, "ann", &json!({})).unwrap();
    let _bob = b.presence().track(ROOM, "bob", &json!({})).unwrap();
    sleep(ms(2_000)).await;
    cluster.heal("b");
    assert_eq!((present(&a), present(&b)), (1, 1));
    let took = until(|| present(&a) == 2 && present(&b) == 2).await;
    assert!(took < Duration::from_secs(2), "{took:?}: before the next heartbeat");
}

#[tokio::test(start_paused = true)]
async fn p044_a_node_that_was_killed_is_gone_within_the_down_time_and_at_once_when_it_is_back() {
    let (cluster, [a, b]) = nodes([options(), options()]);
    let tracked = b.presence().track(ROOM, "bob", &json!({})).unwrap();
    let _forgotten = std::mem::ManuallyDrop::new(tracked);
    sleep(SOON).await;
    assert_eq!(present(&a), 1);
    cluster.cut("b");
    let again = node(&cluster, "c", options());
    drop(b);
    let took = until(|| present(&a) == 0).await;
    assert!(took < Duration::from_secs(32), "{took:?}");

    let tracked = again.presence().track(ROOM, "cat", &json!({ "life": 1 })).unwrap();
    until(|| present(&a) == 1).await;
    cluster.cut("c");
    drop((std::mem::ManuallyDrop::new(tracked), again));
    cluster.heal("c");
    let next = node(&cluster, "c", options());
    let _cat = next.presence().track(ROOM, "cat", &json!({ "life": 2 })).unwrap();
    until(|| present(&next) == 1).await;
    sleep(SOON).await;
    let cat = a.presence().get_by_key(ROOM, "cat").await.unwrap();
    let lives: Vec<_> = cat.metas.iter().map(|meta| meta.parse::<Value>().unwrap()["life"].clone()).collect();
    assert_eq!(lives, [2], "the rows of its last life are gone");
}

#[tokio::test(start_paused = true)]
async fn p086_two_nodes_of_one_name_are_reported() {
    let log = Captured::start();
    let (cluster, [a]) = nodes([options()]);
    let again = node(&cluster, "a", options());
    let _ann = again.presence().track(ROOM, "ann", &json!({})).unwrap();
    sleep(SOON).await;
    assert_eq!(present(&a), 0, "it is not heard");
    let log = log.take();
    assert!(log.contains("ERROR") && log.contains(r#"another node has the name "a""#), "{log}");
}
