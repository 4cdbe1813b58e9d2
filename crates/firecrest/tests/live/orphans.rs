//! Views whose outer view ends (F120; spec §2.6, §8.1).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use firecrest::prelude::*;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Notify;

use crate::pages::{Other, root};
use crate::support::until;
use crate::visitor::{Page, Tab, Visitor, error, join_nested, ok};

/// Where a view waits until the test lets it go on.
#[derive(Default)]
struct Gate {
    reached: AtomicBool,
    opened: Notify,
}

thread_local! {
    /// A test and its server are one thread.
    static GATE: Arc<Gate> = Arc::default();
}

impl Gate {
    fn here() -> Arc<Gate> {
        GATE.with(Arc::clone)
    }

    async fn pass(&self) {
        self.reached.store(true, Ordering::Relaxed);
        self.opened.notified().await;
    }

    async fn reached(&self) {
        until(|| self.reached.load(Ordering::Relaxed)).await;
    }
}

struct Outer {
    is_slow: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum OuterEvent {
    Go,
}

impl LiveView for Outer {
    type Event = OuterEvent;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Outer { is_slow: cx.params().get("slow").is_some() })
    }

    async fn handle_event(&mut self, event: OuterEvent, cx: &mut View<'_>) -> Outcome {
        match event {
            OuterEvent::Go => cx.push_navigate("/other"),
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! { <p>{nested::<Inner>("inner").given("is_slow", &self.is_slow)}</p> }
    }
}

struct Inner;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum InnerEvent {
    Overwork,
}

impl LiveView for Inner {
    type Event = InnerEvent;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        if cx.connected() && cx.session("is_slow").unwrap_or_default() {
            Gate::here().pass().await;
        }
        Ok(Inner)
    }

    async fn handle_event(&mut self, event: InnerEvent, cx: &mut View<'_>) -> Outcome {
        match event {
            InnerEvent::Overwork => {
                while cx.handle().is_some_and(|handle| handle.send(()).is_ok()) {}
                Gate::here().pass().await;
            }
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! { <b>"inner"</b> }
    }
}

/// A page with a view inside, and the payload that joins that one.
async fn outer(path: &str) -> (Visitor, Tab, Page, Value) {
    let pages = |live: firecrest::live::LiveMount| {
        live.root_layout(root).page::<Outer>("/outer").page::<Other>("/other")
    };
    let mut visitor = Visitor::of(pages).await;
    let (tab, page, joined) = visitor.open(path).await;
    let inner = join_nested(ok(&joined)["rendered"]["0"].as_str().unwrap(), None);
    (visitor, tab, page, inner)
}

async fn leave(tab: &mut Tab, page: &Page) {
    ok(&tab.ask(&page.topic(), "phx_leave", json!({})).await);
    tab.push(&page.topic(), "phx_close").await;
}

async fn go(tab: &mut Tab, page: &Page) {
    let gone = tab.click(&page.topic(), "go", json!({})).await;
    assert_eq!(gone, json!({"live_redirect": {"to": "/other", "kind": "push"}}));
    tab.push(&page.topic(), "phx_close").await;
}

#[tokio::test]
async fn f120_a_child_whose_parent_ends_while_it_joins_does_not_join() {
    let (_visitor, mut tab, page, inner) = outer("/outer?slow").await;
    let reference = tab.begin_join("lv:inner", inner).await;
    let gate = Gate::here();
    gate.reached().await;
    leave(&mut tab, &page).await;
    gate.opened.notify_one();
    assert_eq!(error(&tab.reply_to(&reference).await), &json!({"reason": "stale"}));
}

/// Spec §8.1.
#[tokio::test]
async fn f120_a_child_whose_parent_goes_elsewhere_while_it_joins_is_told_so() {
    let (_visitor, mut tab, page, inner) = outer("/outer?slow").await;
    let reference = tab.begin_join("lv:inner", inner).await;
    let gate = Gate::here();
    gate.reached().await;
    go(&mut tab, &page).await;
    gate.opened.notify_one();
    assert_eq!(error(&tab.reply_to(&reference).await), &json!({"reason": "parent_redirect"}));
}

/// Spec §2.6.
#[tokio::test]
async fn f120_a_child_that_joins_after_its_parent_has_gone_elsewhere_is_told_so() {
    let (_visitor, mut tab, page, inner) = outer("/outer").await;
    go(&mut tab, &page).await;
    assert_eq!(error(&tab.join("lv:inner", inner).await), &json!({"reason": "parent_redirect"}));
}

#[tokio::test]
async fn f120_a_child_with_all_hands_full_ends_with_its_parent() {
    let (_visitor, mut tab, page, inner) = outer("/outer").await;
    ok(&tab.join("lv:inner", inner).await);
    let reference =
        tab.tell("lv:inner", "event", json!({"type": "click", "event": "overwork", "value": {}})).await;
    let gate = Gate::here();
    gate.reached().await;
    leave(&mut tab, &page).await;
    gate.opened.notify_one();
    ok(&tab.reply_to(&reference).await);
    tab.push("lv:inner", "phx_close").await;
}
