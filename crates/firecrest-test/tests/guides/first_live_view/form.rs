use firecrest::live::form::{Errors, Form, FormData};
use firecrest::prelude::*;

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

struct Counter {
    count: i64,
    form: Form,
}

impl LiveView for Counter {
    type Event = CounterEvent;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Counter { count: 0, form: Form::new("jump", &Jump::default()) })
    }

    async fn handle_event(&mut self, event: CounterEvent, _cx: &mut View<'_>) -> Outcome {
        match event {
            CounterEvent::Add { by } => self.count += by,
            CounterEvent::Check { jump } => self.form.change(jump, Jump::check),
            CounterEvent::Jump { jump } => {
                if let Some(jump) = self.form.submit(jump, Jump::check) {
                    self.count = jump.to;
                }
            }
        }
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
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let endpoint = Endpoint::from_env()?;
    let pages = endpoint.live("/live").client("node_modules").page::<Counter>("/");
    Ok(endpoint.serve("127.0.0.1:4000", pages.into_router()).await?)
}
