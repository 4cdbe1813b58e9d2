use firecrest::prelude::*;

#[derive(serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum CounterEvent {
    Add { by: i64 },
}

struct Counter(i64);

impl LiveView for Counter {
    type Event = CounterEvent;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Counter(0))
    }

    async fn handle_event(&mut self, event: CounterEvent, _cx: &mut View<'_>) -> Outcome {
        match event {
            CounterEvent::Add { by } => self.0 += by,
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <p>"Count: " <output>{self.0}</output></p>
            for by in [-1, 1, 10] {
                <button phx-click="add" phx-value-by={by}>{format!("{by:+}")}</button>
            }
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let endpoint = Endpoint::from_env()?;
    let pages = endpoint.live("/live").client("node_modules").page::<Counter>("/");
    Ok(endpoint.serve("127.0.0.1:4000", pages.into_router()).await?)
}
