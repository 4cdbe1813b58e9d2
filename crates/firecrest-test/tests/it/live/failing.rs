//! How tests of pages fail: with candidates, and with the line of the test.

use firecrest::prelude::*;
use firecrest_test::TestView;

use super::fixture::{Family, browser, desk};

#[tokio::test(start_paused = true)]
#[should_panic(expected = r##"expected one "#nothing", but there is none in:"##)]
async fn t05_an_element_that_is_missing_shows_the_page() {
    desk().await.text("#nothing");
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = r##"expected one "#rows li", but there are 2:
  <li id="r1">1</li>
  <li id="r2">2</li>"##)]
async fn t05_several_elements_are_listed() {
    let _ = desk().await.element("#rows li", None);
}

#[tokio::test(start_paused = true)]
#[should_panic(
    expected = r##"expected one "#rows li" with the text "3", but there is none; without the text there would be:
  <li id="r1">1</li>
  <li id="r2">2</li>"##
)]
async fn t05_a_text_that_is_missing_shows_the_others() {
    let _ = desk().await.element("#rows li", "3");
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = r#""[[" is no CSS selector"#)]
async fn t05_a_selector_that_is_none_is_told() {
    desk().await.has("[[", None);
}

#[tokio::test(start_paused = true)]
#[should_panic(
    expected = r#"nobody can click what is disabled: <button type="button" phx-click="off" disabled="">off</button>"#
)]
async fn t10_what_is_disabled_cannot_be_clicked() {
    desk().await.element("button", "off").click().await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = r#"nobody hears the click: neither this nor what is around it has phx-click"#)]
async fn t10_a_click_that_nobody_hears_fails() {
    desk().await.element("#quiet", None).click().await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "tests/it/live/failing.rs:")]
async fn t10_a_failure_names_the_line_of_the_test() {
    desk().await.element("#quiet", None).click().await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = r#"nobody hears it: there is no phx-focus for <span id="quiet">nothing</span>"#)]
async fn t14_a_focus_that_nobody_hears_fails() {
    desk().await.element("#quiet", None).focus().await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = r#"it has no phx-viewport-top: <span id="quiet">nothing</span>"#)]
async fn t15_what_does_not_scroll_fails() {
    desk().await.element("#quiet", None).viewport_top().await;
}

#[tokio::test(start_paused = true)]
#[should_panic(
    expected = r#"the form has no input "user[nam]", but these: user[id], user[name], user[nick]"#
)]
async fn t20_an_unknown_input_shows_the_others() {
    let _ = desk().await.form("#signup").fill([("user[nam]", "x")]);
}

/// What cannot be put in, and why.
async fn refused(name: &str, value: serde_json::Value) -> String {
    let mut page = desk().await;
    let filling = std::panic::AssertUnwindSafe(|| drop(page.form("#signup").fill([(name, value)])));
    let panic = std::panic::catch_unwind(filling).unwrap_err();
    panic.downcast_ref::<String>().unwrap().clone()
}

#[tokio::test(start_paused = true)]
async fn t20_what_a_visitor_cannot_put_in_is_refused() {
    for (name, value, expected) in [
        ("user[id]", json!("1"), "is hidden from visitors"),
        ("user[old]", json!("1"), "is disabled"),
        ("user[fixed]", json!("1"), "is read-only"),
        ("user[nick]", json!("too long"), "takes no more than 5 characters"),
        ("user[age]", json!("old"), "takes numbers only"),
        ("user[admin]", json!("maybe"), r#"cannot be "maybe", but: "true""#),
        ("user[size]", json!("xl"), r#"cannot be "xl", but: "s", "m""#),
        ("user[color]", json!("green"), r#"cannot be "green", but: "red", "blue""#),
        ("user[color]", json!(["red", "blue"]), "takes one value, not red, blue"),
        ("user[name]", json!(["a", "b"]), "2 values for 1 inputs"),
        ("user[photo]", json!("x"), "is for files"),
        ("action", json!("save"), "is a button"),
    ] {
        let text = refused(name, value).await;
        assert!(text.contains(expected), "{name}: {text}");
    }
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = r#"it is no form: <span id="quiet">nothing</span>"#)]
async fn t20_only_a_form_is_a_form() {
    let _ = desk().await.form("#quiet");
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = r#"nobody can click what is disabled: <button id="locked""#)]
async fn t21_a_disabled_button_submits_nothing() {
    let _ = desk().await.form("#signup").submitter("#locked");
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "the form has no phx-submit, so that it is sent by HTTP: see `request`")]
async fn t11_an_ordinary_form_is_not_submitted_to_the_view() {
    desk().await.form("#ordinary").submit().await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "the form is sent to its view, which has not triggered it")]
async fn t22_a_form_of_the_view_is_not_sent_by_http() {
    let _ = desk().await.form("#signup").request().await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = r#"nobody hears of the change: there is no phx-change: <form id="ordinary""#)]
async fn t12_a_change_that_nobody_hears_of_fails() {
    desk().await.form("#ordinary").fill([("a", "2")]).change().await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = r#"expected a patch to "/desk?page=9", but it was to "/desk?page=2""#)]
async fn t31_another_patch_is_shown() {
    let mut page = desk().await;
    page.event("patch", ()).await;
    page.expect_patch("/desk?page=9").await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = r#"expected a patch to "/desk?page=9", but the page is still at "/desk""#)]
async fn t31_a_missing_patch_is_told() {
    desk().await.expect_patch("/desk?page=9").await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = r#"expected no patch, but the address became "/desk?page=2""#)]
async fn t31_refute_patch_shows_the_patch() {
    let mut page = desk().await;
    page.event("patch", ()).await;
    page.refute_patch().await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = r#"expected the page to go to "/x", but it has gone to "/gate/open""#)]
async fn t32_another_redirect_is_shown() {
    let mut page = desk().await;
    page.event("go", ()).await;
    page.expect_redirect("/x").await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = r#"expected the page to go to "/x", but it is still at "/desk""#)]
async fn t32_a_missing_redirect_is_told() {
    desk().await.expect_redirect("/x").await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = r#"expected the page to stay, but it has gone to "/gate/open""#)]
async fn t32_refute_redirect_shows_where_to() {
    let mut page = desk().await;
    page.event("redirect", ()).await;
    page.refute_redirect().await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = r#"the page has gone to "/gate/open": `follow_redirect` takes the test there"#)]
async fn t32_a_page_that_was_left_is_not_told_anything() {
    let mut page = desk().await;
    page.event("go", ()).await;
    page.element("#inc", None).click().await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "the page has not gone elsewhere")]
async fn t33_a_page_that_stays_cannot_be_followed() {
    let _ = desk().await.follow_redirect().await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = r#"there is no nested view "bob", only: ["ann"]"#)]
async fn t40_an_unknown_child_shows_the_others() {
    let _ = browser().open("/family").await.unwrap().child("bob");
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = r#"expected the event "tick" with {}, but there is "toast" with {"text":"hi"}"#)]
async fn t43_a_missing_event_shows_the_others() {
    let mut page = desk().await;
    page.event("notify", ()).await;
    page.expect_event("tick", ()).await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = r#"expected no event "toast", but there is one with {"text":"hi"}"#)]
async fn t43_refute_event_shows_the_event() {
    let mut page = desk().await;
    page.event("notify", ()).await;
    page.refute_event("toast").await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "asked to crash")]
async fn t62_a_crash_fails_the_test_with_the_reason() {
    desk().await.event("crash", ()).await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "broadcast to crash")]
async fn t62_a_crash_that_nobody_has_looked_at_fails_the_test_at_its_end() {
    let page = desk().await;
    page.browser().endpoint().broadcast("desks", "crash", &json!({})).unwrap();
    firecrest_test::settle().await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = r#"the view "broken" was not joined: {"reason":"join crashed"}, because"#)]
async fn t62_a_view_inside_that_cannot_be_joined_fails_the_test() {
    TestView::mount::<Family>().await.element("button", "broken").click().await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "has crashed: `rejoin` brings it back")]
async fn t62_a_view_that_has_crashed_is_not_told_anything() {
    let mut page = desk().await;
    page.allow_crash();
    page.event("crash", ()).await;
    page.expect_crash().await;
    page.event("hello", ()).await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "has ended")]
async fn t62_a_view_that_has_ended_is_not_told_anything() {
    let mut page = desk().await;
    page.event("stop", ()).await;
    page.event("hello", ()).await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "the socket was closed with 1001: `reconnect` opens it again")]
async fn t62_a_page_without_a_connection_says_so() {
    let browser = browser().session("live_socket_id", "ann");
    let mut page = browser.open("/desk").await.unwrap();
    browser.endpoint().disconnect("ann");
    firecrest_test::settle().await;
    page.event("hello", ()).await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "expected a crash, but all views are well")]
async fn t62_a_view_that_is_well_has_not_crashed() {
    desk().await.expect_crash().await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "expected a redirect, but the answer is 404")]
async fn t01_what_is_no_redirect_is_told() {
    browser().open("/nowhere").await.unwrap_err().into_redirect();
}
