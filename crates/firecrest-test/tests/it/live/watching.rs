//! What a page tells the test (T41, T43, T60–T62).

use firecrest::prelude::*;
use firecrest_test::{Checks, Severity, TestView};

use super::fixture::{Told, desk};

#[tokio::test(start_paused = true)]
async fn t41_the_title_is_as_it_is_shown() {
    let mut page = desk().await;
    assert_eq!(page.title(), "Desk");
    page.event("title", ()).await;
    assert_eq!(page.title(), "New title");
}

#[tokio::test(start_paused = true)]
async fn t43_events_for_scripts_are_expected() {
    let mut page = desk().await;
    page.refute_event("toast").await;
    page.event("notify", ()).await;
    page.event("later", ()).await;
    page.expect_event("tick", json!({})).await;
    assert_eq!(page.next_event("toast").await, json!({ "text": "hi" }));
    page.refute_event("toast").await;
}

#[tokio::test(start_paused = true)]
async fn t60_a_snapshot_is_a_file_with_the_whole_page() {
    let page = desk().await;
    let path = page.snapshot();
    let html = std::fs::read_to_string(&path).unwrap();
    assert!(html.starts_with("<!DOCTYPE html>") && html.contains("id=\"where\""), "{html}");
    assert_ne!(page.snapshot(), path);
    std::fs::remove_file(path).unwrap();
}

/// A page with mistakes.
struct Sloppy;

impl LiveView for Sloppy {
    type Event = Told;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Sloppy)
    }

    fn render(&self) -> Html {
        html! {
            <p id="twice">"a"</p> <p id="twice">"b"</p>
            <form phx-change="validate"><input name="a"></form>
            <form phx-change="validate" phx-ignore-missing-id><input name="a"></form>
        }
    }
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = r#"more than one element has the id "twice""#)]
async fn t61_a_duplicate_id_fails_the_test() {
    TestView::mount::<Sloppy>().await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = r#"a form with phx-change has no id: <form phx-change="validate"></form>"#)]
async fn t61_a_form_without_an_id_fails_the_test() {
    let browser = sloppy().checks(Checks::default().duplicate_ids(Severity::Warning));
    let _ = browser.open("/").await;
}

#[tokio::test(start_paused = true)]
async fn t61_mistakes_can_be_tolerated() {
    let checks = Checks::default().duplicate_ids(Severity::Nothing).forms_without_id(Severity::Warning);
    assert_eq!(sloppy().checks(checks).open("/").await.unwrap().count("#twice"), 2);
}

fn sloppy() -> firecrest_test::TestBrowser {
    let endpoint = super::fixture::endpoint();
    firecrest_test::TestBrowser::new(&endpoint, endpoint.live("/live").page::<Sloppy>("/"))
}

#[tokio::test(start_paused = true)]
async fn t62_an_expected_crash_is_told_with_its_reason() {
    let mut page = desk().await;
    page.allow_crash();
    page.event("crash", ()).await;
    assert!(page.expect_crash().await.contains("because"), "the reason is in the log");
}

/// F143: what a visitor has put into a form survives a crash.
#[tokio::test(start_paused = true)]
async fn t62_f143_a_view_that_is_joined_again_is_told_what_its_forms_hold() {
    let mut page = desk().await;
    page.form("#signup").fill([("user[name]", "Ann")]).change().await;
    page.allow_crash();
    page.event("crash", ()).await;
    page.expect_crash().await;
    page.rejoin().await;
    let told = page.texts("#told li");
    let last = told.last().unwrap();
    assert!(last.starts_with("form validate") && last.contains(r#""name":"Ann""#), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn f143_a_connection_that_comes_back_mounts_anew() {
    let mut page = desk().await;
    page.form("#signup").fill([("user[nick]", "A")]).change().await;
    page.reconnect().await.unwrap();
    let told = page.texts("#told li");
    assert!(
        told.len() == 1 && told[0].contains(r#""nick":"A""#),
        "what it was told before is forgotten: {told:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn f092_a_page_that_was_disconnected_can_come_back() {
    let browser = super::fixture::browser().session("live_socket_id", "ann");
    let mut page = browser.open("/desk").await.unwrap();
    browser.endpoint().disconnect("ann");
    firecrest_test::settle().await;
    page.reconnect().await.unwrap();
    page.element("#inc", None).click().await;
    assert!(page.has("#told li", "click inc"));
}
