//! What is refused, in words, and without anybody crashing.

use std::time::Duration;

use firecrest::Endpoint;
use firecrest::prelude::*;
use firecrest::presence::{PresenceOptions, TrackError};
use firecrest::testing::times_reached;

use crate::client::Client;
use crate::room::{User, endpoint, guest, options};

const ROOM: &str = "room:1";

#[tokio::test(start_paused = true)]
async fn a_channel_may_call_five_times_in_half_a_minute() {
    let endpoint = endpoint(PresenceOptions::new());
    let mut ann = Client::connect::<User>(&endpoint).await;
    ann.join(ROOM, json!({ "key": "ann", "meta": {} })).await;
    for number in 0..4 {
        let answer = ann.ask(ROOM, "update", json!({ "key": "ann", "meta": { "n": number } })).await;
        assert_eq!(answer.0, "ok");
    }
    let answer = ann.ask(ROOM, "update", json!({ "key": "ann", "meta": { "n": 5 } })).await;
    assert_eq!(answer, ("error".into(), json!({ "reason": "tracked or updated more than 5 times in 30s" })));
    assert!(times_reached("presence_calls") > 0);
    let answer = ann.ask(ROOM, "untrack", json!({ "key": "ann" })).await;
    assert_eq!(answer.1, json!({ "was": true }), "leaving is always possible");
    assert_eq!(ann.ask(ROOM, "track", json!({ "key": "ann", "meta": {} })).await.0, "error");
    ann.join("room:2", json!({})).await;
    assert_eq!(
        ann.ask("room:2", "track", json!({ "key": "ann", "meta": {} })).await.0,
        "ok",
        "another channel"
    );
    ann.after(Duration::from_secs(30)).await;
    assert_eq!(ann.ask(ROOM, "track", json!({ "key": "ann", "meta": {} })).await.0, "ok");
}

#[tokio::test(start_paused = true)]
async fn what_changes_nothing_does_not_count_as_a_call() {
    let endpoint = endpoint(PresenceOptions::new());
    let mut ann = Client::connect::<User>(&endpoint).await;
    ann.join(ROOM, json!({ "key": "ann", "meta": { "n": 1 } })).await;
    for _ in 0..10 {
        let same = ann.ask(ROOM, "update", json!({ "key": "ann", "meta": { "n": 1 } })).await;
        assert_eq!(same.0, "ok");
        let (_, reason) = ann.ask(ROOM, "update", json!({ "key": "ann", "meta": [] })).await;
        assert_eq!(reason["reason"], "the meta must be a JSON object");
        let (_, reason) = ann.ask(ROOM, "track", json!({ "key": "ann", "meta": {} })).await;
        assert!(reason["reason"].as_str().unwrap().starts_with("already tracked"));
    }
    for number in 2..6 {
        let answer = ann.ask(ROOM, "update", json!({ "key": "ann", "meta": { "n": number } })).await;
        assert_eq!(answer.0, "ok");
    }
    assert_eq!(ann.ask(ROOM, "update", json!({ "key": "ann", "meta": { "n": 6 } })).await.0, "error");
}

#[tokio::test(start_paused = true)]
async fn what_does_not_fit_is_refused_and_changes_nothing() {
    let endpoint = endpoint(options().meta_bytes(100).topic_rows(2).rows(3));
    let presence = endpoint.presence();
    let error = |topic: &str, key: &str, meta| presence.track(topic, key, &meta).unwrap_err();
    assert!(matches!(error(ROOM, "k", json!("text")), TrackError::NotAnObject));
    assert!(matches!(
        error(ROOM, "k", json!({ "text": "x".repeat(100) })),
        TrackError::TooLong { what: "meta", .. }
    ));
    assert!(matches!(error(ROOM, &"k".repeat(1_025), json!({})), TrackError::TooLong { what: "key", .. }));
    assert!(matches!(error(&"t".repeat(1_025), "k", json!({})), TrackError::TooLong { what: "topic", .. }));
    assert_eq!(presence.count(ROOM).connections, 0);

    let one = presence.track(ROOM, "a", &json!({})).unwrap();
    assert!(matches!(one.update(&json!([])), Err(TrackError::NotAnObject)));
    assert!(matches!(one.update(&json!({ "t": "x".repeat(100) })), Err(TrackError::TooLong { .. })));
    let _two = presence.track(ROOM, "a", &json!({})).unwrap();
    assert!(matches!(error(ROOM, "b", json!({})), TrackError::TopicFull { max: 2 }));
    assert!(times_reached("presence_rows") > 0);
    let _three = presence.track("room:2", "a", &json!({})).unwrap();
    assert!(matches!(error("room:3", "a", json!({})), TrackError::Full { max: 3 }));
    drop(one);
    let _four = presence.track("room:3", "a", &json!({})).unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_channel_on_a_full_node_is_told_so_and_lives() {
    let endpoint = endpoint(options().rows(0));
    let mut ann = guest(&endpoint, ROOM).await;
    let (status, reason) = ann.ask(ROOM, "track", json!({ "key": "ann", "meta": {} })).await;
    assert_eq!((&*status, &reason["reason"]), ("error", &json!("this node has 0 rows and takes no more")));
    assert_eq!(
        ann.ask(ROOM, "track", json!({ "key": "ann", "meta": 1 })).await.1["reason"],
        "the meta must be a JSON object"
    );
    assert_eq!(ann.ask(ROOM, "state", json!({})).await.0, "ok");
}

#[test]
fn p059_p060_options_that_contradict_each_other_are_an_error_at_start_in_words() {
    let error = |options| Endpoint::builder().presence(options).build().unwrap_err().to_string();
    let seconds = Duration::from_secs;
    let options = PresenceOptions::new;
    for (options, text) in [
        (
            options().heartbeat(seconds(20)),
            "presence: a node would be down after 30s, which is less than two heartbeats of 20s",
        ),
        (
            options().forget_after(seconds(30)),
            "presence: a node would be forgotten after 30s, no later than it is down, after 30s",
        ),
        (options().broadcast_interval(Duration::ZERO), "presence: broadcast_interval must be more than 0"),
        (options().state_keys(0), "presence: state_keys must be more than 0"),
        (options().fetch_timeout(seconds(61)), "presence: a fetch may take 61s, which is more than a minute"),
        (
            options().meta_bytes(65_537),
            "presence: metas of 65537 bytes are larger than 65536, the most that fits",
        ),
    ] {
        assert_eq!(error(options), text);
    }
    let text = error(options().mode("room:*:x", firecrest::presence::Mode::Off));
    assert!(text.contains("room:*:x"), "{text}");
}
