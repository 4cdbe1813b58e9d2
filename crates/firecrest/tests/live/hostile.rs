//! Clients that do what no client should: the answer of the specification, and nobody else notices.

use firecrest::prelude::*;
use serde_json::Value;

use crate::pages::{Lab, root};
use crate::visitor::{Page, Visitor, error, ok};

async fn visitor() -> Visitor {
    Visitor::of(|live| live.root_layout(root).page::<Lab>("/lab")).await
}

#[tokio::test]
async fn f172_without_session_or_csrf_token_every_join_is_stale() {
    let mut visitor = visitor().await;
    let page = visitor.get("/lab").await;
    let cookie = visitor.cookie.take();
    let mut tab = visitor.socket(&page).await;
    let refused = tab.join(&page.topic(), page.join("/lab")).await;
    assert_eq!(error(&refused), &json!({"reason": "stale"}), "no cookie");
    visitor.cookie = cookie;
    let forged = Page { body: page.body.replace(page.csrf(), "forged"), head: String::new(), status: 200 };
    let mut tab = visitor.socket(&forged).await;
    let refused = tab.join(&page.topic(), page.join("/lab")).await;
    assert_eq!(error(&refused), &json!({"reason": "stale"}), "no token");
}

#[tokio::test]
async fn f173_forged_and_foreign_tokens_are_stale() {
    let mut visitor = visitor().await;
    let (page, other) = (visitor.get("/lab").await, visitor.get("/lab").await);
    let mut tab = visitor.socket(&page).await;
    for session in [json!("forged"), json!(""), Value::Null, other.join("/lab")["session"].clone()] {
        let mut join = page.join("/lab");
        join["session"] = session;
        let refused = tab.join(&page.topic(), join).await;
        assert_eq!(error(&refused), &json!({"reason": "stale"}));
    }
    let refused = tab.join("lv:never-rendered", page.join("/lab")).await;
    assert_eq!(error(&refused), &json!({"reason": "stale"}));
    ok(&tab.join(&page.topic(), page.join("/lab")).await);
}

#[tokio::test]
async fn f173_a_static_token_of_another_view_brings_nothing() {
    let mut visitor = visitor().await;
    let (page, other) = (visitor.get("/lab").await, visitor.get("/lab").await);
    let mut tab = visitor.socket(&page).await;
    let mut join = page.join("/lab");
    join["static"] = other.join("/lab")["static"].clone();
    ok(&tab.join(&page.topic(), join).await);
    ok(&tab.join(&other.topic(), other.join("/lab")).await);
}

#[tokio::test]
async fn joins_that_make_no_sense_are_errors() {
    let mut visitor = visitor().await;
    let page = visitor.get("/lab").await;
    let mut tab = visitor.socket(&page).await;
    for payload in [json!({}), json!([]), json!({"session": 7}), json!({"session": "x", "url": {}})] {
        error(&tab.join(&page.topic(), payload).await);
    }
    for params in [json!(7), json!(null), json!({"_mounts": "x"}), json!({"_mounts": {}})] {
        let mut tab = visitor.socket(&page).await;
        let mut join = page.join("/lab");
        join["params"] = params;
        ok(&tab.join(&page.topic(), join).await);
    }
}

/// Spec §8.4: the view alone crashes; another on the same connection goes on.
#[tokio::test]
async fn events_that_make_no_sense_crash_their_view_alone() {
    let form = |fields: usize| -> String { (0..fields).map(|field| format!("f{field}=x&")).collect() };
    for payload in [
        json!({"type": "click", "event": "unknown", "value": {}}),
        json!({"type": "click", "event": "add", "value": {"by": "many"}}),
        json!({"type": "click", "event": "add", "value": 7}),
        json!({"type": "click", "event": 7}),
        json!({"type": "form", "event": "add", "value": {"by": 1}}),
        json!({"type": "form", "event": "add", "value": form(100_000)}),
        json!({"type": "form", "event": "add", "value": format!("a{}=1", "[b]".repeat(10_000))}),
        json!({"type": "click", "event": "lv:unknown", "value": {}}),
        json!([]),
    ] {
        let mut visitor = visitor().await;
        let (mut tab, page, _) = visitor.open("/lab").await;
        let other = visitor.get("/lab").await;
        ok(&tab.join(&other.topic(), other.join("/lab")).await);
        tab.tell(&page.topic(), "event", payload).await;
        tab.push(&page.topic(), "phx_error").await;
        let alive = tab.click(&other.topic(), "add", json!({ "by": 1 })).await;
        assert_eq!(alive, json!({"diff": {"0": "1"}}));
    }
}

#[tokio::test]
async fn messages_that_a_view_does_not_know_crash_it() {
    let mut visitor = visitor().await;
    for event in ["allow_upload", "progress", "whatever"] {
        let (mut tab, page, _) = visitor.open("/lab").await;
        tab.tell(&page.topic(), event, json!({})).await;
        tab.push(&page.topic(), "phx_error").await;
    }
}
