//! What is said to components, and what they say.

use std::time::Duration;

use firecrest::prelude::*;
use firecrest_test::advance;

use super::birds::{birds, browser};

#[tokio::test(start_paused = true)]
async fn f131_t08_events_reach_the_component_that_the_element_names_or_is_in() {
    let mut page = birds().await;
    page.element("#row-1 button", None).click().await;
    page.element(".star", None).click().await;
    assert_eq!(page.text(".star"), "of 1 1");
    // As a hook says it.
    page.element("#row-1 .inner", None).component_event("open", ()).await;
    assert_eq!(page.count(".star"), 0);
    assert_eq!(page.element("#row-1 i", None).component().attr("id"), Some("row-1"));
    let answer = page.element("#row-3", None).component_event("ask", ()).await;
    assert_eq!(answer, Some(json!({ "name": "bird 3" })));
    assert_eq!(page.text("#row-3 i"), "1", "what it has changed comes with the answer");
    page.form("#row-2 form").fill(json!({ "text": "hi" })).submit().await;
    page.settle().await;
    assert_eq!(page.text("#heard"), "bird 2 says hi");
}

#[tokio::test(start_paused = true)]
async fn f131_t08_a_selector_reaches_the_components_of_all_that_it_selects() {
    let mut page = birds().await;
    page.element("#all", None).click().await;
    assert_eq!(page.texts(".star"), ["of 1 0", "of 2 0", "of 3 0"]);
    page.element("#third", None).click().await;
    assert_eq!(page.texts(".star"), ["of 1 0", "of 2 0"]);
}

#[tokio::test(start_paused = true)]
async fn f084_f085_components_are_told_by_id_and_by_type_now_and_later() {
    let mut page = birds().await;
    page.event("poke", json!({ "id": 2 })).await;
    page.settle().await;
    assert_eq!(page.texts(".row i"), ["0", "1", "0"]);
    page.event("poke_all", ()).await;
    page.settle().await;
    assert_eq!(page.texts(".row i"), ["1", "2", "1"]);
    page.event("poke_later", json!({ "id": 3 })).await;
    page.element("#row-1", None).component_event("later", ()).await;
    assert_eq!(page.texts(".row i"), ["1", "2", "1"]);
    advance(Duration::from_secs(5)).await;
    page.settle().await;
    assert_eq!(page.texts(".row i"), ["2", "2", "2"]);
    page.element("#row-1", None).component_event("tell_later", json!({ "id": 2 })).await;
    advance(Duration::from_secs(5)).await;
    page.settle().await;
    assert_eq!(page.texts(".row i"), ["2", "3", "2"]);
    page.event("poke", json!({ "id": 99 })).await;
    page.settle().await;
    assert_eq!(page.texts(".row i"), ["2", "3", "2"]);
}

#[tokio::test(start_paused = true)]
async fn f084_what_is_said_before_there_is_a_socket_arrives_with_it() {
    let mut page = browser().open("/birds?poke=2").await.unwrap();
    page.settle().await;
    assert_eq!(page.texts(".row i"), ["0", "1", "0"]);
}

#[tokio::test(start_paused = true)]
async fn f134_a_component_speaks_for_its_view_to_flash_scripts_and_address() {
    let mut page = birds().await;
    page.element("#row-1", None).component_event("flash", ()).await;
    assert_eq!(page.text(".flash"), "bird 1 greets");
    page.expect_event("greeted", json!({ "name": "bird 1" })).await;
    page.element("#row-1", None).component_event("hush", ()).await;
    assert_eq!(page.count(".flash"), 0);
    page.element("#row-1", None).component_event("patch", json!({ "to": "/birds?page=2" })).await;
    assert_eq!(page.address(), "/birds?page=2");
    page.element("#row-1", None).component_event("go", json!({ "to": "/others" })).await;
    page.follow_redirect().await.unwrap();
    assert_eq!(page.address(), "/others");
}
