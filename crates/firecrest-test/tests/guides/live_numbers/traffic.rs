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
        cx.counter("visits").await?.increment(1).await?;
        Ok(())
    }
    async fn start(cx: &mut Start<'_>) -> Result<Self, MountError> {
        Ok(Traffic { visits: cx.counter("visits").await?, viewers: cx.viewers() })
    }
    fn render(&self) -> Html {
        html! { <p>"Total: " {self.visits.get()}</p> <p>"Active: " {self.viewers.count()}</p> }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let endpoint = Endpoint::builder().tally(Tally::open("numbers.redb").await?).build()?;
    let pages = endpoint.live("/live").client("node_modules").shared::<Traffic>("/");
    Ok(endpoint.serve("127.0.0.1:4000", pages.into_router()).await?)
}
