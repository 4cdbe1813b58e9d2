//! A select whose options depend on another, and both are empty after a submit (E106).

use firecrest::live::form::{Errors, Form, FormData};
use firecrest::prelude::*;
use serde::Deserialize;

const KINDS: &[&str] = &["greetings", "goodbyes"];

pub(crate) struct TwoSelects {
    form: Form,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    Updated { demo: FormData },
    Submitted,
}

impl TwoSelects {
    fn words(&self) -> &'static [&'static str] {
        match &*self.form.field("kind").value() {
            "greetings" => &["hello", "hallo", "hei"],
            "goodbyes" => &["goodbye", "auf wiedersehen", "ha det bra"],
            _ => &[],
        }
    }
}

impl LiveView for TwoSelects {
    type Event = Event;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(TwoSelects { form: Form::new("demo", &()) })
    }

    async fn handle_event(&mut self, event: Event, _cx: &mut View<'_>) -> Outcome {
        match event {
            Event::Updated { demo } => self.form.change(demo, |_: &FormData| Errors::new()),
            Event::Submitted => self.form = Form::new("demo", &()),
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <form id={self.form.id()} phx-change="updated" phx-submit="submitted">
                {select(&self.form, "kind", KINDS)}
                {select(&self.form, "word", self.words())}
                <button>"Submit"</button>
            </form>
        }
    }
}

fn select(form: &Form, name: &str, options: &[&str]) -> Html {
    let field = form.field(name);
    html! {
        <select id={field.id()} name={field.name()}>
            <option value="">"Select"</option>
            for option in options {
                <option value={*option} selected={field.has(option)}>{*option}</option>
            }
        </select>
    }
}
