//! A page with a live view: a number and two buttons.

use firecrest::prelude::*;
use serde::Deserialize;

pub(crate) struct Counter {
    count: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CounterEvent {
    Inc,
    Dec,
}

impl LiveView for Counter {
    type Event = CounterEvent;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Counter { count: rand::random_range(0..=100_000) })
    }

    async fn handle_event(&mut self, event: CounterEvent, _cx: &mut View<'_>) -> Outcome {
        match event {
            CounterEvent::Inc => self.count += 1,
            CounterEvent::Dec => self.count -= 1,
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            "Current count: " {self.count}
            <button phx-click="dec">"-"</button>
            <button phx-click="inc">"+"</button>
        }
    }
}
