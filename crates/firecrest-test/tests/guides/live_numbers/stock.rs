//! A shop's stock, seen by everybody.

use std::sync::LazyLock;
use std::time::Duration;

use firecrest::prelude::*;
use firecrest::query::{Live, Query};
use firecrest_test::{TestBrowser, advance};
use serde::Deserialize;

/// Where the shoes are.
mod warehouse {
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicU32, Ordering};

    static LEFT: AtomicU32 = AtomicU32::new(3);

    pub(super) async fn count(_shoe: u32) -> Result<u32, Infallible> {
        Ok(LEFT.load(Ordering::SeqCst))
    }

    pub(super) async fn take(_shoe: u32) {
        LEFT.fetch_sub(1, Ordering::SeqCst);
    }
}

static STOCK: LazyLock<Query<u32, u32>> =
    LazyLock::new(|| Query::new("the stock of a shoe", |shoe| async move { warehouse::count(shoe).await }));

struct Stock {
    left: Live<u32>,
}

#[derive(Deserialize)]
enum StockEvent {
    Buy,
}

impl SharedView for Stock {
    type Event = StockEvent;
    type Info = ();

    async fn start(cx: &mut Start<'_>) -> Result<Self, MountError> {
        let left = STOCK.watch(7).await?;
        cx.watch(&left);
        Ok(Stock { left })
    }

    async fn handle_event(
        &mut self,
        StockEvent::Buy: StockEvent,
        _viewer: &Viewer,
        _cx: &mut Shared<'_>,
    ) -> Outcome {
        warehouse::take(7).await;
        STOCK.touch(&7);
        Outcome::NoReply
    }

    fn render(&self) -> Html {
        html! { <p>{*self.left.get()} " left"</p> <button phx-click="Buy">"Buy"</button> }
    }
}

struct Shoe {
    name: String,
}

impl LiveView for Shoe {
    type Event = NoEvents;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Shoe { name: cx.session("name").unwrap_or_else(|| "you".to_owned()) })
    }

    fn render(&self) -> Html {
        html! {
            <h1>"Hello, " {&self.name} "!"</h1>
            {shared::<Stock>("stock", "shoe 7")}
        }
    }
}

#[firecrest::test]
async fn what_one_visitor_buys_all_see() {
    let endpoint = Endpoint::builder().build().unwrap();
    let browser = TestBrowser::new(&endpoint, endpoint.live("/live").page::<Shoe>("/shoe"));
    let bob = browser.open("/shoe").await.unwrap();
    let mut ann = browser.session("name", "Ann").open("/shoe").await.unwrap();
    assert_eq!((ann.text("h1").as_str(), bob.text("h1").as_str()), ("Hello, Ann!", "Hello, you!"));
    ann.child("stock").element("button", "Buy").click().await;
    // A question is asked ten times a second at most.
    advance(Duration::from_millis(100)).await;
    for page in [ann, bob] {
        assert_eq!(page.text("p"), "2 left");
    }
}
