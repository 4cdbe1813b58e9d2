use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use firecrest::live::LiveMount;
use firecrest::live::form::{Errors, Form, FormData};
use firecrest::prelude::*;

const SECOND: Duration = Duration::from_secs(1);

/// The count of all pages.
static COUNT: AtomicI64 = AtomicI64::new(0);

#[derive(serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum CounterEvent {
    Add { by: i64 },
    Check { jump: FormData },
    Jump { jump: FormData },
}

#[derive(Default, serde::Deserialize, serde::Serialize)]
struct Jump {
    to: i64,
}

impl Jump {
    fn check(&self) -> Errors {
        let mut errors = Errors::new();
        if self.to < 0 {
            errors.add("to", "must not be negative");
        }
        errors
    }
}

struct Tick;

struct Counter {
    count: i64,
    form: Form,
    seconds: u32,
}

impl LiveView for Counter {
    type Event = CounterEvent;
    type Info = Tick;

    async fn mount(cx: &mut Mount<'_, Tick>) -> Result<Self, MountError> {
        cx.send_after(SECOND, Tick);
        cx.subscribe("counter");
        let count = COUNT.load(Ordering::Relaxed);
        Ok(Counter { count, form: Form::new("jump", &Jump::default()), seconds: 0 })
    }

    async fn handle_event(&mut self, event: CounterEvent, cx: &mut View<'_, Tick>) -> Outcome {
        match event {
            CounterEvent::Add { by } => {
                COUNT.fetch_add(by, Ordering::Relaxed);
                tell_everybody(cx.endpoint());
            }
            CounterEvent::Check { jump } => self.form.change(jump, Jump::check),
            CounterEvent::Jump { jump } => {
                if let Some(jump) = self.form.submit(jump, Jump::check) {
                    COUNT.store(jump.to, Ordering::Relaxed);
                    tell_everybody(cx.endpoint());
                }
            }
        }
        Outcome::Render
    }

    async fn handle_info(&mut self, Tick: Tick, cx: &mut View<'_, Tick>) -> Outcome {
        cx.send_after(SECOND, Tick);
        self.seconds += 1;
        Outcome::Render
    }

    async fn handle_broadcast(&mut self, _broadcast: &Broadcast, _cx: &mut View<'_, Tick>) -> Outcome {
        self.count = COUNT.load(Ordering::Relaxed);
        Outcome::Render
    }

    fn render(&self) -> Html {
        let to = self.form.field("to");
        html! {
            <p>"Count: " <output>{self.count}</output></p>
            for by in [-1, 1, 10] {
                <button phx-click="add" phx-value-by={by}>{format!("{by:+}")}</button>
            }
            <form id={self.form.id()} phx-change="check" phx-submit="jump">
                <label>"Jump to " <input name={to.name()} value={to.value()}></label>
                <button>"Jump"</button>
                for error in to.errors() { <p role="alert">"It " {error} "."</p> }
            </form>
            <p><small>"open for " {self.seconds} " s"</small></p>
            <a {..link::navigate("/hello/world")}>"Hello?"</a>
        }
    }
}

fn tell_everybody(endpoint: &Endpoint) {
    endpoint.broadcast("counter", "changed", &json!({})).expect("the payload is an object");
}

struct Hello {
    name: String,
}

impl LiveView for Hello {
    type Event = NoEvents;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let name = cx.params().get("name").unwrap_or("nobody").to_owned();
        Ok(Hello { name })
    }

    fn render(&self) -> Html {
        html! {
            <h1>"Hello, " {&self.name} "!"</h1>
            <a {..link::navigate("/")}>"Back to the counter"</a>
        }
    }
}

fn pages(endpoint: &Endpoint) -> LiveMount {
    endpoint.live("/live").page::<Counter>("/").page::<Hello>("/hello/{name}")
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let endpoint = Endpoint::from_env()?;
    let pages = pages(&endpoint).client("node_modules");
    Ok(endpoint.serve("127.0.0.1:4000", pages.into_router()).await?)
}
