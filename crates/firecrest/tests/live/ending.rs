//! Views that want to end: what is answered, and what they say before (spec §2.7, §5.3).

use std::time::Duration;

use firecrest::prelude::*;
use serde::Deserialize;
use serde_json::Value;

use crate::pages::root;
use crate::visitor::{Page, Tab, Visitor, ok};

/// A view that ends in many ways.
struct Ending;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum EndingEvent {
    Stop,
    Reply,
    Say,
    Patch,
    Redirect,
    Later,
    Fail,
}

impl LiveView for Ending {
    type Event = EndingEvent;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Ending)
    }

    async fn handle_params(&mut self, cx: &mut View<'_>) -> Outcome {
        if cx.params().get("stop").is_some() { Stop::normal().into() } else { Outcome::Render }
    }

    async fn handle_event(&mut self, event: EndingEvent, cx: &mut View<'_>) -> Outcome {
        match event {
            EndingEvent::Stop => {}
            EndingEvent::Reply => return Stop::normal().with_reply(Reply::ok(json!({ "n": 1 }))).into(),
            EndingEvent::Say => cx.push_event("bye", &json!({})),
            EndingEvent::Patch => {
                cx.push_patch("/ending?stop");
                return Outcome::Render;
            }
            EndingEvent::Redirect => return self.handle_info((), cx).await,
            EndingEvent::Later => {
                cx.send_after(Duration::ZERO, ());
                return Outcome::NoReply;
            }
            EndingEvent::Fail => {
                cx.redirect("/x");
                return Stop::error("was told to").into();
            }
        }
        Stop::normal().into()
    }

    async fn handle_info(&mut self, (): (), cx: &mut View<'_>) -> Outcome {
        cx.push_event("bye", &json!({}));
        cx.redirect("/x");
        Stop::normal().into()
    }

    fn render(&self) -> Html {
        html! { <b>"here"</b> }
    }
}

async fn ending() -> (Visitor, Tab, Page) {
    let mut visitor = Visitor::of(|live| live.root_layout(root).page::<Ending>("/ending")).await;
    let (tab, page, _) = visitor.open("/ending").await;
    (visitor, tab, page)
}

fn click(event: &str) -> Value {
    json!({"type": "click", "event": event, "value": {}})
}

/// Spec §2.7: what waits for an answer that never comes stays locked.
#[tokio::test]
async fn an_event_that_ends_the_view_is_answered() {
    for (event, answer) in [
        ("stop", json!({})),
        ("reply", json!({"diff": {"r": {"n": 1}}})),
        ("say", json!({"diff": {"e": [["bye", {}]]}})),
        ("patch", json!({})),
    ] {
        let (_visitor, mut tab, page) = ending().await;
        assert_eq!(tab.click(&page.topic(), event, json!({})).await, answer, "{event}");
        tab.push(&page.topic(), "phx_close").await;
    }
}

#[tokio::test]
async fn a_patch_of_the_client_that_ends_the_view_is_answered() {
    let (_visitor, mut tab, page) = ending().await;
    let url = json!({"url": "http://localhost/ending?stop"});
    assert_eq!(ok(&tab.ask(&page.topic(), "live_patch", url).await), &json!({}));
    tab.push(&page.topic(), "phx_close").await;
}

#[tokio::test]
async fn f103_a_redirect_of_a_view_that_stops_is_its_answer() {
    let (_visitor, mut tab, page) = ending().await;
    let reference = tab.tell(&page.topic(), "event", click("redirect")).await;
    assert_eq!(tab.push(&page.topic(), "diff").await, json!({"e": [["bye", {}]]}));
    assert_eq!(ok(&tab.reply_to(&reference).await), &json!({"redirect": {"to": "/x"}}));
    tab.push(&page.topic(), "phx_close").await;
}

#[tokio::test]
async fn f103_a_redirect_of_a_view_that_stops_unasked_is_pushed() {
    let (_visitor, mut tab, page) = ending().await;
    assert_eq!(tab.click(&page.topic(), "later", json!({})).await, json!({}));
    assert_eq!(tab.push(&page.topic(), "diff").await, json!({"e": [["bye", {}]]}));
    assert_eq!(tab.push(&page.topic(), "redirect").await, json!({"to": "/x"}));
    tab.push(&page.topic(), "phx_close").await;
}

/// Spec §2.7: after `phx_error` the client joins again.
#[tokio::test]
async fn a_view_that_stops_with_an_error_goes_nowhere() {
    let (_visitor, mut tab, page) = ending().await;
    tab.tell(&page.topic(), "event", click("fail")).await;
    tab.push(&page.topic(), "phx_error").await;
}
