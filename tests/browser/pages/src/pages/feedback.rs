//! Feedback that the page's script shows for used inputs only (E034).

use firecrest::prelude::*;
use serde::Deserialize;

pub(crate) struct Feedback {
    count: i32,
    validated: u32,
    submitted: u32,
    is_about_input: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    Inc,
    Validate,
    Submit,
    Toggle,
}

impl LiveView for Feedback {
    type Event = Event;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Feedback { count: 0, validated: 0, submitted: 0, is_about_input: true })
    }

    async fn handle_event(&mut self, event: Event, _cx: &mut View<'_>) -> Outcome {
        match event {
            Event::Inc => self.count += 1,
            Event::Validate => self.validated += 1,
            Event::Submit => self.submitted += 1,
            Event::Toggle => self.is_about_input = !self.is_about_input,
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <output id="count">{self.count}</output>
            <output id="validated">{self.validated}</output>
            <output id="submitted">{self.submitted}</output>
            <button phx-click="inc">"+"</button>
            {fields()}
            {about(self.is_about_input)}
            <button phx-click="toggle">"Toggle"</button>
        }
    }
}

fn fields() -> Html {
    html! {
        <form id="fields" phx-change="validate" phx-submit="submit">
            <input type="text" name="name">
            <input type="text" name="about">
            <button type="submit">"Submit"</button>
            <button type="reset">"Reset"</button>
        </form>
    }
}

/// A template of its own, whose element the client may leave alone when nothing in it has changed.
fn about(is_about_input: bool) -> Html {
    html! { <div id="feedback" data-feedback-for={is_about_input.then_some("about")}>"Not good enough"</div> }
}
