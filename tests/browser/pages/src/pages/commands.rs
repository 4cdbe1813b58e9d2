//! Commands that change attributes, and attributes that the browser changes (E037–E039).

use firecrest::live::js::{self, Hide, Js, RemoveAttribute, SetAttribute, Show, Toggle, ToggleAttribute};
use firecrest::prelude::*;
use serde::Deserialize;

const MODAL: &str = "#modal";

/// Milliseconds of the modal's transitions. The client needs three frames to add a transition's class and takes it away by the
/// clock: on a busy machine a short transition's class would be added when it should be gone already, and stay.
const TRANSITION: u32 = 500;

pub(crate) struct Commands {
    count: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    Increment,
}

impl LiveView for Commands {
    type Event = Event;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Commands { count: 0 })
    }

    async fn handle_event(&mut self, Event::Increment: Event, _cx: &mut View<'_>) -> Outcome {
        self.count += 1;
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <div id="modal" class="closed" aria-expanded="false">"Seen " {self.count} " times"</div>
            <button phx-click={show()}>"Show"</button>
            <button phx-click={hide()}>"Hide"</button>
            <button phx-click={toggle()}>"Toggle"</button>
            <button phx-click="increment">"Count"</button>
            <details id="details" phx-mounted={js::ignore_attributes("open")}>
                <summary>"Details"</summary>
                <button phx-click="increment">{self.count}</button>
            </details>
        }
    }
}

fn show() -> Js {
    js::show(Show::new(MODAL).transition("fade-in").millis(TRANSITION))
        .set_attribute(SetAttribute::new("aria-expanded", "true").to(MODAL))
        .set_attribute(SetAttribute::new("open", "true").to(MODAL))
}

fn hide() -> Js {
    js::hide(Hide::new(MODAL).transition("fade-out").millis(TRANSITION))
        .set_attribute(SetAttribute::new("aria-expanded", "false").to(MODAL))
        .remove_attribute(RemoveAttribute::new("open").to(MODAL))
}

fn toggle() -> Js {
    js::toggle(Toggle::new(MODAL).ins("fade-in").outs("fade-out").millis(TRANSITION))
        .toggle_attribute(ToggleAttribute::between("aria-expanded", "true", "false").to(MODAL))
        .toggle_attribute(ToggleAttribute::new("open", "true").to(MODAL))
}
