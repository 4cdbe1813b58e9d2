//! A shared view inside an ordinary one.

use firecrest::live::shared::shared;
use firecrest::prelude::*;
use serde::Deserialize;
use serde_json::Value;

use super::board::{Board, Watcher};
use crate::pages::root;
use crate::visitor::{Visitor, join_nested, ok};

struct Outer {
    shows: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum OuterEvent {
    Hide,
}

impl LiveView for Outer {
    type Event = OuterEvent;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Outer { shows: true })
    }

    async fn handle_event(&mut self, OuterEvent::Hide: OuterEvent, _cx: &mut View<'_>) -> Outcome {
        self.shows = false;
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! { <h1>"Own"</h1> if self.shows { {shared::<Board>("board", "key")} } }
    }
}

/// The container of the shared view in the reply to the join of the one around it.
fn container(joined: &Value) -> String {
    ok(joined)["rendered"]["0"]["0"].as_str().unwrap().to_owned()
}

async fn open(visitor: &mut Visitor) -> (Watcher, String) {
    let (mut tab, page, joined) = visitor.open("/outer").await;
    let outer = page.topic();
    let joined = tab.join("lv:board", join_nested(&container(&joined), None)).await;
    let mut watcher = Watcher::new(tab, page, joined);
    watcher.topic = "lv:board".to_owned();
    (watcher, outer)
}

async fn visitor() -> Visitor {
    Visitor::of(|live| live.root_layout(root).page::<Outer>("/outer")).await
}

#[tokio::test]
async fn a_shared_view_inside_another_is_part_of_the_first_page() {
    let mut visitor = visitor().await;
    let page = visitor.get("/outer").await;
    assert!(page.body.contains("<h1>Own</h1><div id=\"board\""), "{}", page.body);
    assert!(page.body.contains("<p>0</p><i></i></div>"), "{}", page.body);
}

#[tokio::test]
async fn two_pages_share_the_view_inside_them_and_nothing_else() {
    let mut visitor = visitor().await;
    let (mut first, _) = open(&mut visitor).await;
    let (mut second, _) = open(&mut visitor).await;
    first.until(|html| html.contains("<p>2</p>")).await;
    first.ask("write", json!({ "line": "inside" })).await;
    second.until(|html| html.ends_with("<b>inside</b>")).await;
}

#[tokio::test]
async fn f122_it_is_left_when_the_view_around_it_takes_it_out() {
    let mut visitor = visitor().await;
    let (mut first, _) = open(&mut visitor).await;
    let (mut second, outer) = open(&mut visitor).await;
    first.until(|html| html.contains("<p>2</p>")).await;
    second.tab.tell(&outer, "event", json!({ "type": "click", "event": "hide", "value": {} })).await;
    // The client leaves what is not in the page any more.
    second.tab.tell("lv:board", "phx_leave", json!({})).await;
    first.until(|html| html.contains("<p>1</p>")).await;
}

#[tokio::test]
async fn f120_it_ends_with_the_view_around_it() {
    let mut visitor = visitor().await;
    let (mut first, _) = open(&mut visitor).await;
    let (mut second, outer) = open(&mut visitor).await;
    first.until(|html| html.contains("<p>2</p>")).await;
    second.tab.tell(&outer, "phx_leave", json!({})).await;
    first.until(|html| html.contains("<p>1</p>")).await;
}

#[tokio::test]
async fn its_key_cannot_be_forged() {
    let mut visitor = visitor().await;
    let (mut tab, _page, joined) = visitor.open("/outer").await;
    let mut payload = join_nested(&container(&joined), None);
    let token = payload["session"].as_str().unwrap().replace('.', "x.");
    payload["session"] = json!(token);
    let refused = tab.join("lv:board", payload).await;
    assert_eq!(refused, json!({ "status": "error", "response": { "reason": "stale" } }));
}
