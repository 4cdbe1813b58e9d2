//! What the log says of live views, and what it does not.

use firecrest::live::form::FormData;
use firecrest::prelude::*;
use serde::Deserialize;

use crate::captured::Captured;
use crate::pages::root;
use crate::visitor::{Visitor, ok};

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum SignInEvent {
    Validate(FormData),
    Save { password: Passwords },
}

#[derive(Deserialize)]
struct Passwords {
    new: String,
}

struct SignIn;

impl LiveView for SignIn {
    type Event = SignInEvent;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        if let Some(number) = cx.params().get("number") {
            number.parse::<u8>()?;
        }
        Ok(SignIn)
    }

    async fn handle_params(&mut self, _cx: &mut View<'_>) -> Outcome {
        tracing::debug!("has arrived");
        Outcome::Render
    }

    async fn handle_event(&mut self, event: SignInEvent, _cx: &mut View<'_>) -> Outcome {
        match event {
            SignInEvent::Validate(form) => drop(form),
            SignInEvent::Save { password } => drop(password.new),
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! { <form phx-change="validate" phx-submit="save"><input type="password" name="password"></form> }
    }
}

/// Spec §3.14 of the channels' protocol.
#[tokio::test]
async fn logs_say_no_secret_of_a_form_or_an_address() {
    let logs = Captured::start();
    let mut visitor = Visitor::of(|live| live.root_layout(root).page::<SignIn>("/sign-in")).await;
    assert_eq!(visitor.get("/sign-in?number=none&token=geheim").await.status, 500);
    let (mut tab, page, _) = visitor.open("/sign-in?token=geheim").await;
    let said = |event: &str, form: &str| json!({"type": "form", "event": event, "value": form});
    for form in ["user%5Bpassword%5D=geheim", "password_again=geheim&a=b"] {
        ok(&tab.ask(&page.topic(), "event", said("validate", form)).await);
    }
    tab.tell(&page.topic(), "event", said("save", "password=geheim")).await;
    tab.push(&page.topic(), "phx_error").await;
    let log = logs.take();
    for line in ["mount failed", "has arrived", "JOINED", "HANDLED", "is not understood"] {
        assert!(log.contains(line), "no {line} in {log}");
    }
    let secret: Vec<_> = log.lines().filter(|line| line.contains("geheim")).collect();
    assert!(secret.is_empty(), "{}", secret.join("\n"));
}

#[tokio::test]
async fn a_span_names_the_route_of_a_page_and_not_its_address() {
    let logs = Captured::start();
    let mut visitor = Visitor::of(|live| live.root_layout(root).page::<SignIn>("/sign-in/{code}")).await;
    assert_eq!(visitor.get("/sign-in/geheim?token=geheim").await.status, 200);
    let log = logs.take();
    let line = log.lines().find(|line| line.contains("has arrived")).unwrap();
    assert!(line.contains(r#"route="/sign-in/{code}""#) && !line.contains("geheim"), "{line}");
}
