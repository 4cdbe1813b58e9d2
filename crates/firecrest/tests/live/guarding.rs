//! Who may see what: hooks, logins, what views are given, and what logs say.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use firecrest::live::form::FormData;
use firecrest::prelude::*;
use firecrest::session::Session;
use serde::Deserialize;
use serde_json::Value;

use crate::captured::Captured;
use crate::pages::{Lab, root};
use crate::visitor::{Mounts, Visitor, error, join_nested, ok};

/// A hook that can be told to let nobody in.
#[derive(Clone, Default)]
struct Guard {
    denies: Arc<AtomicBool>,
    asked: Mounts,
}

impl Guard {
    fn deny(&self) {
        self.denies.store(true, Ordering::Relaxed);
    }
}

impl MountHook for Guard {
    async fn on_mount(&self, _cx: &mut Mount<'_>) -> Result<(), MountError> {
        self.asked.count();
        if self.denies.load(Ordering::Relaxed) { Err(MountError::redirect("/login")) } else { Ok(()) }
    }
}

#[tokio::test]
async fn f076_no_join_leaves_the_hooks_out() {
    let guard = Guard::default();
    let hook = guard.clone();
    let mut visitor = Visitor::of(|live| {
        live.root_layout(root).session("admin", |admin| admin.on_mount(hook).page::<Lab>("/admin"))
    })
    .await;
    let page = visitor.get("/admin").await;
    visitor.cookie = None;
    let stranger = visitor.get("/admin").await;
    guard.deny();
    let mut tab = visitor.socket(&stranger).await;
    let (topic, join) = (page.topic(), page.join("/admin"));
    let mut navigates = join.clone();
    navigates["redirect"] = join["url"].clone();
    for join in [join.clone(), navigates] {
        let refused = tab.join(&topic, join).await;
        assert_eq!(error(&refused)["redirect"]["to"], "/login");
    }
    for url in [None, Some(Value::Null)] {
        let mut join = join.clone();
        join.as_object_mut().unwrap().remove("url");
        join.as_object_mut().unwrap().extend(url.map(|url| ("url".to_owned(), url)));
        let refused = tab.join(&topic, join).await;
        assert_eq!(
            error(&refused),
            &json!({"reason": "unauthorized"}),
            "a view of a route without an address"
        );
    }
}

async fn login(session: Session) {
    session.insert("live_socket_id", "users:7").unwrap();
}

#[tokio::test]
async fn f092_the_hooks_are_asked_again_about_a_login_that_was_disconnected() {
    let guard = Guard::default();
    let endpoint = crate::support::endpoint();
    let pages: axum::Router =
        endpoint.live("/live").root_layout(root).on_mount(guard.clone()).page::<Lab>("/lab").into_router();
    let login = axum::Router::new().route("/login", axum::routing::get(login));
    let app = pages.merge(login.layer(endpoint.session_layer()));
    let mut visitor = Visitor::at(endpoint.clone(), app).await;
    visitor.get("/login").await;
    ok(&visitor.open("/lab").await.2);
    assert_eq!(guard.asked.get(), 1, "the view of the page was adopted");

    let page = visitor.get("/lab").await;
    guard.deny();
    endpoint.disconnect("users:7");
    let mut tab = visitor.socket(&page).await;
    let refused = tab.join(&page.topic(), page.join("/lab")).await;
    assert_eq!(error(&refused)["redirect"]["to"], "/login");
}

/// Gives its child something else over the socket than in the page.
struct Giver {
    connected: bool,
}

impl LiveView for Giver {
    type Event = NoEvents;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Giver { connected: cx.connected() })
    }

    fn render(&self) -> Html {
        let role = if self.connected { "editor" } else { "guest" };
        html! { <p>{nested::<Given>("given").given("role", role)}</p> }
    }
}

struct Given {
    role: String,
}

impl LiveView for Given {
    type Event = NoEvents;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Given { role: cx.session("role").unwrap_or_default() })
    }

    fn render(&self) -> Html {
        html! { <b>{&self.role}</b> }
    }
}

#[tokio::test]
async fn f120_a_child_has_what_its_parent_gives_it_now() {
    let mut visitor = Visitor::of(|live| live.root_layout(root).page::<Giver>("/giver")).await;
    let (mut tab, page, joined) = visitor.open("/giver").await;
    assert!(page.body.contains("<b>guest</b>"), "{}", page.body);
    let container = ok(&joined)["rendered"]["0"].as_str().unwrap();
    let joined = tab.join("lv:given", join_nested(container, Some(page.fixed_of("given")))).await;
    assert_eq!(ok(&joined)["rendered"]["0"], "editor");
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum SignInEvent {
    Validate(FormData),
    Save { password: u8 },
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
            SignInEvent::Save { password } => tracing::debug!(password),
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
