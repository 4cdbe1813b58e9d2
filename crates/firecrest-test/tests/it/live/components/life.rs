//! When components are mounted, updated and dropped.

use firecrest::prelude::*;
use firecrest_test::{TestPage, TestTopic};

use super::super::fixture::endpoint;
use super::birds::{birds, site};

#[tokio::test(start_paused = true)]
async fn f130_a_component_is_mounted_once_for_page_and_socket_and_keeps_its_state() {
    let endpoint = endpoint();
    let rows = TestTopic::subscribe(&endpoint, "rows");
    let mut page = TestPage::open(&endpoint, site(&endpoint), "/birds").await.unwrap();
    rows.expect("many", json!({ "count": 3 })).await;
    for id in 1..=3 {
        rows.expect("mount", json!({ "id": id })).await;
    }
    page.element("#row-2 button", None).click().await;
    assert_eq!(page.texts(".star"), ["of 2 0"]);
    page.event("turn", ()).await;
    assert_eq!(page.texts(".row button"), ["bird 3", "bird 2", "bird 1"]);
    assert_eq!(page.texts(".star"), ["of 2 0"]);
    rows.refute().await;
}

#[tokio::test(start_paused = true)]
async fn f130_other_props_are_an_update_and_the_same_ones_nothing() {
    let endpoint = endpoint();
    let mut page = TestPage::open(&endpoint, site(&endpoint), "/birds").await.unwrap();
    let rows = TestTopic::subscribe(&endpoint, "rows");
    page.event("add", json!({ "id": 4 })).await;
    rows.expect("many", json!({ "count": 1 })).await;
    rows.expect("mount", json!({ "id": 4 })).await;
    rows.refute().await;
    page.event("nest", ()).await;
    rows.expect("many", json!({ "count": 4 })).await;
    for id in 1..=4 {
        rows.expect("update", json!({ "id": id })).await;
    }
    assert_eq!(page.children(), ["egg-1", "egg-2", "egg-3", "egg-4"]);
}

#[tokio::test(start_paused = true)]
async fn f132_t64_what_has_left_the_page_is_dropped_and_begins_anew_when_it_comes_back() {
    let endpoint = endpoint();
    let mut page = TestPage::open(&endpoint, site(&endpoint), "/birds").await.unwrap();
    page.event("poke", json!({ "id": 2 })).await;
    let rows = TestTopic::subscribe(&endpoint, "rows");
    page.event("remove", json!({ "id": 2 })).await;
    rows.expect("end", json!({ "id": 2 })).await;
    rows.refute().await;
    page.event("add", json!({ "id": 2 })).await;
    assert_eq!(page.texts(".row i"), ["0", "0", "0"]);
    page.event("hide", ()).await;
    assert_eq!(page.count(".row"), 0);
    page.event("show", ()).await;
    assert_eq!(page.texts(".row button"), ["bird 1", "bird 3", "bird 2"]);
}

#[tokio::test(start_paused = true)]
async fn f122_a_view_inside_a_component_lives_as_long_as_it_is_shown() {
    let mut page = birds().await;
    page.event("nest", ()).await;
    assert_eq!(page.children(), ["egg-1", "egg-2", "egg-3"]);
    page.element("#row-1 button", None).click().await;
    assert_eq!(page.texts("em").len(), 3);
    page.event("remove", json!({ "id": 1 })).await;
    assert_eq!(page.children(), ["egg-2", "egg-3"]);
}

#[tokio::test(start_paused = true)]
async fn a_crash_in_a_component_is_one_of_its_view() {
    let mut page = birds().await;
    page.allow_crash();
    page.element("#row-1", None).component_event("crash", ()).await;
    let crash = page.expect_crash().await;
    assert!(crash.contains("a row is broken"), "{crash}");
    page.rejoin().await;
    assert_eq!(page.count(".row"), 3);
    page.element("#row-1 button", None).click().await;
}
