//! The application that is tested: an aviary.

use std::time::Duration;

use firecrest::live::form::{Errors, Form, FormData};
use firecrest::live::{LayoutContext, LiveMount};
use firecrest::prelude::*;
use serde::{Deserialize, Serialize};

pub(crate) fn pages(endpoint: &Endpoint) -> LiveMount {
    endpoint
        .live("/live")
        .layout(layout)
        .page::<Counter>("/counter")
        .page::<SignUp>("/sign-up")
        .page::<Birds>("/birds")
        .page::<Members>("/members")
}

fn layout(cx: &LayoutContext<'_>, content: &Html) -> Html {
    html! {
        for (kind, message) in cx.flash().iter() { <p class="flash" data-kind={kind}>{message}</p> }
        {content}
    }
}

pub(crate) struct Counter {
    count: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CounterEvent {
    Add { by: u32 },
    Reset,
    Halve,
    Ask,
}

impl LiveView for Counter {
    type Event = CounterEvent;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        cx.set_title("Counter");
        Ok(Counter { count: cx.session("count").unwrap_or_default() })
    }

    async fn handle_event(&mut self, event: CounterEvent, _cx: &mut View<'_>) -> Outcome {
        match event {
            CounterEvent::Add { by } => self.count += by,
            CounterEvent::Reset => self.count = 0,
            CounterEvent::Halve => {
                assert!(self.count.is_multiple_of(2), "{} is odd", self.count);
                self.count /= 2;
            }
            CounterEvent::Ask => return Reply::ok(json!({ "count": self.count })).into(),
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <output>{self.count}</output>
            <button phx-click="add" phx-value-by="1">"+1"</button>
            <button phx-click="add" phx-value-by="10" disabled={self.count >= 100}>"+10"</button>
            <button phx-click="halve">"Halve"</button>
            <p phx-window-keydown="reset" phx-key="Escape">"Escape begins again."</p>
        }
    }
}

pub(crate) struct SignUp {
    form: Form,
}

#[derive(Default, Deserialize, Serialize)]
struct User {
    name: String,
    bird: String,
    terms: bool,
}

impl User {
    fn check(&self) -> Errors {
        let mut errors = Errors::new();
        if self.name.is_empty() {
            errors.add("name", "must not be empty");
        }
        errors
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SignUpEvent {
    Check { user: FormData },
    Save { user: FormData },
}

impl LiveView for SignUp {
    type Event = SignUpEvent;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(SignUp { form: Form::new("user", &User::default()) })
    }

    async fn handle_event(&mut self, event: SignUpEvent, cx: &mut View<'_>) -> Outcome {
        match event {
            SignUpEvent::Check { user } => self.form.change(user, User::check),
            SignUpEvent::Save { user } => {
                if let Some(user) = self.form.submit(user, User::check) {
                    cx.put_flash("info", format!("Welcome, {}!", user.name));
                    cx.push_navigate("/birds");
                }
            }
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        let [name, bird, terms] = ["name", "bird", "terms"].map(|name| self.form.field(name));
        html! {
            <form id="user" phx-change="check" phx-submit="save">
                <input name={name.name()} value={name.value()}>
                for error in name.errors() { <p class="error">{error}</p> }
                <select name={bird.name()}>
                    for name in ["Robin", "Wren"] { <option selected={bird.has(name)}>{name}</option> }
                </select>
                <input type="hidden" name={terms.name()} value="false">
                <input type="checkbox" name={terms.name()} value="true" checked={terms.is_checked()}>
                <button>"Sign up"</button>
            </form>
        }
    }
}

pub(crate) struct Birds {
    names: Vec<String>,
    sorted: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BirdsEvent {
    Call { name: String },
    Seen { name: String },
}

#[derive(Deserialize)]
struct Seen {
    name: String,
}

impl LiveView for Birds {
    type Event = BirdsEvent;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        cx.set_title("Birds");
        cx.subscribe("birds");
        Ok(Birds { names: vec!["Wren".to_owned(), "Robin".to_owned()], sorted: false })
    }

    async fn handle_params(&mut self, cx: &mut View<'_>) -> Outcome {
        self.sorted = cx.params().get("sort") == Some("name");
        Outcome::Render
    }

    async fn handle_event(&mut self, event: BirdsEvent, cx: &mut View<'_>) -> Outcome {
        match event {
            BirdsEvent::Call { name } => cx.push_event("call", &json!({ "name": name })),
            BirdsEvent::Seen { name } => {
                let seen = json!({ "name": name });
                cx.endpoint().broadcast("birds", "seen", &seen).expect("the payload is an object");
            }
        }
        Outcome::NoReply
    }

    async fn handle_broadcast(&mut self, broadcast: &Broadcast, _cx: &mut View<'_>) -> Outcome {
        let Ok(Seen { name }) = broadcast.payload().parse() else { return Outcome::NoReply };
        self.names.push(name);
        Outcome::Render
    }

    fn render(&self) -> Html {
        let mut names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        if self.sorted {
            names.sort_unstable();
        }
        html! {
            <a {..link::patch("/birds?sort=name")}>"Sort"</a>
            <button phx-click="seen" phx-value-name="Siskin">"I have seen a siskin"</button>
            <ul>
                for name in names {
                    <li><b>{name}</b> <button phx-click="call" phx-value-name={name}>"Call"</button></li>
                }
            </ul>
            {nested::<Clock>("clock")}
        }
    }
}

pub(crate) struct Clock {
    seconds: u32,
}

pub(crate) struct Tick;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ClockEvent {
    Reset,
}

impl LiveView for Clock {
    type Event = ClockEvent;
    type Info = Tick;

    async fn mount(cx: &mut Mount<'_, Tick>) -> Result<Self, MountError> {
        cx.send_after(Duration::from_secs(1), Tick);
        Ok(Clock { seconds: 0 })
    }

    async fn handle_event(&mut self, ClockEvent::Reset: ClockEvent, _cx: &mut View<'_, Tick>) -> Outcome {
        self.seconds = 0;
        Outcome::Render
    }

    async fn handle_info(&mut self, Tick: Tick, cx: &mut View<'_, Tick>) -> Outcome {
        cx.send_after(Duration::from_secs(1), Tick);
        self.seconds += 1;
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! { <time>{self.seconds} " s"</time> }
    }
}

/// For those who are in the session.
pub(crate) struct Members {
    name: String,
}

impl LiveView for Members {
    type Event = NoEvents;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let Some(name) = cx.session("user") else {
            cx.put_flash("error", "Sign up first.");
            return Err(MountError::redirect("/sign-up"));
        };
        Ok(Members { name })
    }

    fn render(&self) -> Html {
        html! { <h1>"Hello, " {&self.name} "!"</h1> }
    }
}

#[component]
pub(crate) fn Badge(text: &str) -> Html {
    html! { <b class="badge">{text}</b> }
}
