//! One mount for a visit, where that is safe.

use std::time::Duration;

use firecrest::live::ParkLimits;
use firecrest::prelude::*;

use crate::pages::{Lab, root};
use crate::visitor::{Mounts, Provide, Visitor, ok};

async fn visitor(mounts: &Mounts) -> Visitor {
    let mounts = mounts.clone();
    Visitor::of(|live| live.root_layout(root).on_mount(Provide(mounts)).page::<Lab>("/lab")).await
}

#[tokio::test]
async fn f070_the_view_of_the_page_is_adopted_by_its_socket() {
    let mounts = Mounts::default();
    let mut visitor = visitor(&mounts).await;
    let (mut tab, page, joined) = visitor.open("/lab?x=1").await;
    assert_eq!(ok(&joined)["rendered"]["0"], "0");
    assert_eq!(tab.click(&page.topic(), "add", json!({ "by": "2" })).await, json!({"diff": {"0": "2"}}));
    assert_eq!(mounts.get(), 1);
}

#[tokio::test]
async fn f070_a_second_join_mounts_anew() {
    let mounts = Mounts::default();
    let mut visitor = visitor(&mounts).await;
    let (mut tab, page, _) = visitor.open("/lab").await;
    tab.click(&page.topic(), "add", json!({ "by": 2 })).await;
    let mut again = visitor.socket(&page).await;
    let joined = again.join(&page.topic(), page.join("/lab")).await;
    assert_eq!((&ok(&joined)["rendered"]["0"], mounts.get()), (&json!("0"), 2));
}

#[tokio::test]
async fn f070_another_address_or_visitor_does_not_get_the_view() {
    let mounts = Mounts::default();
    let mut visitor = visitor(&mounts).await;
    let page = visitor.get("/lab").await;
    let mut tab = visitor.socket(&page).await;
    ok(&tab.join(&page.topic(), page.join("/lab?x=1")).await);
    assert_eq!(mounts.get(), 2, "the view was mounted for another address");

    let page = visitor.get("/lab").await;
    visitor.cookie = None;
    let other = visitor.get("/lab").await;
    let mut tab = visitor.socket(&other).await;
    ok(&tab.join(&page.topic(), page.join("/lab")).await);
    assert_eq!(mounts.get(), 5, "the view was mounted for another session");
}

#[tokio::test]
async fn f071_a_view_that_asks_for_the_socket_is_mounted_for_both() {
    let mounts = Mounts::default();
    let mut visitor = visitor(&mounts).await;
    let (_tab, page, joined) = visitor.open("/lab?connected").await;
    assert!(page.body.contains("<output>-1</output>"), "{}", page.body);
    assert_eq!((&ok(&joined)["rendered"]["0"], mounts.get()), (&json!("1"), 2));
}

#[tokio::test]
async fn f078_a_view_that_has_missed_a_broadcast_is_mounted_anew() {
    let mounts = Mounts::default();
    let mut visitor = visitor(&mounts).await;
    let page = visitor.get("/lab?listen=news").await;
    visitor.server.endpoint.broadcast("news", "said", &json!({})).unwrap();
    let mut tab = visitor.socket(&page).await;
    ok(&tab.join(&page.topic(), page.join("/lab?listen=news")).await);
    assert_eq!(mounts.get(), 2);

    let (mut tab, page, _) = visitor.open("/lab?listen=news").await;
    assert_eq!(mounts.get(), 3, "nothing was missed");
    visitor.server.endpoint.broadcast("news", "said", &json!({})).unwrap();
    let diff = tab.push(&page.topic(), "diff").await;
    assert_eq!(diff["2"]["k"]["0"]["0"], "said on news", "{diff}");
}

#[tokio::test]
async fn parked_views_are_bounded_in_number() {
    let mounts = Mounts::default();
    let provided = mounts.clone();
    let limits = {
        let mut limits = ParkLimits::default();
        limits.views = 1;
        limits
    };
    let mut visitor = Visitor::of(|live| {
        live.root_layout(root).park(limits).on_mount(Provide(provided)).page::<Lab>("/lab")
    })
    .await;
    let (first, second) = (visitor.get("/lab").await, visitor.get("/lab").await);
    let mut tab = visitor.socket(&second).await;
    ok(&tab.join(&second.topic(), second.join("/lab")).await);
    assert_eq!(mounts.get(), 2, "the last one waits");
    ok(&tab.join(&first.topic(), first.join("/lab")).await);
    assert_eq!(mounts.get(), 3, "the first one was dropped");
}

#[tokio::test]
async fn parked_views_are_bounded_in_time() {
    let mounts = Mounts::default();
    let provided = mounts.clone();
    let mut limits = ParkLimits::default();
    limits.time = Duration::ZERO;
    let mut visitor = Visitor::of(|live| {
        live.root_layout(root).park(limits).on_mount(Provide(provided)).page::<Lab>("/lab")
    })
    .await;
    visitor.open("/lab").await;
    assert_eq!(mounts.get(), 2);
}
