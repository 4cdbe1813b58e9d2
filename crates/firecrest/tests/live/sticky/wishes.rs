//! Where a sticky view wants the page to go.

use firecrest::prelude::*;

use super::radio::{go, rooms, tuned_in};
use crate::visitor::{Visitor, ok};

/// Spec §5.3: a sticky view stays when it navigates.
#[tokio::test]
async fn f123_it_takes_the_page_elsewhere_and_stays() {
    let (_visitor, mut tab, page, _) = tuned_in().await;
    let mut answer = tab.click("lv:radio", "navigate", json!({ "to": "/bottom" })).await;
    let flash = answer["live_redirect"].as_object_mut().unwrap().remove("flash").unwrap();
    assert_eq!(
        answer,
        json!({"diff": {"1": "1", "e": [["gone", {}]]}, "live_redirect": {"to": "/bottom", "kind": "replace"}})
    );
    assert!(flash.as_str().unwrap().starts_with("SFMyNTY."));
    ok(&go(&mut tab, &page, "/bottom").await);
    assert_eq!(tab.click("lv:radio", "click", json!({})).await, json!({"diff": {"1": "2"}}));
}

#[tokio::test]
async fn f123_it_may_reply_to_an_event_and_go_elsewhere() {
    let (_visitor, mut tab, _page, _) = tuned_in().await;
    let answer = tab.click("lv:radio", "answer", json!({ "to": "/bottom" })).await;
    assert_eq!(
        answer,
        json!({"diff": {"1": "1", "r": {"said": "yes"}}, "live_redirect": {"to": "/bottom", "kind": "push"}})
    );
}

#[tokio::test]
async fn f123_what_it_does_by_itself_is_pushed_before_the_page_goes() {
    let (_visitor, mut tab, _page, _) = tuned_in().await;
    tab.click("lv:radio", "later", json!({ "to": "/bottom" })).await;
    assert_eq!(tab.push("lv:radio", "diff").await, json!({"1": "11"}));
    assert_eq!(tab.push("lv:radio", "live_redirect").await, json!({"to": "/bottom", "kind": "push"}));
    assert_eq!(tab.click("lv:radio", "click", json!({})).await, json!({"diff": {"1": "12"}}));
}

#[tokio::test]
async fn f123_a_page_load_is_its_end_too() {
    let (_visitor, mut tab, _page, _) = tuned_in().await;
    let answer = tab.click("lv:radio", "redirect", json!({ "to": "/x" })).await;
    assert_eq!(answer, json!({"redirect": {"to": "/x"}}));
    tab.push("lv:radio", "phx_close").await;
}

#[tokio::test]
async fn f123_it_has_no_address_to_patch() {
    let (_visitor, mut tab, page, _) = tuned_in().await;
    let value = json!({ "to": "/top?x=1" });
    tab.tell("lv:radio", "event", json!({"type": "click", "event": "patch", "value": value})).await;
    tab.push("lv:radio", "phx_error").await;
    ok(&go(&mut tab, &page, "/bottom").await);
}

/// A view that sends the page elsewhere before there is one.
#[tokio::test]
async fn f123_a_sticky_view_that_belongs_elsewhere_redirects_the_request() {
    let mut visitor = Visitor::of(|live| rooms(live).page::<super::places::Away>("/away")).await;
    let page = visitor.get("/away").await;
    assert_eq!((page.status, page.header("location")), (302, Some("/elsewhere")));
}
