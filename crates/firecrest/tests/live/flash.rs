//! Messages that are shown once (F063, F104).

use axum::response::Redirect;
use axum::routing::get;
use firecrest::live::LiveMount;
use firecrest::prelude::*;
use firecrest::session::Session;
use serde::Deserialize;

use crate::pages::{Lab, Other, root};
use crate::visitor::{Visitor, ok};

fn pages(live: LiveMount) -> LiveMount {
    live.root_layout(root)
        .page::<Lab>("/lab")
        .page::<Other>("/other")
        .page::<Herald>("/herald")
        .page::<Around>("/around")
}

async fn visitor() -> Visitor {
    Visitor::of(pages).await
}

/// Says something while it is mounted.
struct Herald;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum HeraldEvent {
    Go,
}

impl LiveView for Herald {
    type Event = HeraldEvent;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let length = cx.params().get("length").map_or(Ok(0), str::parse)?;
        cx.put_flash("info", format!("hear{}", "!".repeat(length)));
        // Inside another view there is no address.
        if length > 0 || cx.uri().is_empty() { Err(MountError::redirect("/other")) } else { Ok(Herald) }
    }

    async fn handle_event(&mut self, event: HeraldEvent, cx: &mut View<'_>) -> Outcome {
        match event {
            HeraldEvent::Go => cx.push_navigate("/other"),
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! { <b>"herald"</b> }
    }
}

/// A view with that one inside.
struct Around;

impl LiveView for Around {
    type Event = NoEvents;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Around)
    }

    fn render(&self) -> Html {
        html! { <p>{nested::<Herald>("herald")}</p> }
    }
}

#[tokio::test]
async fn f104_what_was_put_in_this_turn_travels_over_a_navigation() {
    let mut visitor = visitor().await;
    let (mut tab, page, _) = visitor.open("/lab").await;
    let topic = page.topic();
    tab.click(&topic, "flash", json!({ "info": "earlier" })).await;
    let reference = tab
        .tell(&topic, "event", json!({"type": "click", "event": "navigate", "value": {"to": "/other"}}))
        .await;
    assert_eq!(tab.push(&topic, "diff").await, json!({"e": [["bye", {}]]}), "events go first");
    let reply = tab.reply_to(&reference).await;
    let gone = &ok(&reply)["live_redirect"];
    assert_eq!((&gone["to"], &gone["kind"]), (&json!("/other"), &json!("push")));
    tab.push(&topic, "phx_close").await;

    let mut join = page.join("/lab");
    join["redirect"] = json!("http://localhost/other");
    join["flash"] = gone["flash"].clone();
    let joined = tab.join(&topic, join).await;
    assert_eq!(ok(&joined)["rendered"]["0"], "gone");
}

#[tokio::test]
async fn f104_a_cookie_of_the_client_is_read_once() {
    let mut visitor = visitor().await;
    let (mut tab, page, _) = visitor.open("/lab").await;
    let reference = tab
        .tell(
            &page.topic(),
            "event",
            json!({"type": "click", "event": "navigate", "value": {"to": "/other"}}),
        )
        .await;
    tab.push(&page.topic(), "diff").await;
    let reply = tab.reply_to(&reference).await;
    let flash = ok(&reply)["live_redirect"]["flash"].as_str().unwrap().to_owned();
    let shown = visitor.get_with("/other", &format!("__phoenix_flash__={flash}")).await;
    assert!(shown.body.contains("<p>gone</p>"), "{}", shown.body);
    assert!(shown.head.contains("__phoenix_flash__=; path=/; max-age=0"), "{}", shown.head);
    let forged = visitor.get_with("/other", "__phoenix_flash__=SFMyNTY.x.y").await;
    assert!(forged.body.contains("<p>none</p>"), "{}", forged.body);
}

/// Spec §5.4: only what was put in the turn that goes elsewhere.
#[tokio::test]
async fn f104_what_was_put_while_mounting_goes_nowhere_later() {
    let mut visitor = visitor().await;
    for mounts in [0, 1] {
        let page = visitor.get("/herald").await;
        let mut tab = visitor.socket(&page).await;
        let mut join = page.join("/herald");
        join["params"]["_mounts"] = json!(mounts);
        ok(&tab.join(&page.topic(), join).await);
        let gone = tab.click(&page.topic(), "go", json!({})).await;
        assert_eq!(gone, json!({"live_redirect": {"to": "/other", "kind": "push"}}));
    }
}

#[tokio::test]
async fn f104_what_a_child_has_put_travels_with_its_redirect_of_the_page() {
    let mut visitor = visitor().await;
    let page = visitor.get("/around").await;
    assert_eq!((page.status, page.header("location")), (302, Some("/other")));
    let shown = visitor.get("/other").await;
    assert!(shown.body.contains("<p>hear</p>"), "{}", shown.body);
}

#[tokio::test]
async fn f104_more_than_can_travel_keeps_nobody_from_a_redirect() {
    let mut visitor = visitor().await;
    let page = visitor.get("/herald?length=5000").await;
    assert_eq!((page.status, page.header("location")), (302, Some("/other")));
    let shown = visitor.get("/other").await;
    assert!(shown.body.contains("<p>none</p>"), "{}", shown.body);
}

async fn greet(session: Session) -> Redirect {
    session.insert("phoenix_flash", &json!({ "info": "welcome" })).unwrap();
    Redirect::to("/lab?redirect=/other")
}

#[tokio::test]
async fn f104_what_nobody_has_seen_travels_over_a_second_redirect() {
    let endpoint = crate::support::endpoint();
    let live: axum::Router = pages(endpoint.live("/live")).into_router();
    let greeting = axum::Router::new().route("/greet", get(greet)).layer(endpoint.session_layer());
    let mut visitor = Visitor::at(endpoint, live.merge(greeting)).await;
    assert_eq!(visitor.get("/greet").await.header("location"), Some("/lab?redirect=/other"));
    assert_eq!(visitor.get("/lab?redirect=/other").await.header("location"), Some("/other"));
    let shown = visitor.get("/other").await;
    assert!(shown.body.contains("<p>welcome</p>"), "{}", shown.body);
}
