//! Views that wait between page and socket: which do, what they hear, and how they end.

use std::cell::Cell;
use std::time::Duration;

use firecrest::live::ParkLimits;
use firecrest::prelude::*;
use firecrest::testing::times_reached;
use serde::Deserialize;

use crate::pages::root;
use crate::support::until;
use crate::visitor::{Mounts, Provide, Visitor, ok};

thread_local! {
    /// How many views were dropped. A test and its server are one thread.
    static DROPPED: Cell<usize> = const { Cell::new(0) };
}

fn dropped() -> usize {
    DROPPED.get()
}

/// A view, with one inside on request, that counts its end and may panic there.
struct Mortal {
    panics: bool,
    has_child: bool,
}

impl Drop for Mortal {
    fn drop(&mut self) {
        DROPPED.set(dropped() + 1);
        assert!(!self.panics, "was told to");
    }
}

impl LiveView for Mortal {
    type Event = NoEvents;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let asked = |name| cx.params().get(name).is_some();
        Ok(Mortal { panics: asked("panic"), has_child: asked("child") })
    }

    fn render(&self) -> Html {
        html! { if self.has_child { {nested::<Mortal>("child")} } }
    }
}

async fn mortals(change: impl FnOnce(&mut ParkLimits)) -> Visitor {
    let mut limits = ParkLimits::default();
    change(&mut limits);
    Visitor::of(|live| live.root_layout(root).park(limits).page::<Mortal>("/mortal")).await
}

#[tokio::test]
async fn a_view_that_panics_at_its_end_does_not_keep_others_waiting() {
    let mut visitor = mortals(|limits| limits.time = Duration::from_millis(20)).await;
    for path in ["/mortal?panic", "/mortal"] {
        assert_eq!(visitor.get(path).await.status, 200);
    }
    until(|| dropped() == 2).await;
    assert_eq!(visitor.get("/mortal").await.status, 200);
    until(|| dropped() == 3).await;
}

#[tokio::test]
async fn a_view_that_panics_at_its_end_is_no_error_of_the_page_that_takes_its_place() {
    let mut visitor = mortals(|limits| limits.views = 1).await;
    assert_eq!(visitor.get("/mortal?panic").await.status, 200);
    let before = times_reached("parked_views");
    assert_eq!((visitor.get("/mortal").await.status, dropped()), (200, 1));
    assert!(times_reached("parked_views") > before);
}

#[tokio::test]
async fn f070_nothing_waits_for_somebody_who_asked_for_the_head_only() {
    let mut visitor = mortals(|_| {}).await;
    let head = "HEAD /mortal?child HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    let answer = visitor.server.http(head).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert_eq!(dropped(), 2);
    assert_eq!(visitor.get("/mortal?child").await.status, 200);
    assert_eq!(dropped(), 2, "these wait");
}

/// Listens when it is mounted for the first time, and says so when it is dropped.
struct Listener {
    heard: u32,
    last_words: Option<Endpoint>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ListenerEvent {
    Heard,
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Some(endpoint) = &self.last_words {
            endpoint.broadcast("news", "farewell", &json!({})).unwrap();
        }
    }
}

impl LiveView for Listener {
    type Event = ListenerEvent;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let mounts = cx.get::<Mounts>().cloned().unwrap_or_default();
        mounts.count();
        let is_first = mounts.get() == 1;
        if is_first {
            cx.subscribe("news");
        }
        Ok(Listener { heard: 0, last_words: is_first.then(|| cx.endpoint().clone()) })
    }

    async fn handle_event(&mut self, event: ListenerEvent, _cx: &mut View<'_>) -> Outcome {
        match event {
            ListenerEvent::Heard => Reply::ok(json!({ "heard": self.heard })).into(),
        }
    }

    async fn handle_broadcast(&mut self, _broadcast: &Broadcast, _cx: &mut View<'_>) -> Outcome {
        self.heard += 1;
        Outcome::NoReply
    }

    fn render(&self) -> Html {
        html! { <i>"news"</i> }
    }
}

#[tokio::test]
async fn f078_a_view_hears_nothing_of_what_its_predecessor_had_subscribed_to() {
    let mounts = Mounts::default();
    let provided = mounts.clone();
    let mut visitor =
        Visitor::of(|live| live.root_layout(root).on_mount(Provide(provided)).page::<Listener>("/listener"))
            .await;
    let page = visitor.get("/listener").await;
    visitor.server.endpoint.broadcast("news", "missed", &json!({})).unwrap();
    let mut tab = visitor.socket(&page).await;
    ok(&tab.join(&page.topic(), page.join("/listener")).await);
    assert_eq!(mounts.get(), 2, "the view of the page has missed something");
    let answer = tab.click(&page.topic(), "heard", json!({})).await;
    assert_eq!(answer, json!({"diff": {"r": {"heard": 0}}}));
}

/// Hands its handle to somebody while it is mounted.
struct Told {
    what: u32,
}

impl LiveView for Told {
    type Event = NoEvents;
    type Info = u32;

    async fn mount(cx: &mut Mount<'_, u32>) -> Result<Self, MountError> {
        if let Some(handle) = cx.handle() {
            handle.send(7)?;
        }
        Ok(Told { what: 0 })
    }

    async fn handle_info(&mut self, what: u32, _cx: &mut View<'_, u32>) -> Outcome {
        self.what = what;
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! { <b>{self.what}</b> }
    }
}

#[tokio::test]
async fn f070_a_view_that_asks_for_its_handle_is_mounted_for_page_and_socket() {
    let mut visitor = Visitor::of(|live| live.root_layout(root).page::<Told>("/told")).await;
    let (mut tab, page, joined) = visitor.open("/told").await;
    assert_eq!(ok(&joined)["rendered"]["0"], "0");
    assert_eq!(tab.push(&page.topic(), "diff").await, json!({"0": "7"}));
}
