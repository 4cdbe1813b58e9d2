//! A debounced input that stands outside of its form (E155).

use firecrest::live::form::FormData;
use firecrest::prelude::*;
use serde::Deserialize;

pub(crate) struct Debounced {
    name: String,
    saved: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    Validate(FormData),
    Save(FormData),
}

impl LiveView for Debounced {
    type Event = Event;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Debounced { name: "Test".to_owned(), saved: None })
    }

    async fn handle_event(&mut self, event: Event, _cx: &mut View<'_>) -> Outcome {
        let (Event::Validate(said) | Event::Save(said)) = &event;
        self.name = said.text("name").unwrap_or_default().to_owned();
        if matches!(event, Event::Save(_)) {
            self.saved = Some(self.name.clone());
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <input form="outside" phx-debounce="500" type="text" name="name" id="name" value={&self.name}>
            <form id="outside" phx-change="validate" phx-submit="save">
                <button phx-disable-with="Saving">"Save"</button>
            </form>
            <output id="saved">{&self.saved}</output>
        }
    }
}
