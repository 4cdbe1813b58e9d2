//! Who comes, changes and goes, on one node.

use firecrest::prelude::*;
use firecrest::presence::TrackError;
use serde_json::Value;

use crate::client::{Client, exact, plain};
use crate::room::{User, endpoint, guest, member, ms, options};

const ROOM: &str = "room:1";

/// What was told, without refs.
fn diffs(client: &mut Client) -> Vec<(Value, Value)> {
    let heard = client.heard(ROOM).into_iter().filter(|(event, _)| event == "presence_diff");
    heard.map(|(_, diff)| (plain(&diff["joins"]), plain(&diff["leaves"]))).collect()
}

#[tokio::test(start_paused = true)]
async fn p063_c187_a_topic_that_nobody_is_in_lists_as_an_empty_object() {
    let endpoint = endpoint(options());
    let listing = endpoint.presence().list(ROOM).await;
    assert!(listing.is_empty());
    assert_eq!(serde_json::to_value(&listing).unwrap(), json!({}));
    let mut guest = guest(&endpoint, ROOM).await;
    assert_eq!(guest.heard(ROOM), [("presence_state".to_owned(), json!({}))]);
}

#[tokio::test(start_paused = true)]
async fn p063_c188_keys_are_text_even_when_tracked_with_numbers() {
    let endpoint = endpoint(options());
    let mut client = guest(&endpoint, ROOM).await;
    client.ask(ROOM, "track", json!({ "key": 7, "meta": {} })).await;
    let listing = endpoint.presence().list(ROOM).await;
    assert_eq!(plain(&listing), json!({ "7": { "metas": [{}] } }));
    assert_eq!(client.present(ROOM), json!({ "7": { "metas": [{}] } }));
}

#[tokio::test(start_paused = true)]
async fn p066_c190_c194_everybody_on_the_topic_is_told_who_comes_and_who_goes_with_the_same_ref() {
    let endpoint = endpoint(options());
    let (mut ann, mut guest) = (guest(&endpoint, ROOM).await, guest(&endpoint, ROOM).await);
    ann.ask(ROOM, "track", json!({ "key": "ann", "meta": { "at": "home" } })).await;
    ann.settle().await;
    guest.settle().await;
    let joined = guest.heard(ROOM).pop().unwrap();
    assert_eq!(joined.0, "presence_diff");
    assert_eq!(ann.heard(ROOM).pop().unwrap(), joined, "its own client is told too");
    assert_eq!(joined.1["leaves"], json!({}), "both members are always there");
    assert_eq!(plain(&joined.1["joins"]), json!({ "ann": { "metas": [{ "at": "home" }] } }));
    assert_eq!(endpoint.presence().count(ROOM).keys, 1);

    ann.close().await;
    assert!(endpoint.presence().list(ROOM).await.is_empty(), "at once");
    guest.after(ms(500)).await;
    let left = guest.heard(ROOM).pop().unwrap().1;
    assert_eq!((&left["joins"], &left["leaves"]), (&json!({}), &joined.1["joins"]));
    assert_eq!(guest.present(ROOM), json!({}));
}

#[tokio::test(start_paused = true)]
async fn c190_who_is_tracked_without_having_asked_for_the_state_is_told_of_itself() {
    let endpoint = endpoint(options());
    let mut ann = Client::connect::<User>(&endpoint).await;
    ann.join(ROOM, json!({ "key": "ann", "meta": {} })).await;
    assert_eq!(diffs(&mut ann), [(json!({ "ann": { "metas": [{}] } }), json!({}))]);
}

#[tokio::test(start_paused = true)]
async fn p052_who_crashes_is_gone() {
    let endpoint = endpoint(options());
    let mut ann = member(&endpoint, ROOM, "ann", json!({})).await;
    let mut guest = guest(&endpoint, ROOM).await;
    assert_eq!(guest.present(ROOM)["ann"]["metas"], json!([{}]));
    ann.say(ROOM, "crash", json!({})).await;
    guest.after(ms(500)).await;
    assert_eq!(guest.present(ROOM), json!({}));
}

#[tokio::test(start_paused = true)]
async fn c193_c195_p049_p050_untracking_ends_one_key_and_nothing_when_there_is_none() {
    let endpoint = endpoint(options());
    let mut ann = member(&endpoint, ROOM, "ann", json!({})).await;
    ann.ask(ROOM, "track", json!({ "key": "too", "meta": {} })).await;
    ann.after(ms(500)).await;
    diffs(&mut ann);
    assert_eq!(ann.ask(ROOM, "untrack", json!({ "key": "ann" })).await.1, json!({ "was": true }));
    assert_eq!(ann.ask(ROOM, "untrack", json!({ "key": "ann" })).await.1, json!({ "was": false }));
    ann.after(ms(500)).await;
    assert_eq!(diffs(&mut ann), [(json!({}), json!({ "ann": { "metas": [{}] } }))]);
    assert_eq!(ann.present(ROOM), json!({ "too": { "metas": [{}] } }));
}

#[tokio::test(start_paused = true)]
async fn c196_p053_an_update_is_one_diff_that_names_the_ref_before() {
    let endpoint = endpoint(options());
    let mut ann = member(&endpoint, ROOM, "ann", json!({ "n": 1 })).await;
    ann.after(ms(500)).await;
    let joined = ann.heard(ROOM).pop().unwrap().1;
    assert_eq!(ann.ask(ROOM, "update", json!({ "key": "ann", "meta": { "n": 2 } })).await.0, "ok");
    let heard = ann.heard(ROOM);
    assert_eq!(heard.len(), 1);
    let (new, old) = (&heard[0].1["joins"]["ann"]["metas"], &heard[0].1["leaves"]["ann"]["metas"]);
    assert_eq!(*old, joined["joins"]["ann"]["metas"]);
    assert_eq!((new.as_array().unwrap().len(), &new[0]["n"]), (1, &json!(2)));
    assert_eq!(new[0]["phx_ref_prev"], old[0]["phx_ref"]);
    assert_ne!(new[0]["phx_ref"], old[0]["phx_ref"]);
    assert_eq!(ann.present(ROOM), json!({ "ann": { "metas": [{ "n": 2 }] } }));
    let listing = endpoint.presence().list(ROOM).await;
    assert_eq!(exact(&listing), exact(&ann.room(ROOM).state), "the refs are everywhere the same");
}

#[tokio::test(start_paused = true)]
async fn what_says_the_same_is_not_sent() {
    let endpoint = endpoint(options());
    let mut ann = member(&endpoint, ROOM, "ann", json!({ "n": 1 })).await;
    ann.after(ms(500)).await;
    ann.heard(ROOM);
    let mut same =
        endpoint.presence().list(ROOM).await.get("ann").unwrap().metas[0].parse::<Value>().unwrap();
    assert_eq!(ann.ask(ROOM, "update", json!({ "key": "ann", "meta": same })).await.0, "ok");
    ann.after(ms(500)).await;
    assert_eq!(ann.heard(ROOM), []);
    same["n"] = json!(2);
    ann.ask(ROOM, "update", json!({ "key": "ann", "meta": same })).await;
    assert_eq!(ann.heard(ROOM).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn p054_p055_c197_c228_tracking_twice_and_updating_nobody_are_refused() {
    let endpoint = endpoint(options());
    let mut ann = member(&endpoint, ROOM, "ann", json!({})).await;
    let (status, reason) = ann.ask(ROOM, "track", json!({ "key": "ann", "meta": { "again": true } })).await;
    assert_eq!(status, "error");
    assert_eq!(reason["reason"], json!(r#"already tracked under the key "ann": update it instead"#));
    let (_, reason) = ann.ask(ROOM, "update", json!({ "key": "eve", "meta": {} })).await;
    assert_eq!(reason["reason"], json!(r#"not tracked under the key "eve""#));
    let other = ann.join("room:2", json!({ "key": "ann", "meta": {} })).await;
    assert_eq!(other, json!({}), "another topic is another presence");
    assert_eq!(endpoint.presence().count(ROOM).connections, 1);
    assert_eq!(endpoint.presence().count("room:2").connections, 1);
}

#[tokio::test(start_paused = true)]
async fn p071_c189_the_metas_of_a_key_are_the_oldest_first_and_an_update_keeps_its_place() {
    let endpoint = endpoint(options());
    let mut tabs = Vec::new();
    for tab in 0..5 {
        tabs.push(member(&endpoint, ROOM, "ann", json!({ "tab": tab })).await);
    }
    tabs[1].ask(ROOM, "update", json!({ "key": "ann", "meta": { "tab": "one" } })).await;
    let ann = endpoint.presence().get_by_key(ROOM, "ann").await.unwrap();
    let order: Vec<Value> =
        ann.metas.iter().map(|meta| meta.parse::<Value>().unwrap()["tab"].clone()).collect();
    assert_eq!(order, [json!(0), json!("one"), json!(2), json!(3), json!(4)]);
    let count = endpoint.presence().count(ROOM);
    assert_eq!((count.keys, count.connections), (1, 5));
    assert_eq!(endpoint.presence().get_by_key(ROOM, "eve").await, None, "P064");
    assert_eq!(endpoint.presence().get_by_key("room:2", "ann").await, None);
}

#[tokio::test(start_paused = true)]
async fn c195_a_guard_tracks_until_it_is_dropped() {
    let endpoint = endpoint(options());
    let presence = endpoint.presence();
    let mut guest = guest(&endpoint, ROOM).await;
    let (one, other) =
        (presence.track(ROOM, 1, &json!({})).unwrap(), presence.track(ROOM, 1, &json!({})).unwrap());
    assert_eq!(presence.count(ROOM).connections, 2, "each call is a presence of its own");
    one.update(&json!({ "busy": true })).unwrap();
    guest.settle().await;
    assert_eq!(guest.present(ROOM), json!({ "1": { "metas": [{ "busy": true }, {}] } }));
    one.untrack();
    drop(other);
    assert_eq!(presence.count(ROOM).connections, 0);
    guest.after(ms(500)).await;
    assert_eq!(guest.present(ROOM), json!({}));
}

#[tokio::test(start_paused = true)]
async fn a_guard_that_outlives_its_endpoint_does_nothing() {
    let endpoint = endpoint(options());
    let tracked = endpoint.presence().track(ROOM, "ann", &json!({})).unwrap();
    drop(endpoint);
    assert!(matches!(tracked.update(&json!({ "n": 1 })), Err(TrackError::Ended)));
}

#[tokio::test(start_paused = true)]
async fn p074_who_joins_again_is_given_a_state_again() {
    let endpoint = endpoint(options());
    let _bob = member(&endpoint, ROOM, "bob", json!({})).await;
    let mut ann = member(&endpoint, ROOM, "ann", json!({})).await;
    ann.after(ms(500)).await;
    let both = json!({ "ann": { "metas": [{}] }, "bob": { "metas": [{}] } });
    assert_eq!(ann.present(ROOM), both);
    ann.join(ROOM, json!({ "key": "ann", "meta": {}, "state": true })).await;
    assert!(ann.room(ROOM).is_synced());
    ann.after(ms(500)).await;
    assert_eq!(ann.present(ROOM), both);
    let mut eve = Client::connect::<User>(&endpoint).await;
    eve.join(ROOM, json!({})).await;
    assert!(!eve.room(ROOM).is_synced(), "who does not ask is not told");
}

#[tokio::test(start_paused = true)]
async fn p077_keys_may_be_anything() {
    let endpoint = endpoint(options());
    let mut ann = guest(&endpoint, ROOM).await;
    for key in ["__proto__", "", "\"\\\n\u{0}", "ключ"] {
        assert_eq!(ann.ask(ROOM, "track", json!({ "key": key, "meta": {} })).await.0, "ok");
    }
    ann.after(ms(500)).await;
    let keys: Vec<String> = ann.room(ROOM).state.keys().cloned().collect();
    assert_eq!(keys, ["", "\"\\\n\u{0}", "__proto__", "ключ"]);
}

#[tokio::test(start_paused = true)]
async fn diffs_of_a_topic_come_twice_a_second_at_most() {
    let endpoint = endpoint(options());
    let mut guest = guest(&endpoint, ROOM).await;
    guest.heard(ROOM);
    let mut tracked = Vec::new();
    for number in 0..100 {
        tracked.push(endpoint.presence().track(ROOM, number, &json!({})).unwrap());
        guest.after(ms(19)).await;
    }
    let diffs = guest.heard(ROOM).len();
    assert!((4..=5).contains(&diffs), "{diffs} in two seconds");
    guest.after(ms(500)).await;
    assert_eq!(guest.room(ROOM).state.len(), 100);
}
