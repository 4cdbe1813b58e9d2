//! Elements and what they send (T05–T07, T10, T13–T16, T44).

use firecrest::prelude::*;
use firecrest_test::TestPage;
use serde_json::Value;

use super::fixture::desk;

/// What the view was told since the page was opened.
fn told(page: &TestPage) -> Vec<String> {
    let mut told = page.texts("#told li");
    assert_eq!(told.remove(0), "appeared {}", "the first thing is what an element asked for by itself");
    told
}

#[tokio::test(start_paused = true)]
async fn t05_an_element_is_found_by_selector_and_text() {
    let mut page = desk().await;
    page.element("button", "+").click().await;
    // Two contain it, one is nothing else.
    page.element("button", "1").click().await;
    assert_eq!(page.element("div", None::<&str>.or(Some("deep"))).attr("id"), Some("outer"));
    assert_eq!(page.element("#rows", None).element("li", "2").attr("id"), Some("r2"));
    assert_eq!(told(&page).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn t06_elements_are_there_or_not() {
    let page = desk().await;
    assert!(page.has("#inc", None) && page.has("button", "+") && !page.has("button", "plus"));
    assert_eq!(
        (page.count("#rows > li"), page.texts("#rows > li")),
        (2, vec!["1".to_owned(), "2".to_owned()])
    );
}

#[tokio::test(start_paused = true)]
async fn t07_the_html_is_that_of_the_messages() {
    let mut page = desk().await;
    assert_eq!(
        page.element("#outer", None).html(),
        r#"<div phx-click="outer" id="outer"><b id="inner">deep</b></div>"#
    );
    page.element("#inc", None).click().await;
    assert!(page.html().contains(r#"<p id="where">1 at /desk</p>"#), "{}", page.html());
}

/// Spec §1.7: only the data attributes of what is ignored change.
#[tokio::test(start_paused = true)]
async fn t07_what_is_ignored_stays_as_it_is() {
    let mut page = desk().await;
    page.patch("/desk?page=2").await;
    let kept = page.element("#kept", None);
    assert_eq!(
        (kept.text().as_str(), kept.attr("title"), kept.attr("data-page")),
        ("1", Some("1"), Some("2"))
    );
}

#[tokio::test(start_paused = true)]
async fn t07_what_was_broadcast_is_seen_without_waiting() {
    let page = desk().await;
    page.browser().endpoint().broadcast("desks", "news", &json!({})).unwrap();
    firecrest_test::settle().await;
    assert_eq!(told(&page), ["broadcast news"]);
}

/// The values of spec §4.1.
#[tokio::test(start_paused = true)]
async fn t10_a_click_sends_what_the_official_client_sends() {
    let mut page = desk().await;
    page.element("#inc", None).click().await;
    page.element("#inner", None).click().await;
    page.element("#flag", None).click().await;
    page.element("#set", None).click().await;
    page.element("#item", None).click().await;
    let expected = [
        r#"click inc {"by":"2","value":""}"#,
        "click outer {}",
        r#"click flag {"id":"7","value":"on"}"#,
        "click flag {}",
        r#"click item {"value":3}"#,
    ];
    assert_eq!(told(&page), expected);
}

#[tokio::test(start_paused = true)]
async fn t10_all_pushes_of_a_command_list_are_sent() {
    let mut page = desk().await;
    page.element("#several", None).click().await;
    let expected =
        [r#"click first {"value":""}"#, r#"click second {"value":""}"#, r#"click third {"value":""}"#];
    assert_eq!(told(&page), expected);
}

#[tokio::test(start_paused = true)]
async fn t10_a_command_list_may_lead_elsewhere() {
    let mut page = desk().await;
    page.element("#js-gate", None).click().await;
    page.expect_redirect("/gate/open").await;
    page.follow_redirect().await.unwrap();
    assert_eq!(page.text("h1"), "The gate is open");
}

#[tokio::test(start_paused = true)]
async fn t10_an_event_is_for_every_target() {
    let mut page = desk().await;
    page.element("#targeted", None).click().await;
    assert_eq!(told(&page), [r#"click aim {"value":""}"#, r#"click aim {"value":""}"#]);
    page.element("#menu", None).click_away().await;
    assert_eq!(told(&page)[2], "click close {}");
}

#[tokio::test(start_paused = true)]
async fn t13_keys_are_heard_by_elements_or_the_window() {
    let mut page = desk().await;
    page.element("#search", None).keydown("a").await;
    page.element("#quiet", None).keydown("b").await;
    page.window_keydown("c").await;
    page.window_keyup("escape").await;
    page.window_keyup("Enter").await;
    let expected = [
        r#"keydown typed {"key":"a","value":"text"}"#,
        r#"keydown pressed {"key":"b"}"#,
        r#"keydown pressed {"key":"c"}"#,
        r#"keyup released {"key":"escape"}"#,
    ];
    assert_eq!(told(&page), expected);
}

#[tokio::test(start_paused = true)]
async fn t14_focus_and_blur_are_told() {
    let mut page = desk().await;
    page.element("#search", None).focus().await;
    page.element("#search", None).blur().await;
    page.window_blur().await;
    page.window_focus().await;
    let expected =
        [r#"focus in {"value":"text"}"#, r#"blur out {"value":"text"}"#, "blur gone {}", "focus back {}"];
    assert_eq!(told(&page), expected);
}

#[tokio::test(start_paused = true)]
async fn t15_hooks_and_scrolling_send_events() {
    let mut page = desk().await;
    assert_eq!(
        page.element("#quiet", None).event("ask", json!({ "a": 1 })).await,
        Some(json!({ "answer": 42 }))
    );
    page.element("#rows", None).viewport_top().await;
    page.element("#rows", None).viewport_bottom().await;
    let expected = [r#"hook ask {"a":1}"#, r#"js before {"id":"r1"}"#, r#"js after {"id":"r2"}"#];
    assert_eq!(told(&page), expected);
}

#[tokio::test(start_paused = true)]
async fn t16_a_view_is_told_by_name() {
    let mut page = desk().await;
    assert_eq!(page.event("anything", json!({ "n": [1] })).await, None);
    assert_eq!(page.event("nothing", ()).await, None);
    assert_eq!(told(&page), [r#"js anything {"n":[1]}"#, "js nothing {}"]);
}

#[tokio::test(start_paused = true)]
async fn t44_a_reply_is_that_of_the_last_event() {
    let mut page = desk().await;
    assert_eq!(page.reply(), None::<Value>);
    page.event("ask", ()).await;
    assert_eq!(page.reply(), Some(json!({ "answer": 42 })));
    page.event("other", ()).await;
    assert_eq!(page.reply(), None);
}
