//! What is rendered when a component changes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use firecrest::prelude::*;
use firecrest_test::TestPage;
use serde::Deserialize;

use super::super::fixture::endpoint;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Event {
    Again,
}

/// Counts what is rendered.
static RENDERED: AtomicUsize = AtomicUsize::new(0);

struct Counted;

impl LiveComponent for Counted {
    type Props = Arc<str>;
    type Event = Event;
    type Info = ();

    async fn mount(_props: &Arc<str>, _cx: &mut ComponentCx<'_, Self>) -> Result<Self, MountError> {
        Ok(Counted)
    }

    async fn handle_event(&mut self, Event::Again: Event, _cx: &mut ComponentCx<'_, Self>) -> Outcome {
        Outcome::Render
    }

    fn render(&self, cx: &Rendering<'_, Self>) -> Html {
        RENDERED.fetch_add(1, Ordering::Relaxed);
        html! { <p id={&**cx.props()}></p> }
    }
}

struct Many;

impl LiveView for Many {
    type Event = Event;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Many)
    }

    async fn handle_event(&mut self, Event::Again: Event, _cx: &mut View<'_>) -> Outcome {
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            for id in 0..100, key = id { {live_component::<Counted>(id, format!("p{id}").into())} }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn f133_only_what_has_changed_is_rendered() {
    let endpoint = endpoint();
    let router = endpoint.live("/live").page::<Many>("/many").into_router();
    let mut page = TestPage::open(&endpoint, router, "/many").await.unwrap();
    let rendered = |before: usize| RENDERED.load(Ordering::Relaxed) - before;
    let before = rendered(0);
    page.element("#p7", None).component_event("again", ()).await;
    assert_eq!(rendered(before), 1);
    page.event("again", ()).await;
    assert_eq!(rendered(before), 1);
}
