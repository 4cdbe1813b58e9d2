//! What viewers are told.

use firecrest::prelude::*;
use serde_json::Value;

use super::board::{Watcher, visitor};
use crate::visitor::{Tab, Visitor};

const PATH: &str = "/boards/a";

async fn two() -> (Visitor, Watcher, Watcher) {
    let mut visitor = visitor().await;
    let mut first = Watcher::open(&mut visitor, PATH).await;
    let mut second = Watcher::open(&mut visitor, PATH).await;
    first.until(|html| html.starts_with("<p>2</p>")).await;
    second.until(|html| html.starts_with("<p>2</p>")).await;
    (visitor, first, second)
}

fn say(visitor: &Visitor, event: &str) {
    visitor.server.endpoint.broadcast("board /boards/a", event, &json!({})).unwrap();
}

#[tokio::test]
async fn k037_what_one_viewer_does_is_seen_by_all() {
    let (_visitor, mut first, mut second) = two().await;
    assert_eq!(first.topic, second.topic, "one encoding for both");
    assert_eq!(first.ask("write", json!({ "line": "hello <you>" })).await, json!({}));
    assert!(first.html().ends_with("<b>hello &lt;you&gt;</b>"), "shown before the answer: {}", first.html());
    second.until(|html| html.ends_with("<b>hello &lt;you&gt;</b>")).await;
    assert_eq!(first.html(), second.html());
}

#[tokio::test]
async fn f062_a_reply_is_for_the_one_who_has_asked() {
    let (_visitor, mut first, mut second) = two().await;
    assert_eq!(first.ask("ask", json!({})).await, json!({ "diff": { "r": { "lines": 0 } } }));
    second.tab.expect_silence().await;
}

#[tokio::test]
async fn f061_events_are_pushed_to_all_or_to_one() {
    let (visitor, mut first, mut second) = two().await;
    first.ask("whisper", json!({})).await;
    while first.events.is_empty() {
        assert_eq!(first.next().await, None);
    }
    assert_eq!(first.events, [json!(["psst", { "for": "you" }])]);
    say(&visitor, "x");
    for watcher in [&mut first, &mut second] {
        watcher.until(|html| html.ends_with("<b>x</b>")).await;
        assert_eq!(watcher.events.pop(), Some(json!(["added", 1])));
    }
    assert_eq!(second.events, [] as [Value; 0]);
}

#[tokio::test]
async fn k049_nothing_is_sent_when_nothing_looks_different() {
    let (_visitor, mut first, mut second) = two().await;
    assert_eq!(first.ask("nothing", json!({})).await, json!({}));
    second.tab.expect_silence().await;
}

#[tokio::test]
async fn k006_the_number_of_viewers_rises_and_falls() {
    let (_visitor, mut first, second) = two().await;
    drop(second);
    first.until(|html| html.starts_with("<p>1</p>")).await;
    first.ask("write", json!({ "line": "." })).await;
    assert!(first.html().contains("<i>++-</i>"), "told of each: {}", first.html());
}

#[tokio::test]
async fn what_is_said_before_leaving_is_heard() {
    let (_visitor, mut first, second) = two().await;
    let topic = second.topic.clone();
    let mut tab = second.tab;
    let payload = json!({ "type": "click", "event": "write", "value": { "line": "last words" } });
    tab.tell(&topic, "event", payload).await;
    tab.tell(&topic, "phx_leave", json!({})).await;
    first.until(|html| html.ends_with("<b>last words</b>")).await;
    first.until(|html| html.starts_with("<p>1</p>")).await;
}

#[tokio::test]
async fn timers_handles_and_broadcasts_reach_the_state() {
    let (visitor, mut first, _second) = two().await;
    say(&visitor, "later");
    first.until(|html| html.ends_with("<b>later</b>")).await;
    say(&visitor, "handle");
    first.until(|html| html.ends_with("<b>by handle</b>")).await;
}

#[tokio::test]
async fn f060_the_title_is_everybodys() {
    let (visitor, first, mut second) = two().await;
    assert_eq!(first.joined["response"]["rendered"]["t"], "0 lines");
    assert!(
        first
            .page
            .body
            .contains("<title data-default=\"Nothing\" data-suffix=\" · Test\">0 lines · Test</title>")
    );
    say(&visitor, "x");
    let frame = loop {
        let frame = second.tab.next_json().await;
        if frame[4].get("t").is_some() {
            break frame;
        }
    };
    assert_eq!(frame[4]["t"], "1 lines");
}

#[tokio::test]
async fn a_view_that_was_navigated_to_keeps_the_pages_topic() {
    let mut visitor = visitor().await;
    let mut first = Watcher::open(&mut visitor, PATH).await;
    let page = visitor.get("/boards/b").await;
    let mut tab: Tab = visitor.socket(&page).await;
    let mut payload = page.join("/boards/b");
    tab.join(&page.topic(), payload.clone()).await;
    tab.tell(&page.topic(), "phx_leave", json!({})).await;
    payload["redirect"] = json!("http://localhost/boards/a");
    let reference = tab.begin_join(&page.topic(), payload).await;
    let joined = loop {
        let frame = tab.next_json().await;
        if frame[1] == json!(reference) {
            break frame[4].clone();
        }
    };
    assert_eq!(joined["response"]["container"], json!(["div", {}]));
    let mut moved = Watcher::new(tab, page, joined);
    assert_ne!(moved.topic, first.topic);
    say(&visitor, "for a");
    for watcher in [&mut first, &mut moved] {
        watcher.until(|html| html.starts_with("<p>2</p>") && html.ends_with("<b>for a</b>")).await;
    }
}
