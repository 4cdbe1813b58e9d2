//! Portals inside portals, as deep as they may be (E062, E063).

use firecrest::live::Portal;
use firecrest::prelude::*;
use serde::Deserialize;

use super::portals::TARGET;

/// How many portals are inside one another.
const DEPTH: u32 = 5;

pub(crate) struct Nesting {
    count: u32,
    shown: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    Count,
    Toggle,
}

impl LiveView for Nesting {
    type Event = Event;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Nesting { count: 0, shown: true })
    }

    async fn handle_event(&mut self, event: Event, _cx: &mut View<'_>) -> Outcome {
        match event {
            Event::Count => self.count += 1,
            Event::Toggle => self.shown = !self.shown,
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <button phx-click="toggle">"Toggle"</button>
            if self.shown { <Level depth=1 count={self.count}/> }
        }
    }
}

#[component]
fn Level(depth: u32, count: u32) -> Html {
    html! {
        <Portal id={&format!("portal-{depth}")} target={TARGET}>
            <p id={format!("level-{depth}")}>"level " {depth} " counted " {count}</p>
            if depth < DEPTH { <Level depth={depth + 1} count={count}/> }
            else { <button phx-click="count">"Count"</button> }
        </Portal>
    }
}
