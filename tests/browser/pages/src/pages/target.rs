//! Fields whose names contradict each other, each of which is a target (E140).

use firecrest::live::form::FormData;
use firecrest::prelude::*;
use serde::Deserialize;

pub(crate) struct Target {
    keys: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    Changed(FormData),
}

impl LiveView for Target {
    type Event = Event;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Target { keys: Vec::new() })
    }

    async fn handle_event(&mut self, Event::Changed(said): Event, _cx: &mut View<'_>) -> Outcome {
        self.keys = said.target().into_iter().map(str::to_owned).collect();
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <form id="fields" phx-change="changed">
                <input id="a" type="text" name="foo">
                <input id="b" type="text" name="foo[bar]">
            </form>
            <output id="target">{self.keys.join(" ")}</output>
        }
    }
}
