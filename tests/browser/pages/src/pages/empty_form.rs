//! A form without a field, whose recovery has nothing to wait for (E142).

use firecrest::prelude::*;
use serde::Deserialize;

pub(crate) struct EmptyForm {
    is_reconnected: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    Validate,
    Save,
    Reconnected,
}

impl LiveView for EmptyForm {
    type Event = Event;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(EmptyForm { is_reconnected: false })
    }

    async fn handle_event(&mut self, event: Event, _cx: &mut View<'_>) -> Outcome {
        self.is_reconnected |= matches!(event, Event::Reconnected);
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <form id="recover" phx-change="validate" phx-submit="save">
                <button>"Submit"</button>
            </form>
            if self.is_reconnected {
                <p id="reconnected">"Reconnected"</p>
            }
        }
    }
}
