//! Views inside views (T40).

use firecrest::prelude::*;
use firecrest_test::TestTopic;

use super::fixture::{browser, endpoint};

#[tokio::test(start_paused = true)]
async fn t40_views_inside_are_joined_and_can_be_told() {
    let mut page = browser().open("/family").await.unwrap();
    assert_eq!(page.children(), ["ann"]);
    page.element("button", "ann +").click().await;
    page.child("ann").event("inc", json!({})).await;
    assert_eq!(page.child("ann").element(".name", None).text(), "ann 2");
}

#[tokio::test(start_paused = true)]
async fn t40_what_the_outer_view_shows_leaves_them_alone() {
    let mut page = browser().open("/family").await.unwrap();
    page.element("button", "ann +").click().await;
    page.element("button", "other").click().await;
    assert_eq!((page.text("#born"), page.text(".name")), ("1".into(), "ann 1".into()));
}

#[tokio::test(start_paused = true)]
async fn t40_they_come_and_go() {
    let mut page = browser().open("/family").await.unwrap();
    page.element("button", "add").click().await;
    assert_eq!(page.children(), ["ann", "bob"]);
    page.element("button", "bob +").click().await;
    page.element("button", "remove").click().await;
    assert_eq!((page.children(), page.text(".name")), (vec!["bob".to_owned()], "bob 1".to_owned()));
}

/// Spec §1.6: they are joined with what only the page knew, so that nothing is mounted twice.
#[tokio::test(start_paused = true)]
async fn t01_t40_every_view_is_mounted_once() {
    let endpoint = endpoint();
    let mounts = TestTopic::subscribe(&endpoint, "mounts");
    let page =
        firecrest_test::TestPage::open(&endpoint, super::fixture::site(&endpoint), "/family").await.unwrap();
    mounts.expect("family", ()).await;
    mounts.expect("member", ()).await;
    mounts.refute().await;
    assert_eq!(page.children(), ["ann"]);
}

#[tokio::test(start_paused = true)]
async fn t40_what_appears_by_itself_is_joined_when_the_page_settles() {
    let mut page = browser().open("/family").await.unwrap();
    page.browser().endpoint().broadcast("families", "eve", &json!({})).unwrap();
    page.settle().await;
    assert_eq!(page.children(), ["ann", "eve"]);
}

/// Spec §8.4: only the view that has crashed is mounted again.
#[tokio::test(start_paused = true)]
async fn t40_t62_a_crash_inside_leaves_the_outer_view_alone() {
    let mut page = browser().open("/family").await.unwrap();
    page.element("button", "other").click().await;
    page.allow_crash();
    page.element("button", "ann crash").click().await;
    let crash = page.expect_crash().await;
    assert!(crash.contains("\"ann\"") && crash.contains("a member is broken"), "{crash}");
    page.rejoin().await;
    assert_eq!((page.text("#born"), page.text(".name")), ("1".into(), "ann 0".into()));
    page.element("button", "ann +").click().await;
}

#[tokio::test(start_paused = true)]
async fn t40_t62_a_crash_outside_remounts_everything() {
    let mut page = browser().open("/family").await.unwrap();
    page.element("button", "ann +").click().await;
    page.allow_crash();
    page.event("crash", ()).await;
    page.expect_crash().await;
    assert!(page.children().is_empty());
    page.rejoin().await;
    assert_eq!((page.children(), page.text(".name")), (vec!["ann".to_owned()], "ann 0".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn t40_t62_one_that_cannot_be_mounted_can_be_expected() {
    let mut page = browser().open("/family").await.unwrap();
    page.allow_crash();
    page.element("button", "broken").click().await;
    assert!(page.expect_crash().await.contains("this one cannot be mounted"));
}

#[tokio::test(start_paused = true)]
async fn t41_a_view_inside_may_change_the_title() {
    let mut page = browser().open("/family").await.unwrap();
    assert_eq!(page.title(), "Firecrest");
    page.child("ann").event("title", json!({})).await;
    assert_eq!(page.title(), "A member");
}
