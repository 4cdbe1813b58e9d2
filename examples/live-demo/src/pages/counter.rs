use firecrest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CounterEvent {
    Inc,
    Dec,
}

pub(crate) struct Counter {
    count: i64,
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
            <output class="count">{self.count}</output>
            <button type="button" class="round" phx-click="dec" aria-label="One less">"−"</button>
            <button type="button" class="round" phx-click="inc" aria-label="One more">"+"</button>
        }
    }
}
