//! Components that come and go, one inside the other (E109, E165), and in a view inside another (E146).

use firecrest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    Show,
    Hide,
    Count,
}

/// Shows a box, or not; with `?inner` a view of its own kind inside.
pub(crate) struct Components {
    shown: bool,
    is_inner: bool,
    name: String,
}

impl LiveView for Components {
    type Event = Event;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let name = cx.session::<String>("name").unwrap_or_else(|| "outer".to_owned());
        Ok(Components { shown: true, is_inner: name == "inner", name })
    }

    async fn handle_event(&mut self, event: Event, _cx: &mut View<'_>) -> Outcome {
        self.shown = !matches!(event, Event::Hide);
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <div id={format!("{}-view", self.name)}>
                <button phx-click="show">"Show " {&self.name}</button>
                <button phx-click="hide">"Hide " {&self.name}</button>
                if self.shown { <section>{live_component::<Outer>("box", self.name.clone())}</section> }
            </div>
            if !self.is_inner { {nested::<Components>("inner").given("name", "inner")} }
        }
    }
}

/// A box that counts its clicks, with another one inside that is never rendered again.
struct Outer(u32);

impl LiveComponent for Outer {
    type Props = String;
    type Event = Event;
    type Info = ();

    async fn mount(_name: &String, _cx: &mut ComponentCx<'_, Self>) -> Result<Self, MountError> {
        Ok(Outer(0))
    }

    async fn handle_event(&mut self, _event: Event, _cx: &mut ComponentCx<'_, Self>) -> Outcome {
        self.0 += 1;
        Outcome::Render
    }

    fn render(&self, cx: &Rendering<'_, Self>) -> Html {
        let name = cx.props();
        html! {
            <div id={format!("{name}-box")}>
                <button phx-click="count" phx-target={cx.myself()}>"Count " {name}</button>
                <output>{self.0}</output>
                <p>{live_component::<Inner>("inside", name.clone())}</p>
            </div>
        }
    }
}

struct Inner(u32);

impl LiveComponent for Inner {
    type Props = String;
    type Event = Event;
    type Info = ();

    async fn mount(_name: &String, _cx: &mut ComponentCx<'_, Self>) -> Result<Self, MountError> {
        Ok(Inner(0))
    }

    async fn handle_event(&mut self, _event: Event, _cx: &mut ComponentCx<'_, Self>) -> Outcome {
        self.0 += 1;
        Outcome::Render
    }

    fn render(&self, cx: &Rendering<'_, Self>) -> Html {
        html! {
            <b id={format!("{}-inside", cx.props())} phx-click="count" phx-target={cx.myself()}>"inside " {self.0}</b>
        }
    }
}
