//! Content that is shown elsewhere: a modal, a tooltip, a menu, and a view inside (E056–E058, E060, E061, E064).

use std::time::Duration;

use firecrest::live::{Portal, js};
use firecrest::prelude::*;
use serde::Deserialize;

/// Where the document has room for it, outside all views.
pub(crate) const TARGET: &str = "#root-portal";

pub(crate) struct Portals {
    count: u32,
    away: u32,
    shown: bool,
    heard: String,
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    Count,
    CountLater,
    Toggle,
    Away,
    Here { id: String },
    Typed { name: String },
}

/// It is time to count.
pub(crate) struct Later;

impl LiveView for Portals {
    type Event = Event;
    type Info = Later;

    async fn mount(_cx: &mut Mount<'_, Later>) -> Result<Self, MountError> {
        Ok(Portals { count: 0, away: 0, shown: true, heard: String::new(), name: String::new() })
    }

    async fn handle_event(&mut self, event: Event, cx: &mut View<'_, Later>) -> Outcome {
        match event {
            Event::Count => self.count += 1,
            Event::CountLater => {
                cx.send_after(Duration::from_millis(20), Later);
            }
            Event::Toggle => self.shown = !self.shown,
            Event::Away => self.away += 1,
            Event::Here { id } => self.heard.push_str(&id),
            Event::Typed { name } => self.name = name,
        }
        Outcome::Render
    }

    async fn handle_info(&mut self, Later: Later, _cx: &mut View<'_, Later>) -> Outcome {
        self.count += 1;
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <button phx-click={js::show("#modal")}>"Open"</button>
            <button phx-click="toggle">"Toggle"</button>
            <a {..link::navigate("/portals/nesting")}>"Leave"</a>
            if self.shown {
                <Portal id="modal-portal" target={TARGET}>
                    <div id="modal" class="closed">
                        <p id="count">{self.count}</p>
                        <button phx-click="count">"Count"</button>
                        <button phx-click="count_later">"Count later"</button>
                    </div>
                </Portal>
            }
            <Portal id="hook-portal" target={TARGET}>
                <p id="hooked" phx-hook="Here">"heard " {&self.heard}</p>
            </Portal>
            <Portal id="form-portal" target={TARGET}>
                <form id="form" phx-change="typed"><input name="name" value={&self.name}></form>
                <output id="name">{&self.name}</output>
            </Portal>
            <b id="tipped" phx-hook="Tooltip" data-tip="tip">"Hover here"</b>
            <Portal id="tip-portal" target={TARGET}><i id="tip" class="closed">"counted " {self.count}</i></Portal>
            <div id="menu" phx-click-away="away">
                "A menu"
                <Portal id="menu-portal" target={TARGET}><button>"In the menu"</button></Portal>
            </div>
            <output id="away">{self.away}</output>
            {nested::<Child>("child")}
        }
    }
}

/// A view inside, with a portal of its own.
struct Child(u32);

impl LiveView for Child {
    type Event = Event;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Child(0))
    }

    async fn handle_event(&mut self, _event: Event, _cx: &mut View<'_>) -> Outcome {
        self.0 += 1;
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <Portal id="child-portal" target={TARGET}>
                <button phx-click="count">"Count child"</button>
                <output id="child-count">{self.0}</output>
            </Portal>
        }
    }
}
