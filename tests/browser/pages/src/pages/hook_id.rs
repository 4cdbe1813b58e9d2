//! A hook that sets the id of its element to what it is (E163).

use firecrest::prelude::*;
use serde::Deserialize;

pub(crate) struct HookId {
    count: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    Increment,
}

impl LiveView for HookId {
    type Event = Event;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(HookId { count: 0 })
    }

    async fn handle_event(&mut self, Event::Increment: Event, _cx: &mut View<'_>) -> Outcome {
        self.count += 1;
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <button phx-click="increment">"Increment"</button>
            <div id="hooked" phx-hook="SameId">"count is " {self.count}</div>
        }
    }
}
