//! `guides/testing-live-views.md`: its tests.

mod app;

use std::collections::BTreeSet;
use std::time::Duration;

use firecrest::prelude::*;
use firecrest_test::{TestBrowser, TestTopic, TestView, advance, settle};

use self::app::*;
use crate::markdown::blocks;

const GUIDE: &str = include_str!("../../../../guides/testing-live-views.md");

/// What needs no row of its own.
const PLAIN: [&str; 8] =
    ["new", "on", "endpoint", "element", "kind", "flash", "duplicate_ids", "forms_without_id"];

#[test]
fn the_guide_shows_code_as_it_is() {
    let sources = [include_str!("testing.rs"), include_str!("testing/app.rs")];
    for block in blocks(GUIDE, "rust") {
        assert!(sources.iter().any(|source| block.is_in(source)), "this is nowhere here:\n{}", block.code());
    }
}

#[test]
fn the_guide_lists_everything_and_nothing_else() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let folders = [folder.join("view"), folder.join("view/files")];
    let files = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let files = files.map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.is_file()).chain([folder.join("time.rs")]);
    let sources: Vec<_> = files.map(|file| std::fs::read_to_string(file).unwrap()).collect();
    let lines = sources.iter().flat_map(|source| source.lines()).map(str::trim);
    let functions =
        lines.filter_map(|line| line.strip_prefix("pub fn ").or(line.strip_prefix("pub async fn ")));
    let there: BTreeSet<_> = functions.filter_map(|rest| rest.split(['(', '<']).next()).collect();
    let (_, table) = GUIDE.split_once("| what | with |").unwrap();
    let rows = table.lines().filter_map(|row| row.split('|').nth(2));
    let listed: BTreeSet<_> = rows.flat_map(|row| row.split('`').skip(1).step_by(2)).collect();
    let unlisted: Vec<_> = there.difference(&listed).filter(|name| !PLAIN.contains(name)).collect();
    assert!(unlisted.is_empty(), "not in the guide: {unlisted:?}");
    assert!(listed.is_subset(&there), "not in the kit: {:?}", listed.difference(&there));
}

#[firecrest::test]
async fn a_click_counts() {
    let mut page = TestView::mount::<Counter>().await;
    page.element("button", "+1").click().await;
    assert_eq!(page.text("output"), "1");
}

#[firecrest::test]
async fn nobody_adds_ten_to_more_than_a_hundred() {
    let view = TestView::new().session("count", 95);
    let mut page = view.open::<Counter>("/").await.unwrap();
    page.element("button", "+10").click().await;
    assert!(page.element("button", "+10").attr("disabled").is_some());
}

fn browser() -> TestBrowser {
    let endpoint = Endpoint::builder().build().unwrap();
    TestBrowser::new(&endpoint, pages(&endpoint))
}

#[firecrest::test]
async fn members_are_greeted_and_others_sent_away() {
    let page = browser().session("user", "Ann").open("/members").await.unwrap();
    assert_eq!(page.text("h1"), "Hello, Ann!");

    let redirect = browser().open("/members").await.unwrap_err().into_redirect();
    assert_eq!(redirect.address(), "/sign-up");
    assert_eq!(redirect.flash().get("error"), Some("Sign up first."));

    let error = browser().open("/nowhere").await.unwrap_err();
    assert_eq!(error.status().unwrap(), 404);
}

#[firecrest::test]
async fn two_birds_are_listed() {
    let mut page = browser().open("/birds").await.unwrap();
    assert_eq!(page.title(), "Birds");
    assert_eq!(page.texts("li b"), ["Wren", "Robin"]);
    assert_eq!(page.count("li"), 2);
    assert!(page.has("li", "Wren") && !page.has("li", "Siskin"));
    assert_eq!(page.element("li", "Wren").element("button", None).attr("phx-value-name"), Some("Wren"));
}

#[firecrest::test]
async fn escape_begins_again() {
    let mut page = browser().open("/counter").await.unwrap();
    page.element("button", "+10").click().await;
    page.window_keydown("Escape").await;
    assert_eq!(page.text("output"), "0");
}

#[firecrest::test]
async fn who_signs_up_is_welcome() {
    let mut page = browser().open("/sign-up").await.unwrap();
    page.form("#user").fill([("user[name]", "")]).change().await;
    assert_eq!(page.text(".error"), "must not be empty");

    let ann = json!({ "user": { "name": "Ann", "bird": "Wren", "terms": true } });
    page.form("#user").fill(ann).submit().await;
    page.expect_redirect("/birds").await;
    page.follow_redirect().await.unwrap();
    assert_eq!(page.text(".flash"), "Welcome, Ann!");
}

#[firecrest::test]
async fn a_clock_ticks() {
    let page = TestView::mount::<Clock>().await;
    advance(Duration::from_secs(90)).await;
    assert_eq!(page.text("time"), "90 s");
}

#[firecrest::test]
async fn a_bird_that_was_seen_is_listed() {
    let browser = browser();
    let page = browser.open("/birds").await.unwrap();
    browser.endpoint().broadcast("birds", "seen", &json!({ "name": "Goldcrest" })).unwrap();
    settle().await;
    assert!(page.has("li", "Goldcrest"));
}

#[firecrest::test]
async fn who_sees_a_bird_tells_all() {
    let browser = browser();
    let birds = TestTopic::subscribe(browser.endpoint(), "birds");
    let mut one = browser.open("/birds").await.unwrap();
    let other = browser.open("/birds").await.unwrap();

    one.element("button", "I have seen a siskin").click().await;
    birds.expect("seen", json!({ "name": "Siskin" })).await;
    assert!(one.has("li", "Siskin") && other.has("li", "Siskin"));
}

#[firecrest::test]
async fn everybody_has_a_session_of_their_own() {
    let endpoint = Endpoint::builder().build().unwrap();
    let router = pages(&endpoint).into_router();
    let ann = TestBrowser::new(&endpoint, router.clone()).session("user", "Ann");
    let bob = TestBrowser::new(&endpoint, router).session("user", "Bob");
    assert_eq!(ann.open("/members").await.unwrap().text("h1"), "Hello, Ann!");
    assert_eq!(bob.open("/members").await.unwrap().text("h1"), "Hello, Bob!");
}

#[firecrest::test]
async fn a_link_sorts_the_birds() {
    let mut page = browser().open("/birds").await.unwrap();
    page.element("a", "Sort").click().await;
    page.expect_patch("/birds?sort=name").await;
    assert_eq!(page.texts("li b"), ["Robin", "Wren"]);

    page.patch("/birds").await;
    assert_eq!(page.texts("li b"), ["Wren", "Robin"]);

    page.navigate("/counter").await.unwrap();
    assert_eq!(page.title(), "Counter");
}

#[firecrest::test]
async fn the_clock_of_the_birds_ticks_too() {
    let mut page = browser().open("/birds").await.unwrap();
    assert_eq!(page.children(), ["clock"]);
    advance(Duration::from_secs(5)).await;
    assert_eq!(page.child("clock").text(), "5 s");

    page.child("clock").event("reset", ()).await;
    assert_eq!(page.child("clock").text(), "0 s");
}

#[firecrest::test]
async fn a_bird_that_is_called_is_heard_by_the_script() {
    let mut page = browser().open("/birds").await.unwrap();
    page.element("li", "Wren").element("button", "Call").click().await;
    page.expect_event("call", json!({ "name": "Wren" })).await;
    page.refute_event("call").await;
}

#[firecrest::test]
async fn a_script_may_ask_for_the_count() {
    let mut page = browser().session("count", 7).open("/counter").await.unwrap();
    assert_eq!(page.event("ask", ()).await, Some(json!({ "count": 7 })));
}

#[firecrest::test]
async fn odd_counts_are_not_halved() {
    let mut page = browser().session("count", 7).open("/counter").await.unwrap();
    page.allow_crash();
    page.element("button", "Halve").click().await;
    assert!(page.expect_crash().await.contains("7 is odd"));

    page.rejoin().await;
    assert_eq!(page.text("output"), "7");
}

#[firecrest::test]
async fn a_connection_may_be_lost() {
    let mut page = browser().open("/counter").await.unwrap();
    page.element("button", "+1").click().await;
    page.reconnect().await.unwrap();
    assert_eq!(page.text("output"), "0");
}

#[test]
fn a_badge_has_a_class() {
    let badge = html! { <Badge text="new"/> };
    assert_eq!(badge.to_string(), r#"<b class="badge">new</b>"#);
}

#[firecrest::test]
async fn the_guide_quotes_what_is_said_of_an_element_that_is_missing() {
    let mut page = TestView::mount::<Counter>().await;
    let looking = std::panic::AssertUnwindSafe(|| drop(page.element("button", "+5")));
    let panic = std::panic::catch_unwind(looking).unwrap_err();
    assert_eq!(blocks(GUIDE, "text")[0].code().trim_end(), panic.downcast_ref::<String>().unwrap());
}
