//! What an application adds to presences, and what becomes of it when it is late.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use firecrest::prelude::*;
use firecrest::presence::{Fetch, Members};
use serde_json::Map;
use tokio::time::sleep;

use crate::client::plain;
use crate::room::{endpoint, guest, member, ms, options};

const ROOM: &str = "room:1";

/// Names, from something that may be slow.
#[derive(Clone, Default)]
struct Names {
    /// How long the next takes, in milliseconds; the ones after that take no time.
    delay: Arc<AtomicU64>,
    asked: Arc<Mutex<Vec<Vec<String>>>>,
    panics: Arc<AtomicUsize>,
}

impl Fetch for Names {
    async fn fetch(&self, topic: Arc<str>, keys: Vec<Arc<str>>) -> Members {
        assert!(topic.starts_with("room:"));
        self.asked.lock().unwrap().push(keys.iter().map(ToString::to_string).collect());
        sleep(ms(self.delay.swap(0, Ordering::Relaxed))).await;
        assert!(self.panics.load(Ordering::Relaxed) == 0, "on purpose");
        let name = |key: &Arc<str>| {
            Map::from_iter([
                ("name".to_owned(), json!(key.to_uppercase())),
                ("metas".to_owned(), json!("is none of its business")),
            ])
        };
        let mut members: Members = keys.iter().map(|key| (key.clone(), name(key))).collect();
        members.extend(HashMap::from([(Arc::from("nobody"), Map::new())]));
        members
    }
}

impl Names {
    fn asked(&self) -> Vec<Vec<String>> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

#[tokio::test(start_paused = true)]
async fn p065_c191_lists_states_and_diffs_are_completed() {
    let names = Names::default();
    let endpoint = endpoint(options().fetch("room:*", names.clone()));
    let mut ann = member(&endpoint, ROOM, "ann", json!({})).await;
    assert_eq!(names.asked(), [["ann"]], "nothing is asked for a state without keys");
    let diff = ann.heard(ROOM).pop().unwrap().1;
    assert_eq!(diff["joins"]["ann"]["name"], "ANN");
    let complete = json!({ "ann": { "metas": [{}], "name": "ANN" } });
    assert_eq!(plain(endpoint.presence().list(ROOM).await), complete);
    let one = endpoint.presence().get_by_key(ROOM, "ann").await.unwrap();
    assert_eq!(one.members["name"], "ANN");
    let mut guest = guest(&endpoint, ROOM).await;
    assert_eq!(guest.present(ROOM), complete);
    names.asked();
    ann.after(ms(500)).await;
    ann.ask(ROOM, "update", json!({ "key": "ann", "meta": { "n": 1 } })).await;
    assert_eq!(names.asked(), [["ann"], ["ann"]], "once for those who join, once for those who leave");
    guest.settle().await;
    let diff = guest.heard(ROOM).pop().unwrap().1;
    assert_eq!(
        (&diff["joins"]["ann"]["name"], &diff["leaves"]["ann"]["name"]),
        (&json!("ANN"), &json!("ANN"))
    );
}

#[tokio::test(start_paused = true)]
async fn p067_diffs_come_in_order_even_when_the_first_is_fetched_slowly() {
    let names = Names::default();
    let endpoint = endpoint(options().fetch("room:*", names.clone()));
    let mut guest = guest(&endpoint, ROOM).await;
    guest.heard(ROOM);
    names.delay.store(3_000, Ordering::Relaxed);
    let ann = endpoint.presence().track(ROOM, "ann", &json!({})).unwrap();
    guest.after(ms(600)).await;
    drop(ann);
    let _bob = endpoint.presence().track(ROOM, "bob", &json!({})).unwrap();
    guest.after(ms(1_900)).await;
    assert_eq!(names.asked().len(), 3, "they are asked for at the same time");
    assert_eq!(guest.heard(ROOM), [], "but wait for each other");
    guest.after(ms(600)).await;
    let heard = guest.heard(ROOM);
    assert_eq!(heard.len(), 2);
    assert!(heard[0].1["joins"]["ann"].is_object() && heard[1].1["leaves"]["ann"].is_object());
    assert_eq!(guest.present(ROOM), json!({ "bob": { "metas": [{}], "name": "BOB" } }));
}

#[tokio::test(start_paused = true)]
async fn i14_a_state_that_is_fetched_slowly_misses_nothing_that_happens_meanwhile() {
    let names = Names::default();
    let endpoint = endpoint(options().fetch("room:*", names.clone()));
    let ann = endpoint.presence().track(ROOM, "ann", &json!({})).unwrap();
    names.delay.store(2_000, Ordering::Relaxed);
    let mut guest = guest(&endpoint, ROOM).await;
    assert!(!guest.room(ROOM).is_synced());
    drop(ann);
    let _bob = endpoint.presence().track(ROOM, "bob", &json!({})).unwrap();
    guest.after(ms(2_000)).await;
    let events: Vec<_> = guest.heard(ROOM).into_iter().map(|(event, _)| event).collect();
    assert_eq!(events, ["presence_state", "presence_diff"]);
    assert_eq!(guest.present(ROOM), json!({ "bob": { "metas": [{}], "name": "BOB" } }));
}

#[tokio::test(start_paused = true)]
async fn newcomers_who_come_together_share_a_fetch() {
    let names = Names::default();
    let endpoint = endpoint(options().fetch("room:*", names.clone()));
    let _ann = endpoint.presence().track(ROOM, "ann", &json!({})).unwrap();
    names.delay.store(2_000, Ordering::Relaxed);
    let mut guests = Vec::new();
    for _ in 0..20 {
        guests.push(guest(&endpoint, ROOM).await);
    }
    assert_eq!(names.asked().len(), 1);
    for guest in &mut guests {
        guest.after(ms(2_000)).await;
        assert_eq!(guest.present(ROOM)["ann"]["name"], "ANN");
    }
}

#[tokio::test(start_paused = true)]
async fn a_fetch_that_panics_or_takes_too_long_is_done_without() {
    let names = Names::default();
    let endpoint = endpoint(options().fetch("room:*", names.clone()));
    let mut guest = guest(&endpoint, ROOM).await;
    names.delay.store(60_000, Ordering::Relaxed);
    let _ann = endpoint.presence().track(ROOM, "ann", &json!({})).unwrap();
    guest.after(ms(4_990)).await;
    assert_eq!(guest.present(ROOM), json!({}));
    guest.after(ms(10)).await;
    assert_eq!(guest.present(ROOM), json!({ "ann": { "metas": [{}] } }));
    names.panics.store(1, Ordering::Relaxed);
    let _bob = endpoint.presence().track(ROOM, "bob", &json!({})).unwrap();
    guest.after(ms(500)).await;
    assert_eq!(guest.present(ROOM)["bob"], json!({ "metas": [{}] }));
    assert_eq!(plain(endpoint.presence().list(ROOM).await), guest.present(ROOM));
    names.panics.store(0, Ordering::Relaxed);
    assert_eq!(endpoint.presence().list(ROOM).await.get("bob").unwrap().members["name"], "BOB");
}

#[tokio::test(start_paused = true)]
async fn a_closure_is_a_fetch_and_the_first_pattern_counts() {
    async fn none(_: Arc<str>, _: Vec<Arc<str>>) -> Members {
        Members::new()
    }
    let names = Names::default();
    let endpoint = endpoint(options().fetch("room:quiet", none).fetch("room:*", names.clone()));
    let presence = endpoint.presence();
    let _tracked = ["room:quiet", "room:1"].map(|topic| presence.track(topic, "ann", &json!({})).unwrap());
    assert!(presence.list("room:quiet").await.get("ann").unwrap().members.is_empty());
    assert_eq!(presence.list("room:1").await.get("ann").unwrap().members["name"], "ANN");
}

#[tokio::test(start_paused = true)]
async fn what_was_on_its_way_to_nobody_is_not_told_to_who_comes_next() {
    for waits in [ms(0), ms(600)] {
        let names = Names::default();
        let endpoint = endpoint(options().fetch("room:*", names.clone()));
        let mut first = guest(&endpoint, ROOM).await;
        names.delay.store(2_000, Ordering::Relaxed);
        let ghost = endpoint.presence().track(ROOM, "ghost", &json!({})).unwrap();
        first.after(ms(100)).await;
        assert_eq!(names.asked(), [["ghost"]], "its join is being completed");
        first.close().await;
        drop(ghost);
        // Before the next diff is due, and after it.
        sleep(waits).await;
        let mut next = guest(&endpoint, ROOM).await;
        next.after(ms(5_000)).await;
        assert_eq!(next.present(ROOM), json!({}));
    }
}

#[tokio::test(start_paused = true)]
async fn a_channel_that_is_told_to_end_does_not_wait_for_what_is_fetched() {
    let names = Names::default();
    let endpoint = endpoint(options().fetch("room:*", names.clone()));
    let _ann = endpoint.presence().track(ROOM, "ann", &json!({})).unwrap();
    sleep(ms(10)).await;
    names.delay.store(4_000, Ordering::Relaxed);
    let mut guest = guest(&endpoint, ROOM).await;
    // The one that has joined must end before another can.
    guest.say(ROOM, "phx_join", json!({})).await;
    guest.after(ms(100)).await;
    assert!(guest.has_joined(ROOM));
}
