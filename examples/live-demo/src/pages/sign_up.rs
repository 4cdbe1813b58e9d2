//! A form that the server checks while somebody fills it in.

use firecrest::live::form::{Errors, Form, FormData};
use firecrest::prelude::*;
use serde::{Deserialize, Serialize};

use super::Login;
use crate::birds::BIRDS;
use crate::parts::{Input, invalid};

pub(crate) struct SignUp {
    form: Form,
}

/// What the form asks for.
#[derive(Default, Serialize, Deserialize)]
struct Visitor {
    name: String,
    email: String,
    password: String,
    bird: String,
    #[serde(default)]
    terms: bool,
}

impl Visitor {
    fn check(&self) -> Errors {
        let mut errors = Errors::new();
        let mut demand = |field: &str, is_good: bool, message: &str| {
            if !is_good {
                errors.add(field, message);
            }
        };
        demand("name", !self.name.trim().is_empty(), "must not be empty");
        demand("email", is_address(&self.email), "must look like bird@example.org");
        demand("password", self.password.chars().count() >= 8, "must have 8 characters or more");
        demand("bird", BIRDS.iter().any(|bird| bird.name == self.bird), "must be chosen");
        demand("terms", self.terms, "must be promised");
        errors
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SignUpEvent {
    Validate { visitor: FormData },
    Save { visitor: FormData },
}

impl LiveView for SignUp {
    type Event = SignUpEvent;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(SignUp { form: Form::new("visitor", &Visitor::default()) })
    }

    async fn handle_event(&mut self, event: SignUpEvent, cx: &mut View<'_>) -> Outcome {
        match event {
            SignUpEvent::Validate { visitor } => self.form.change(visitor, Visitor::check),
            SignUpEvent::Save { visitor } => {
                if let Some(visitor) = self.form.submit(visitor, Visitor::check) {
                    cx.put_flash(
                        "info",
                        format!(
                            "Welcome, {}! A {} is on its way.",
                            visitor.name,
                            visitor.bird.to_lowercase()
                        ),
                    );
                    cx.push_navigate("/live-demo");
                }
            }
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        let (bird, terms) = (self.form.field("bird"), self.form.field("terms"));
        html! {
            <div class="pair">
                <form class="form card" id={self.form.id()} phx-change="validate" phx-submit="save">
                    <h2>"Sign up"</h2>
                    <Input field={self.form.field("name")} label="Name" autocomplete="name"/>
                    <Input field={self.form.field("email")} label="Email" kind="email" autocomplete="email"
                        phx-debounce="blur"/>
                    <Input field={self.form.field("password")} label="Password" kind="password"
                        autocomplete="new-password" hint="8 characters or more."/>
                    <div class="field">
                        <label for={bird.id()}>"Bird"</label>
                        <select id={bird.id()} name={bird.name()} aria-invalid={invalid(&bird)}>
                            <option value="">"Choose one"</option>
                            for one in &BIRDS { <option selected={bird.has(one.name)}>{one.name}</option> }
                        </select>
                        for error in bird.errors() { <p class="error">{error}</p> }
                    </div>
                    <div class="field">
                        <label class="choice">
                            <input type="hidden" name={terms.name()} value="false">
                            <input type="checkbox" name={terms.name()} value="true" checked={terms.is_checked()}
                                aria-invalid={invalid(&terms)}>
                            "I will be quiet near the nest"
                        </label>
                        for error in terms.errors() { <p class="error">{error}</p> }
                    </div>
                    <div class="actions">
                        <button type="submit" phx-disable-with="Signing up …">"Sign up"</button>
                    </div>
                </form>
                {nested::<Login>("login-view")}
            </div>
        }
    }
}

/// Whether this has one `@` with something on both sides.
fn is_address(email: &str) -> bool {
    matches!(email.split('@').collect::<Vec<_>>()[..], [name, host] if !name.is_empty() && host.contains('.'))
}
