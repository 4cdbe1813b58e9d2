//! Where sticky views may be.

use firecrest::prelude::*;

use super::radio::{Radio, radio, rooms};
use crate::visitor::{Visitor, join_nested, ok};

/// A page whose radio sends it elsewhere.
pub(super) struct Away;

/// A page with two radios of one id.
struct Twins;

/// A page with a radio inside a nested view.
struct Outer;

/// A view with a radio.
struct Cabinet;

/// A page with a radio inside a sticky view.
struct Stack;

/// Views that are nothing but what is inside them.
macro_rules! shows {
    ($($view:ident: $inside:expr,)*) => {$(
        impl LiveView for $view {
            type Event = NoEvents;
            type Info = ();

            async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
                Ok($view)
            }

            fn render(&self) -> Html {
                let inside = $inside;
                html! { <i>"inside"</i>{inside} }
            }
        }
    )*};
}

shows! {
    Away: nested::<Radio>("radio").given("away", "/elsewhere").sticky(),
    Twins: html! { {radio("radio")}{radio("radio")} },
    Outer: nested::<Cabinet>("cabinet"),
    Cabinet: radio("radio"),
    Stack: nested::<Cabinet>("cabinet").sticky(),
}

async fn visitor() -> Visitor {
    Visitor::of(|live| {
        rooms(live)
            .page::<Twins>("/twins")
            .page::<Outer>("/outer")
            .page::<Cabinet>("/cabinet")
            .page::<Stack>("/stack")
    })
    .await
}

#[tokio::test]
async fn f126_two_sticky_views_of_one_id_are_an_error() {
    assert_eq!(visitor().await.get("/twins").await.status, 500);
}

#[tokio::test]
async fn f123_a_pages_view_may_contain_it_outside_a_layout() {
    assert_eq!(visitor().await.get("/cabinet").await.status, 200);
}

/// The client would take it out of the view around it and lose it.
#[tokio::test]
async fn f123_inside_a_nested_or_sticky_view_it_is_an_error() {
    let mut visitor = visitor().await;
    assert_eq!(visitor.get("/outer").await.status, 500);
    assert_eq!(visitor.get("/stack").await.status, 500);
}

/// A view that shows a radio once it is clicked.
struct Late {
    shows: bool,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum LateEvent {
    Show,
}

impl LiveView for Late {
    type Event = LateEvent;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Late { shows: false })
    }

    async fn handle_event(&mut self, LateEvent::Show: LateEvent, _cx: &mut View<'_>) -> Outcome {
        self.shows = true;
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! { if self.shows { {radio("radio")} } }
    }
}

struct Around;

shows! { Around: nested::<Late>("late"), }

#[tokio::test]
async fn f123_one_that_appears_in_a_nested_view_crashes_that_view() {
    let mut visitor = Visitor::of(|live| rooms(live).page::<Around>("/around")).await;
    let (mut tab, _page, joined) = visitor.open("/around").await;
    let container = ok(&joined)["rendered"]["0"].as_str().unwrap().to_owned();
    ok(&tab.join("lv:late", join_nested(&container, None)).await);
    tab.tell("lv:late", "event", json!({"type": "click", "event": "show", "value": {}})).await;
    tab.push("lv:late", "phx_error").await;
}
