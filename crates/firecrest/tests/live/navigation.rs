//! Addresses: patches, navigations, redirects, and who may go where (spec §4.5, §1.9).

use firecrest::live::LayoutContext;
use firecrest::prelude::*;
use serde_json::Value;

use crate::pages::{Lab, Other, root};
use crate::visitor::{Page, Tab, Visitor, error, ok};

async fn visitor() -> Visitor {
    Visitor::of(|live| {
        live.root_layout(root)
            .page::<Lab>("/lab")
            .page::<Lab>("/lab/{id}")
            .page::<Other>("/other")
            .session("admin", |admin| admin.page::<Lab>("/admin"))
    })
    .await
}

async fn lab() -> (Visitor, Tab, Page) {
    let mut visitor = visitor().await;
    let (tab, page, _) = visitor.open("/lab").await;
    (visitor, tab, page)
}

fn patch(path: &str) -> Value {
    json!({ "url": format!("http://localhost{path}") })
}

#[tokio::test]
async fn f100_a_patch_of_the_client_changes_the_address() {
    let (_visitor, mut tab, page) = lab().await;
    let reply = tab.ask(&page.topic(), "live_patch", patch("/lab/7?x=1#y")).await;
    assert_eq!(ok(&reply), &json!({"diff": {"1": "/lab/7?x=1"}}));
}

#[tokio::test]
async fn f100_f111_a_patch_of_the_server_is_pushed_before_the_reply() {
    let (_visitor, mut tab, page) = lab().await;
    let (topic, value) = (page.topic(), json!({ "to": "/lab?a=b" }));
    let reference =
        tab.tell(&topic, "event", json!({"type": "click", "event": "patch", "value": value})).await;
    assert_eq!(tab.push(&topic, "live_patch").await, json!({"to": "/lab?a=b", "kind": "push"}));
    assert_eq!(ok(&tab.reply_to(&reference).await), &json!({"diff": {"1": "/lab?a=b"}}));
}

#[tokio::test]
async fn f100_of_patches_in_a_row_the_client_is_told_the_last() {
    let (_visitor, mut tab, page) = lab().await;
    let (topic, value) = (page.topic(), json!({ "to": "/lab?then=/lab/3" }));
    let reference =
        tab.tell(&topic, "event", json!({"type": "click", "event": "patch", "value": value})).await;
    assert_eq!(tab.push(&topic, "live_patch").await, json!({"to": "/lab/3", "kind": "push"}));
    assert_eq!(ok(&tab.reply_to(&reference).await), &json!({"diff": {"1": "/lab/3"}}));
}

/// A view that does not care where it is.
struct Careless;

impl LiveView for Careless {
    type Event = NoEvents;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        cx.put_flash("info", "hello");
        Ok(Careless)
    }

    async fn handle_params(&mut self, _cx: &mut View<'_>) -> Outcome {
        Outcome::NoReply
    }

    fn render(&self) -> Html {
        html! { <b>"anywhere"</b> }
    }
}

fn layout(context: &LayoutContext<'_>, inner: &Html) -> Html {
    html! { <nav>{context.uri()}</nav><p>{context.flash().get("info").unwrap_or("")}</p>{inner} }
}

#[tokio::test]
async fn f063_f100_the_layout_follows_a_patch_that_its_view_ignores() {
    let mut visitor =
        Visitor::of(|live| live.root_layout(root).layout(layout).page::<Careless>("/careless")).await;
    let (mut tab, page, joined) = visitor.open("/careless").await;
    let rendered = &ok(&joined)["rendered"];
    assert_eq!((&rendered["0"], &rendered["1"]), (&json!("/careless"), &json!("hello")));
    let reply = tab.ask(&page.topic(), "live_patch", patch("/careless?x=1")).await;
    assert_eq!(ok(&reply), &json!({"diff": {"0": "/careless?x=1", "1": ""}}));
}

#[tokio::test]
async fn f106_a_patch_to_another_view_or_session_is_handed_back() {
    let (_visitor, mut tab, page) = lab().await;
    for path in ["/other", "/admin"] {
        let reply = tab.ask(&page.topic(), "live_patch", patch(path)).await;
        assert_eq!(ok(&reply), &json!({"link_redirect": true}), "{path}");
    }
}

#[tokio::test]
async fn f106_an_address_that_leads_nowhere_crashes_the_view() {
    let (_visitor, mut tab, page) = lab().await;
    tab.tell(&page.topic(), "live_patch", patch("/nowhere")).await;
    assert_eq!(tab.push(&page.topic(), "phx_error").await, json!({"reason": "channel_crash"}));
}

#[tokio::test]
async fn f110_a_view_that_patches_itself_forever_crashes() {
    let (_visitor, mut tab, page) = lab().await;
    tab.tell(&page.topic(), "live_patch", patch("/lab?then=loop")).await;
    assert_eq!(tab.push(&page.topic(), "phx_error").await, json!({"reason": "channel_crash"}));
    assert!(firecrest::testing::times_reached("patches") > 0);
}

#[tokio::test]
async fn f103_a_patch_of_the_first_address_is_told_with_the_join() {
    let mut visitor = visitor().await;
    let page = visitor.get("/lab").await;
    let mut tab = visitor.socket(&page).await;
    let joined = tab.join(&page.topic(), page.join("/lab?then=/lab/9")).await;
    assert_eq!(ok(&joined)["live_patch"], json!({"to": "/lab/9", "kind": "push"}));
    assert_eq!(ok(&joined)["rendered"]["1"], "/lab/9");
}

/// The second of the golden traces, spec §11.1.
#[tokio::test]
async fn f101_f109_a_navigation_joins_another_view_under_the_same_topic() {
    let (_visitor, mut tab, page) = lab().await;
    let topic = page.topic();
    let leave = tab.tell(&topic, "phx_leave", json!({})).await;
    let mut join = page.join("/lab");
    join.as_object_mut().unwrap().remove("url");
    join["redirect"] = json!("http://localhost/other");
    ok(&tab.reply_to(&leave).await);
    tab.push(&topic, "phx_close").await;
    let joined = tab.join(&topic, join).await;
    let response = ok(&joined);
    assert_eq!(response["container"], json!(["section", {"class": "other"}]));
    assert_eq!((&response["rendered"]["0"], &response["rendered"]["t"]), (&json!("none"), &json!("Other")));
}

#[tokio::test]
async fn f105_f176_another_live_session_is_unauthorized() {
    let mut visitor = visitor().await;
    let page = visitor.get("/lab").await;
    let mut tab = visitor.socket(&page).await;
    for path in ["/admin", "/nowhere"] {
        let mut join = page.join("/lab");
        join["redirect"] = json!(format!("http://localhost{path}"));
        let refused = tab.join(&page.topic(), join).await;
        assert_eq!(error(&refused), &json!({"reason": "unauthorized"}), "{path}");
    }
    let refused = tab.join(&page.topic(), page.join("/other")).await;
    assert_eq!(error(&refused), &json!({"reason": "unauthorized"}), "the url is another view's");
}

#[tokio::test]
async fn f102_redirects_are_the_reply_and_end_the_view() {
    let mut visitor = visitor().await;
    for (event, to) in [("redirect", "/x?y"), ("external", "https://example.com/")] {
        let (mut tab, page, _) = visitor.open("/lab").await;
        let response = tab.click(&page.topic(), event, json!({ "to": to })).await;
        assert_eq!(response, json!({"redirect": {"to": to}}));
        tab.push(&page.topic(), "phx_close").await;
    }
}

#[tokio::test]
async fn f107_an_illegal_address_crashes_the_view() {
    for (event, to) in [
        ("redirect", "//evil.example"),
        ("navigate", "https://evil.example"),
        ("patch", "/\\evil"),
        ("external", "javascript:x"),
    ] {
        let (_visitor, mut tab, page) = lab().await;
        let value = json!({ "to": to });
        tab.tell(&page.topic(), "event", json!({"type": "click", "event": event, "value": value})).await;
        tab.push(&page.topic(), "phx_error").await;
    }
}

#[tokio::test]
async fn f103_a_redirect_while_joining_is_the_joins_error() {
    let mut visitor = visitor().await;
    let page = visitor.get("/lab").await;
    let mut tab = visitor.socket(&page).await;
    let refused = tab.join(&page.topic(), page.join("/lab?redirect=/other")).await;
    let redirect = &error(&refused)["redirect"];
    assert_eq!(redirect["to"], "/other");
    assert!(redirect["flash"].is_string(), "{redirect}");
}
