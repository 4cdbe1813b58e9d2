//! A form that does not want to be left while it is dirty (E017).

use firecrest::channel::NoEvents;
use firecrest::prelude::*;
use serde::Deserialize;

use super::link;

pub(crate) struct Unsaved {
    note: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    Validate { note: String },
}

impl LiveView for Unsaved {
    type Event = Event;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Unsaved { note: String::new() })
    }

    async fn handle_event(&mut self, Event::Validate { note }: Event, _cx: &mut View<'_>) -> Outcome {
        self.note = note;
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            {link::navigate("/form/unsaved/left", "Leave")}
            <form id="unsaved" phx-change="validate" data-dirty={(!self.note.is_empty()).to_string()}>
                <input id="note" type="text" name="note" value={&self.note}>
            </form>
            <output id="said">{&self.note}</output>
        }
    }
}

/// Where the link leads.
pub(crate) struct Left;

impl LiveView for Left {
    type Event = NoEvents;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Left)
    }

    fn render(&self) -> Html {
        html! { <h1>"Left"</h1> }
    }
}
