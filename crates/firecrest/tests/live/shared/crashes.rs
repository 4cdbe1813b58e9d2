//! A crash starts the state anew.

use std::sync::atomic::{AtomicUsize, Ordering};

use firecrest::live::shared::{Shared, SharedView, Start, Viewer};
use firecrest::prelude::*;
use serde::Deserialize;

use super::board::{Watcher, visitor};
use crate::pages::root;
use crate::visitor::Visitor;

#[tokio::test]
async fn after_a_crash_every_viewer_sees_the_new_state() {
    let mut visitor = visitor().await;
    let mut culprit = Watcher::open(&mut visitor, "/boards/a").await;
    let mut other = Watcher::open(&mut visitor, "/boards/a").await;
    other.ask("write", json!({ "line": "before" })).await;
    other.until(|html| html.contains("<p>2</p>")).await;
    culprit.until(|html| html.contains("<p>2</p>") && html.contains("before")).await;
    let topic = culprit.topic.clone();
    culprit.tab.tell(&topic, "event", json!({ "type": "click", "event": "crash", "value": {} })).await;
    // Its own client joins again: so it learns that the event was lost.
    let end = loop {
        if let Some(frame) = culprit.next().await {
            break frame;
        }
    };
    assert_eq!(end[3], "phx_error");
    // The other one is simply shown the new state.
    other.until(|html| !html.contains("before")).await;
    assert_eq!(other.ask("write", json!({ "line": "after" })).await, json!({}));
    assert!(other.html().ends_with("<b>after</b>"), "{}", other.html());
    assert!(other.html().contains("<p>1</p>"), "{}", other.html());
    let (mut tab, page, joined) = visitor.open("/boards/a").await;
    tab.tell(&page.topic(), "phx_leave", json!({})).await;
    assert_eq!(super::board::lines(&joined), ["after"]);
}

#[tokio::test]
async fn the_new_state_is_sent_as_a_change_of_the_old() {
    let mut visitor = visitor().await;
    let mut other = Watcher::open(&mut visitor, "/boards/a").await;
    let mut culprit = Watcher::open(&mut visitor, "/boards/a").await;
    other.ask("write", json!({ "line": "before" })).await;
    other.until(|html| html.contains("<p>2</p>")).await;
    let topic = culprit.topic.clone();
    culprit.tab.tell(&topic, "event", json!({ "type": "click", "event": "crash", "value": {} })).await;
    let frame = loop {
        let frame = other.tab.next_json().await;
        if frame[4].get("2").is_some() {
            break frame;
        }
    };
    assert!(frame[4].get("s").is_none(), "nothing is replaced that looks the same: {frame}");
    assert_eq!(frame[4]["t"], "0 lines");
}

#[tokio::test]
async fn a_flood_of_broadcasts_starts_the_state_anew_and_it_goes_on() {
    let mut visitor = visitor().await;
    let mut board = Watcher::open(&mut visitor, "/boards/a").await;
    board.ask("write", json!({ "line": "before" })).await;
    // It is one task; on this runtime of one thread nobody reads meanwhile.
    for _ in 0..2_000 {
        visitor.server.endpoint.broadcast("board /boards/a", "flood", &json!({})).unwrap();
    }
    board.until(|html| !html.contains("before")).await;
    visitor.server.endpoint.broadcast("board /boards/a", "after", &json!({})).unwrap();
    board.until(|html| html.ends_with("<b>after</b>")).await;
    assert!(!board.html().contains("flood"), "what was said to the last state is not said to the next");
}

/// Starts as often as it may, and falls over whenever somebody comes.
struct Weak;

static STARTED: AtomicUsize = AtomicUsize::new(0);

#[derive(Deserialize)]
enum Never {}

impl SharedView for Weak {
    type Event = Never;
    type Info = ();

    async fn start(_cx: &mut Start<'_>) -> Result<Self, MountError> {
        STARTED.fetch_add(1, Ordering::SeqCst);
        Ok(Weak)
    }

    async fn handle_join(&mut self, _viewer: &Viewer, _cx: &mut Shared<'_>) -> Outcome {
        panic!("a viewer!")
    }

    fn render(&self) -> Html {
        html! { <p>"weak"</p> }
    }
}

#[tokio::test]
async fn a_view_that_crashes_again_and_again_sends_its_viewers_away() {
    let mut visitor = Visitor::of(|live| live.root_layout(root).shared::<Weak>("/weak")).await;
    let mut watcher = Watcher::open(&mut visitor, "/weak").await;
    let end = loop {
        if let Some(frame) = watcher.next().await {
            break frame;
        }
    };
    assert_eq!(end[3], "phx_error");
    assert_eq!(STARTED.load(Ordering::SeqCst), 6, "once, and five times again");
    assert!(firecrest::testing::times_reached("shared_restarts") > 0);
    assert_eq!(visitor.get("/weak").await.status, 200, "and the next one finds a new one");
}

/// Cannot be shown.
struct Broken;

impl SharedView for Broken {
    type Event = NoEvents;
    type Info = ();

    async fn start(cx: &mut Start<'_>) -> Result<Self, MountError> {
        match cx.key() {
            "/broken/start" => panic!("no start"),
            _ => Ok(Broken),
        }
    }

    fn render(&self) -> Html {
        html! { {nested::<crate::pages::Family>("inside")} }
    }
}

#[tokio::test]
async fn what_cannot_start_or_be_rendered_is_an_error_page() {
    let mut visitor = Visitor::of(|live| live.root_layout(root).shared::<Broken>("/broken/{how}")).await;
    assert_eq!(visitor.get("/broken/start").await.status, 500);
    assert_eq!(visitor.get("/broken/render").await.status, 500);
}

#[tokio::test]
async fn an_event_that_is_not_understood_ends_its_own_channel_only() {
    let mut visitor = visitor().await;
    let mut culprit = Watcher::open(&mut visitor, "/boards/a").await;
    let mut other = Watcher::open(&mut visitor, "/boards/a").await;
    culprit.until(|html| html.contains("<p>2</p>")).await;
    other.ask("write", json!({ "line": "kept" })).await;
    let topic = culprit.topic.clone();
    culprit.tab.tell(&topic, "event", json!({ "type": "click", "event": "unheard_of", "value": {} })).await;
    let end = loop {
        if let Some(frame) = culprit.next().await {
            break frame;
        }
    };
    assert_eq!(end[3], "phx_error");
    other.until(|html| html.contains("<p>1</p>")).await;
    assert!(other.html().ends_with("<b>kept</b>"));
}
