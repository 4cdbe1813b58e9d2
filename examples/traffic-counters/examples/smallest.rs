//! The whole of it, without looks: a total that survives restarts, and who is there right now, for everybody at once.
//!
//! `cargo run -p traffic-counters --example smallest`, and open <http://127.0.0.1:4000> twice.

use firecrest::prelude::*;
use firecrest::tally::{Counter, Tally};
use firecrest::viewers::Viewers;

struct Traffic {
    visits: Counter,
    viewers: Viewers,
}

impl SharedView for Traffic {
    type Event = NoEvents;
    type Info = ();

    async fn visit(cx: &mut Mount<'_>) -> Result<(), MountError> {
        cx.endpoint().tally().counter("visits").await?.increment(1).await?;
        Ok(())
    }

    async fn start(cx: &mut Start<'_>) -> Result<Self, MountError> {
        Ok(Traffic { visits: cx.counter("visits").await?, viewers: cx.viewers() })
    }

    fn render(&self) -> Html {
        html! { <p>"Total: " {self.visits.get()}</p> <p>"Active: " {self.viewers.count()}</p> }
    }
}

/// The page at `/`, and the script of all live pages.
pub fn app(endpoint: &Endpoint) -> axum::Router {
    assets::router().merge(endpoint.live("/live").shared::<Traffic>("/"))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let endpoint = Endpoint::builder().tally(Tally::open("visits.redb").await?).build()?;
    Ok(endpoint.serve("127.0.0.1:4000", app(&endpoint)).await?)
}
