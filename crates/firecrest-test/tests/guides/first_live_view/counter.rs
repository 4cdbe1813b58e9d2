use firecrest::prelude::*;

#[derive(serde::Deserialize)]
enum CounterEvent {
    Inc,
}

struct Counter(i64);
impl LiveView for Counter {
    type Event = CounterEvent;
    type Info = ();
    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Counter(0))
    }
    async fn handle_event(&mut self, CounterEvent::Inc: CounterEvent, _cx: &mut View<'_>) -> Outcome {
        self.0 += 1;
        Outcome::Render
    }
    fn render(&self) -> Html {
        html! { <p>"Count: " {self.0}</p> <button phx-click="Inc">"+"</button> }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let endpoint = Endpoint::from_env()?;
    let pages = endpoint.live("/live").client("node_modules").page::<Counter>("/");
    Ok(endpoint.serve("127.0.0.1:4000", pages.into_router()).await?)
}
