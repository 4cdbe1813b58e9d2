//! Events, and what comes of them (spec §4.1, §5).

use firecrest::prelude::*;
use serde_json::Value;

use crate::pages::{Lab, root};
use crate::visitor::{Page, Tab, Visitor, ok};

async fn lab() -> (Visitor, Tab, Page, Value) {
    let mut visitor = Visitor::of(|live| live.root_layout(root).page::<Lab>("/lab")).await;
    let (tab, page, joined) = visitor.open("/lab").await;
    (visitor, tab, page, joined)
}

/// The first of the golden traces, spec §11.1.
#[tokio::test]
async fn f054_the_join_has_everything_and_a_click_what_has_changed() {
    let (_visitor, mut tab, page, joined) = lab().await;
    let expected = json!({
        "rendered": {"0": "0", "1": "/lab", "2": "", "s": ["<output>", "</output><i>", "</i>", ""]},
        "liveview_version": "1.2.12",
    });
    assert_eq!(ok(&joined), &expected);
    assert_eq!(
        tab.click(&page.topic(), "add", json!({ "by": "2", "value": "v" })).await,
        json!({"diff": {"0": "2"}})
    );
}

#[tokio::test]
async fn f066_nothing_changed_is_an_empty_answer_and_no_push() {
    let (_visitor, mut tab, page, _) = lab().await;
    assert_eq!(tab.click(&page.topic(), "add", json!({ "by": 0 })).await, json!({}));
    assert_eq!(tab.click(&page.topic(), "silent", json!({})).await, json!({}));
    assert_eq!(tab.click(&page.topic(), "add", json!({ "by": 0 })).await, json!({"diff": {"0": "1"}}));
    tab.expect_silence().await;
}

#[tokio::test]
async fn f062_a_reply_goes_along_with_the_diff() {
    let (_visitor, mut tab, page, _) = lab().await;
    assert_eq!(tab.click(&page.topic(), "answer", json!({})).await, json!({"diff": {"r": {"count": 0}}}));
}

#[tokio::test]
async fn f060_f061_title_and_events_are_sent_once() {
    let (_visitor, mut tab, page, _) = lab().await;
    let topic = page.topic();
    assert_eq!(tab.click(&topic, "title", json!({ "to": "A\"b" })).await, json!({"diff": {"t": "A\"b"}}));
    let response = tab.click(&topic, "event", json!({ "name": "highlight" })).await;
    assert_eq!(response, json!({"diff": {"e": [["highlight", {"count": 0}]]}}));
    assert_eq!(tab.click(&topic, "add", json!({ "by": 1 })).await, json!({"diff": {"0": "1"}}));
}

#[tokio::test]
async fn f078_timers_and_broadcasts_are_pushed() {
    let (_visitor, mut tab, page, _) = lab().await;
    let topic = page.topic();
    tab.click(&topic, "after", json!({})).await;
    let diff = tab.push(&topic, "diff").await;
    assert_eq!(diff["2"]["k"], json!({"0": {"0": "after"}, "kc": 1}), "{diff}");
    tab.click(&topic, "listen", json!({ "to": "news" })).await;
    tab.click(&topic, "say", json!({ "to": "news" })).await;
    let diff = tab.push(&topic, "diff").await;
    assert_eq!(diff, json!({"2": {"k": {"1": {"0": "said on news"}, "kc": 2}}}));
}

#[tokio::test]
async fn reports_of_vanished_components_are_answered() {
    let (_visitor, mut tab, page, _) = lab().await;
    let cids = json!({ "cids": [1, 2] });
    assert_eq!(ok(&tab.ask(&page.topic(), "cids_will_destroy", cids.clone()).await), &json!({}));
    assert_eq!(ok(&tab.ask(&page.topic(), "cids_destroyed", cids).await), &json!({"cids": []}));
    let event = json!({"type": "click", "event": "add", "value": {"by": 1}, "cid": 7});
    assert_eq!(ok(&tab.ask(&page.topic(), "event", event).await), &json!({}));
}

#[tokio::test]
async fn f063_the_client_clears_the_flash() {
    use firecrest::live::LayoutContext;
    fn layout(context: &LayoutContext<'_>, inner: &Html) -> Html {
        html! { <p>{context.flash().get("info").unwrap_or("")}</p>{inner} }
    }
    let mut visitor = Visitor::of(|live| live.root_layout(root).layout(layout).page::<Lab>("/lab")).await;
    let (mut tab, page, _) = visitor.open("/lab").await;
    let topic = page.topic();
    assert_eq!(tab.click(&topic, "flash", json!({ "info": "hi" })).await, json!({"diff": {"0": "hi"}}));
    let response = tab.click(&topic, "lv:clear-flash", json!({ "key": "info" })).await;
    assert_eq!(response, json!({"diff": {"0": ""}}));
}
