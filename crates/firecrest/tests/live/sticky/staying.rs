//! How long a sticky view stays.

use firecrest::prelude::*;

use super::radio::{Radio, go, join_first, join_sticky, mounted, rooms, tuned_in};
use crate::visitor::{Visitor, error, join_nested, ok};

#[tokio::test]
async fn f123_a_sticky_view_is_in_the_page_with_a_token_of_its_own_and_mounted_once() {
    let (_visitor, mut tab, page, joined) = tuned_in().await;
    let element = page.body.split_once("<header>").unwrap().1.split_once("</header>").unwrap().0;
    assert!(element.starts_with("<div id=\"radio\" data-phx-session=\"SFMyNTY."), "{element}");
    assert!(element.ends_with("\" data-phx-sticky><b>News</b>0</div>"), "{element}");
    let container = ok(&joined)["rendered"]["0"].as_str().unwrap();
    assert!(container.ends_with("\" data-phx-static=\"\" data-phx-sticky></div>"), "{container}");
    assert_eq!(tab.click("lv:radio", "click", json!({})).await, json!({"diff": {"1": "1"}}));
    assert_eq!(mounted(), 1);
}

#[tokio::test]
async fn f123_it_survives_navigation_and_is_where_the_next_layout_has_it() {
    let (_visitor, mut tab, page, _) = tuned_in().await;
    tab.click("lv:radio", "click", json!({})).await;
    let joined = go(&mut tab, &page, "/bottom").await;
    let rendered = &ok(&joined)["rendered"];
    assert!(rendered["1"].as_str().unwrap().contains(" data-phx-sticky>"), "{rendered}");
    assert_eq!(tab.click("lv:radio", "click", json!({})).await, json!({"diff": {"1": "2"}}));
    assert_eq!(mounted(), 1);
}

#[tokio::test]
async fn f123_it_survives_the_crash_of_the_view_around_it() {
    let (_visitor, mut tab, page, _) = tuned_in().await;
    tab.tell(&page.topic(), "event", json!({"type": "click", "event": "panic", "value": {}})).await;
    tab.push(&page.topic(), "phx_error").await;
    ok(&tab.join(&page.topic(), page.join("/top")).await);
    assert_eq!(tab.click("lv:radio", "click", json!({})).await, json!({"diff": {"1": "1"}}));
}

#[tokio::test]
async fn f123_its_crash_is_its_own() {
    let (_visitor, mut tab, page, _) = tuned_in().await;
    tab.click("lv:radio", "click", json!({})).await;
    tab.tell("lv:radio", "event", json!({"type": "click", "event": "panic", "value": {}})).await;
    tab.push("lv:radio", "phx_error").await;
    ok(&go(&mut tab, &page, "/bottom").await);
    let mut payload = join_first(&page, "radio");
    payload["params"]["_mounts"] = 1.into();
    assert_eq!(ok(&tab.join("lv:radio", payload).await)["rendered"]["1"], "0");
}

#[tokio::test]
async fn f123_it_ends_when_the_client_leaves_it() {
    let (_visitor, mut tab, page, _) = tuned_in().await;
    let joined = go(&mut tab, &page, "/silent").await;
    assert_eq!(ok(&joined)["rendered"]["s"], json!(["", ""]));
    ok(&tab.ask("lv:radio", "phx_leave", json!({})).await);
    tab.push("lv:radio", "phx_close").await;
    let joined = go(&mut tab, &page, "/bottom").await;
    let container = ok(&joined)["rendered"]["1"].as_str().unwrap().to_owned();
    let joined = tab.join("lv:radio", join_sticky(&container, None)).await;
    assert_eq!(ok(&joined)["rendered"]["1"], "0");
    assert_eq!(mounted(), 2);
}

#[tokio::test]
async fn f123_several_are_each_their_own() {
    let mut visitor = Visitor::of(rooms).await;
    let (mut tab, page, _) = visitor.open("/two").await;
    for id in ["radio", "second"] {
        ok(&tab.join(&format!("lv:{id}"), join_first(&page, id)).await);
    }
    tab.click("lv:second", "click", json!({})).await;
    assert_eq!(tab.click("lv:second", "click", json!({})).await, json!({"diff": {"1": "2"}}));
    assert_eq!(tab.click("lv:radio", "click", json!({})).await, json!({"diff": {"1": "1"}}));
}

/// Its token is as good as that of a page's own view: on any connection of the same visitor.
#[tokio::test]
async fn f123_a_connection_that_was_lost_mounts_it_anew() {
    let (visitor, mut tab, page, _) = tuned_in().await;
    tab.click("lv:radio", "click", json!({})).await;
    let mut other = visitor.socket(&page).await;
    let mut payload = join_first(&page, "radio");
    payload["params"]["_mounts"] = 1.into();
    assert_eq!(ok(&other.join("lv:radio", payload).await)["rendered"]["1"], "0");
}

/// After a deploy the clients are there before anybody has loaded a page.
#[tokio::test]
async fn f123_on_a_server_that_has_not_shown_it_yet_it_waits_for_the_page_around_it() {
    let key = "a".repeat(64);
    let endpoint = || Endpoint::builder().secret_key_base(&key).build().unwrap();
    let server =
        |endpoint: Endpoint| Visitor::at(endpoint.clone(), rooms(endpoint.live("/live")).into_router());
    let mut visitor = server(endpoint()).await;
    let page = visitor.get("/top").await;
    let mut other = server(endpoint()).await;
    other.cookie.clone_from(&visitor.cookie);
    let mut tab = other.socket(&page).await;
    let reference = tab.begin_join("lv:radio", join_first(&page, "radio")).await;
    ok(&tab.join(&page.topic(), page.join("/top")).await);
    ok(&tab.reply_to(&reference).await);
    assert_eq!(tab.click("lv:radio", "click", json!({})).await, json!({"diff": {"1": "1"}}));
}

#[tokio::test]
async fn f123_its_token_is_for_its_id() {
    let (_visitor, mut tab, page, _) = tuned_in().await;
    let refused = tab.join("lv:other", join_first(&page, "radio")).await;
    assert_eq!(error(&refused), &json!({"reason": "stale"}));
    let mut payload = join_first(&page, "radio");
    payload["redirect"] = "http://localhost/top".into();
    assert_eq!(error(&tab.join("lv:radio", payload).await), &json!({"reason": "unauthorized"}));
}

/// A sticky view with one inside.
struct Stereo;

impl LiveView for Stereo {
    type Event = NoEvents;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Stereo)
    }

    fn render(&self) -> Html {
        html! { <p>{nested::<Radio>("inner")}</p> }
    }
}

struct Hall;

impl LiveView for Hall {
    type Event = NoEvents;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Hall)
    }

    fn render(&self) -> Html {
        html! { {nested::<Stereo>("stereo").sticky()} }
    }
}

#[tokio::test]
async fn f123_what_is_inside_a_sticky_view_stays_and_ends_with_it() {
    let mut visitor = Visitor::of(|live| rooms(live).page::<Hall>("/hall")).await;
    let (mut tab, page, _) = visitor.open("/hall").await;
    let joined = tab.join("lv:stereo", join_first(&page, "stereo")).await;
    let inner = ok(&joined)["rendered"]["0"].as_str().unwrap();
    assert!(inner.ends_with(" data-phx-parent-id=\"stereo\"></div>"), "{inner}");
    ok(&tab.join("lv:inner", join_nested(inner, None)).await);
    ok(&go(&mut tab, &page, "/hall").await);
    assert_eq!(tab.click("lv:inner", "click", json!({})).await, json!({"diff": {"1": "1"}}));
    ok(&tab.ask("lv:stereo", "phx_leave", json!({})).await);
    tab.push("lv:stereo", "phx_close").await;
    tab.push("lv:inner", "phx_close").await;
}
