//! A form that ends over HTTP: the server checks it over the socket, and the browser then submits it for the cookie.

use firecrest::live::form::{Errors, Form, FormData, LiveForm};
use firecrest::prelude::*;
use serde::Deserialize;

use crate::parts::Input;
use crate::session::{NAME, PASSWORD};

pub(crate) struct Login {
    form: Form,
    csrf_token: String,
    /// Who has logged in already.
    name: Option<String>,
    /// Whether the browser is to submit the form now.
    is_checked: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LoginEvent {
    LogIn { login: FormData },
}

impl LiveView for Login {
    type Event = LoginEvent;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let (csrf_token, name) = (cx.csrf_token(), cx.session(NAME));
        Ok(Login { form: Form::new("login", &()), csrf_token, name, is_checked: false })
    }

    async fn handle_event(&mut self, LoginEvent::LogIn { login }: LoginEvent, _cx: &mut View<'_>) -> Outcome {
        self.is_checked = self.form.submit(login, check).is_some();
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            if let Some(name) = &self.name {
                <section class="card">
                    <h2>"Welcome back"</h2>
                    <p>"You are logged in as " <strong>{name}</strong> "."</p>
                    <p><a class="button" href="/live-demo/members">"To the members"</a></p>
                </section>
            } else {
                <LiveForm form={&self.form} action="/live-demo/login" csrf_token={&self.csrf_token} class="form card"
                    phx-submit="log_in" phx-trigger-action={self.is_checked}>
                    <h2>"Log in"</h2>
                    <p class="quiet-text">
                        "The server checks it over the socket; then the browser submits it, because only HTTP can "
                        "set a cookie."
                    </p>
                    <Input field={self.form.field("name")} label="Name" autocomplete="username"/>
                    <Input field={self.form.field("password")} label="Password" kind="password"
                        autocomplete="current-password" hint="It is “firecrest”."/>
                    <div class="actions">
                        <button type="submit" phx-disable-with="Checking …">"Log in"</button>
                    </div>
                </LiveForm>
            }
        }
    }
}

fn check(login: &FormData) -> Errors {
    let mut errors = Errors::new();
    if login.text("name").unwrap_or_default().trim().is_empty() {
        errors.add("name", "must not be empty");
    }
    if login.text("password") != Some(PASSWORD) {
        errors.add("password", "is another one");
    }
    errors
}
