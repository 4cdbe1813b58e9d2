//! Views inside views (F120–F126).

use firecrest::prelude::*;
use serde_json::Value;

use crate::pages::{Family, root};
use crate::visitor::{Mounts, Page, Provide, Tab, Visitor, error, join_nested, ok};

async fn visitor() -> Visitor {
    Visitor::of(|live| live.root_layout(root).page::<Family>("/family")).await
}

async fn family() -> (Visitor, Tab, Page, Value) {
    let mut visitor = visitor().await;
    let (tab, page, joined) = visitor.open("/family").await;
    (visitor, tab, page, joined)
}

/// The container of the first child in the reply to the join of its parent.
fn container(joined: &Value) -> &str {
    ok(joined)["rendered"]["1"]["k"]["0"]["0"].as_str().unwrap()
}

#[tokio::test]
async fn f120_a_child_is_rendered_into_the_page_and_joined_by_its_id() {
    let (_visitor, mut tab, page, joined) = family().await;
    let parent = format!("data-phx-parent-id=\"{}\"><em>Ann &lt;0&gt;</em>0</div>", page.id());
    assert!(page.body.contains(&parent), "{}", page.body);
    assert!(page.body.contains("<div id=\"child-0\" data-phx-session=\"\" data-phx-static=\"SFMyNTY."));
    let container = container(&joined);
    assert!(
        container.ends_with(&format!("data-phx-static=\"\" data-phx-parent-id=\"{}\"></div>", page.id()))
    );
    let joined = tab.join("lv:child-0", join_nested(container, None)).await;
    assert_eq!(ok(&joined)["rendered"], json!({"0": "Ann &lt;0&gt;", "1": "0", "s": ["<em>", "</em>", ""]}));
    assert_eq!(tab.click("lv:child-0", "click", json!({})).await, json!({"diff": {"1": "1"}}));
}

#[tokio::test]
async fn f121_f122_children_come_and_go_and_those_that_stay_are_not_sent_again() {
    let (_visitor, mut tab, page, _) = family().await;
    let response = tab.click(&page.topic(), "children", json!({ "count": "2" })).await;
    let list = response["diff"]["1"]["k"].as_object().unwrap();
    assert_eq!((list.len(), &list["kc"]), (2, &json!(2)), "only the second: {list:?}");
    assert_eq!(tab.click(&page.topic(), "children", json!({ "count": "2" })).await, json!({}));
    let response = tab.click(&page.topic(), "children", json!({ "count": 0 })).await;
    assert_eq!(response, json!({"diff": {"0": "0", "1": {"k": {"kc": 0}}}}));
}

#[tokio::test]
async fn f124_the_crash_of_a_child_leaves_its_parent_alone() {
    let (_visitor, mut tab, page, joined) = family().await;
    let container = container(&joined).to_owned();
    ok(&tab.join("lv:child-0", join_nested(&container, None)).await);
    tab.tell("lv:child-0", "event", json!({"type": "click", "event": "panic", "value": {}})).await;
    tab.push("lv:child-0", "phx_error").await;
    assert_eq!(tab.click(&page.topic(), "children", json!({ "count": 1 })).await, json!({}));
    ok(&tab.join("lv:child-0", join_nested(&container, None)).await);
}

#[tokio::test]
async fn f120_the_end_of_a_parent_is_that_of_its_children() {
    let (_visitor, mut tab, page, joined) = family().await;
    let container = container(&joined).to_owned();
    ok(&tab.join("lv:child-0", join_nested(&container, None)).await);
    tab.tell(&page.topic(), "event", json!({"type": "click", "event": "panic", "value": {}})).await;
    let ended = [tab.next_json().await, tab.next_json().await];
    let ended = ended.map(|frame| (frame[2].as_str().unwrap().to_owned(), frame[3].clone()));
    assert!(ended.contains(&("lv:child-0".to_owned(), json!("phx_close"))), "{ended:?}");
    assert!(ended.contains(&(page.topic(), json!("phx_error"))), "{ended:?}");
    let refused = tab.join("lv:child-0", join_nested(&container, None)).await;
    assert_eq!(error(&refused), &json!({"reason": "stale"}), "its parent is gone");
}

#[tokio::test]
async fn f120_a_childs_token_is_worth_nothing_on_another_connection() {
    let (visitor, _tab, page, joined) = family().await;
    let mut other = visitor.socket(&page).await;
    let refused = other.join("lv:child-0", join_nested(container(&joined), None)).await;
    assert_eq!(error(&refused), &json!({"reason": "stale"}));
}

#[tokio::test]
async fn f125_a_patch_of_a_child_is_the_pages() {
    let (_visitor, mut tab, page, joined) = family().await;
    ok(&tab.join("lv:child-0", join_nested(container(&joined), None)).await);
    let value = json!({ "to": "/family?children=xx" });
    let reference =
        tab.tell("lv:child-0", "event", json!({"type": "click", "event": "patch", "value": value})).await;
    let mut frames = Vec::new();
    for _ in 0..3 {
        frames.push(tab.next_json().await);
    }
    let of = |topic: &str| frames.iter().filter(|frame| frame[2] == topic).cloned().collect::<Vec<_>>();
    let child = of("lv:child-0");
    assert_eq!((&child[0][1], &child[0][4]["response"]), (&json!(reference), &json!({"diff": {"1": "1"}})));
    let root = of(&page.topic());
    assert_eq!((&root[0][3], &root[0][4]["to"]), (&json!("live_patch"), &json!("/family?children=xx")));
    assert_eq!((&root[1][3], &root[1][4]["0"]), (&json!("diff"), &json!("2")));
}

#[tokio::test]
async fn f125_a_redirect_of_a_child_is_its_reply() {
    let (_visitor, mut tab, _page, joined) = family().await;
    ok(&tab.join("lv:child-0", join_nested(container(&joined), None)).await);
    let response = tab.click("lv:child-0", "redirect", json!({ "to": "/x" })).await;
    assert_eq!(response, json!({"redirect": {"to": "/x"}}));
}

#[tokio::test]
async fn f126_two_children_with_one_id_crash_the_view() {
    let (_visitor, mut tab, page, _) = family().await;
    tab.tell(&page.topic(), "event", json!({"type": "click", "event": "twins", "value": {}})).await;
    tab.push(&page.topic(), "phx_error").await;
}

#[tokio::test]
async fn f070_a_child_is_mounted_once_as_well() {
    let mounts = Mounts::default();
    let provided = mounts.clone();
    let mut visitor =
        Visitor::of(|live| live.root_layout(root).on_mount(Provide(provided)).page::<Family>("/family"))
            .await;
    let (mut tab, page, joined) = visitor.open("/family").await;
    let fixed = page.fixed_of("child-0");
    let joined = tab.join("lv:child-0", join_nested(container(&joined), Some(fixed))).await;
    assert_eq!(ok(&joined)["rendered"]["0"], "Ann &lt;0&gt;");
    assert_eq!(mounts.get(), 1);
}
