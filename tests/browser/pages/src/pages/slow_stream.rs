//! A stream of items with hooks inside a form whose handler waits (E030).

use firecrest::live::form::FormData;
use firecrest::prelude::*;
use serde::Deserialize;

use crate::gate::Gate;

pub(crate) struct SlowStream {
    said: Stream<(usize, String)>,
    count: usize,
    heard: Vec<String>,
    gate: Gate,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    Validate(FormData),
    Save(FormData),
    /// An item is there, says its hook.
    Here {
        id: String,
    },
    Block,
}

impl LiveView for SlowStream {
    type Event = Event;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let said = Stream::new(|(number, _): &(usize, String)| format!("said-{number}"));
        Ok(SlowStream { said, count: 0, heard: Vec::new(), gate: Gate::default() })
    }

    async fn handle_event(&mut self, event: Event, _cx: &mut View<'_>) -> Outcome {
        match event {
            Event::Validate(said) => {
                self.gate.pass("validate").await;
                self.say(&said, "typed");
            }
            Event::Save(said) => {
                self.gate.pass("save").await;
                self.say(&said, "saved");
            }
            Event::Here { id } => self.heard.push(id),
            Event::Block => return Reply::ok(json!({ "key": self.gate.close() })).into(),
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <output id="heard">{self.heard.join(" ")}</output>
            <form id="form" phx-change="validate" phx-submit="save">
                <input type="text" name="text" id="text">
                <button>"Save"</button>
                <ul id="said" phx-update="stream">
                    stream (id, (_, text)) in &self.said { <li id={id} phx-hook="Here">{text}</li> }
                </ul>
            </form>
        }
    }
}

impl SlowStream {
    fn say(&mut self, said: &FormData, how: &str) {
        self.count += 1;
        self.said.append((self.count, format!("{how} {}", said.text("text").unwrap_or_default())));
    }
}
