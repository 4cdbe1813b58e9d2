//! Sticky views and shared ones.

use firecrest::live::LayoutContext;
use firecrest::prelude::*;

use super::radio::{go, join_first, join_sticky, mounted, radio, rooms};
use crate::pages::root;
use crate::visitor::{Visitor, ok};

/// A page that all share, with a radio of everybody's own.
struct Square {
    people: usize,
}

impl SharedView for Square {
    type Event = NoEvents;
    type Info = ();

    async fn start(_cx: &mut Start<'_>) -> Result<Self, MountError> {
        Ok(Square { people: 0 })
    }

    async fn handle_join(&mut self, _viewer: &Viewer, _cx: &mut Shared<'_>) -> Outcome {
        self.people += 1;
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! { <p>{self.people}</p> }
    }

    fn options() -> SharedOptions {
        let layout = |_: &LayoutContext<'_>, inner: &Html| html! { {radio("radio")}{inner} };
        SharedOptions::default().container(ViewOptions::default().layout(layout))
    }
}

#[tokio::test]
async fn f123_a_shared_view_may_be_around_a_sticky_one() {
    let mut visitor = Visitor::of(|live| rooms(live).shared::<Square>("/square")).await;
    let (mut tab, page, joined) = visitor.open("/square").await;
    assert!(page.body.contains("data-phx-sticky><b>News</b>0</div>"), "{}", page.body);
    let container = ok(&joined)["rendered"]["0"].as_str().unwrap().to_owned();
    assert!(container.ends_with(" data-phx-static=\"\" data-phx-sticky></div>"), "{container}");
    tab.push(&page.topic(), "diff").await;
    ok(&tab.join("lv:radio", join_first(&page, "radio")).await);
    tab.click("lv:radio", "click", json!({})).await;
    ok(&go(&mut tab, &page, "/top").await);
    assert_eq!(tab.click("lv:radio", "click", json!({})).await, json!({"diff": {"1": "2"}}));
    assert_eq!(mounted(), 1);
}

/// A page whose layout shows the square as a view that stays.
struct Corner;

impl LiveView for Corner {
    type Event = NoEvents;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Corner)
    }

    fn render(&self) -> Html {
        html! { {shared::<Crowd>("crowd", "all").sticky()} }
    }
}

/// What everybody sees, wherever they go.
struct Crowd {
    cheers: u32,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum CrowdEvent {
    Cheer,
}

impl SharedView for Crowd {
    type Event = CrowdEvent;
    type Info = ();

    async fn start(_cx: &mut Start<'_>) -> Result<Self, MountError> {
        Ok(Crowd { cheers: 0 })
    }

    async fn handle_event(&mut self, _: CrowdEvent, _viewer: &Viewer, _cx: &mut Shared<'_>) -> Outcome {
        self.cheers += 1;
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! { <p>{self.cheers}</p> }
    }
}

#[tokio::test]
async fn f123_a_shared_view_may_be_sticky() {
    let mut visitor = Visitor::of(|live| live.root_layout(root).page::<Corner>("/corner")).await;
    let (mut tab, page, joined) = visitor.open("/corner").await;
    assert!(page.body.contains(" data-phx-sticky><p>0</p></div>"), "{}", page.body);
    let container = ok(&joined)["rendered"]["0"].as_str().unwrap().to_owned();
    ok(&tab.join("lv:crowd", join_sticky(&container, None)).await);
    ok(&go(&mut tab, &page, "/corner").await);
    tab.tell("lv:crowd", "event", json!({"type": "click", "event": "cheer", "value": {}})).await;
    assert_eq!(tab.push("lv:crowd", "diff").await, json!({"0": "1"}));
}

/// A shared view with one that would be each viewer's own.
struct Crowded;

impl SharedView for Crowded {
    type Event = NoEvents;
    type Info = ();

    async fn start(_cx: &mut Start<'_>) -> Result<Self, MountError> {
        Ok(Crowded)
    }

    fn render(&self) -> Html {
        html! { {radio("radio")} }
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
        html! { {shared::<Crowded>("crowded", "all")} }
    }
}

#[tokio::test]
async fn f123_inside_a_nested_shared_view_it_is_an_error() {
    let mut visitor = Visitor::of(|live| live.root_layout(root).page::<Hall>("/hall")).await;
    assert_eq!(visitor.get("/hall").await.status, 500);
}
