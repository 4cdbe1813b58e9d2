//! Two views of one live session, and the ways between them (E041–E055).

use firecrest::channel::NoEvents;
use firecrest::live::LayoutContext;
use firecrest::prelude::*;
use serde::Deserialize;

use super::link;
use crate::serial;

/// A menu beside the view, kept alive with it.
pub(crate) fn layout(_cx: &LayoutContext<'_>, view: &Html) -> Html {
    html! {
        <nav>
            {link::navigate("/navigation/a", "To A")}
            {link::navigate("/navigation/b", "To B")}
            {link::navigate("/elsewhere", "Elsewhere")}
            {link::navigate("/navigation/dead", "Dead")}
        </nav>
        <main>{view}</main>
    }
}

/// A page without a view.
pub(crate) async fn dead() -> axum::response::Html<&'static str> {
    axum::response::Html("<!DOCTYPE html><title>Dead</title><h1>Dead</h1>")
}

/// A view whose links change its own address.
pub(crate) struct A {
    param: Option<String>,
    /// What the links ask for: something else each time.
    next: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    Navigate,
    Replace,
}

impl LiveView for A {
    type Event = Event;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(A { param: None, next: 0 })
    }

    async fn handle_params(&mut self, cx: &mut View<'_>) -> Outcome {
        self.param = cx.params().get("param").map(str::to_owned);
        self.next = serial::next();
        Outcome::Render
    }

    async fn handle_event(&mut self, event: Event, cx: &mut View<'_>) -> Outcome {
        match event {
            Event::Navigate => cx.push_navigate("/navigation/b"),
            Event::Replace => cx.replace_patch(self.next()),
        }
        Outcome::NoReply
    }

    fn render(&self) -> Html {
        let next = self.next();
        html! {
            <h1>"A"</h1>
            <output id="param">{&self.param}</output>
            {link::patch(&next, "Patch")}
            {link::replace(&next, "Replace")}
            {link::navigate("/navigation/b#item-42", "To 42")}
            <button type="button" phx-click="navigate">"Server navigates"</button>
            <button type="button" phx-click="replace">"Server replaces"</button>
        }
    }
}

impl A {
    fn next(&self) -> String {
        format!("/navigation/a?param={}", self.next)
    }
}

/// A view that is longer than a screen, and whose entries are addresses of the same view.
pub(crate) struct B {
    id: Option<String>,
    has_container: bool,
}

impl LiveView for B {
    type Event = NoEvents;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(B { id: None, has_container: false })
    }

    async fn handle_params(&mut self, cx: &mut View<'_>) -> Outcome {
        self.id = cx.params().get("id").map(str::to_owned);
        self.has_container = cx.params().get("container").is_some();
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <h1>"B"</h1>
            <a href="#item-42">"Jump to 42"</a>
            if let Some(id) = &self.id {
                <p id="shown">"Item " {id}</p>
            } else {
                <div id="container" class={("scrolls", self.has_container)}>
                    <ul>
                        for item in 1..=100, key = item {
                            <li id={format!("item-{item}")}>
                                {link::patch(&format!("/navigation/b/{item}"), &format!("Item {item}"))}
                            </li>
                        }
                    </ul>
                </div>
            }
        }
    }
}
