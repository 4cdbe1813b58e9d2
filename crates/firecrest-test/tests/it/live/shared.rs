//! Shared views, in virtual time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use firecrest::Source as _;
use firecrest::live::shared::{Shared, SharedOptions, SharedView, Start};
use firecrest::prelude::*;
use firecrest_test::{TestBrowser, TestPage, advance};
use serde::Deserialize;

/// Counts what it is told, and how often it is looked at.
struct Meter {
    told: usize,
}

static RENDERED: AtomicUsize = AtomicUsize::new(0);

fn rendered() -> usize {
    RENDERED.load(Ordering::SeqCst)
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum MeterEvent {
    Count,
}

impl SharedView for Meter {
    type Event = MeterEvent;
    type Info = ();

    async fn start(cx: &mut Start<'_>) -> Result<Self, MountError> {
        cx.subscribe("meter");
        Ok(Meter { told: 0 })
    }

    async fn handle_event(
        &mut self,
        MeterEvent::Count: MeterEvent,
        _viewer: &firecrest::live::shared::Viewer,
        _cx: &mut Shared<'_>,
    ) -> Outcome {
        self.told += 1;
        Outcome::Render
    }

    async fn handle_broadcast(&mut self, _broadcast: &Broadcast, _cx: &mut Shared<'_>) -> Outcome {
        self.told += 1;
        Outcome::Render
    }

    fn render(&self) -> Html {
        RENDERED.fetch_add(1, Ordering::SeqCst);
        html! { <p id="told">{self.told}</p> <button phx-click="count">"Count"</button> }
    }

    fn options() -> SharedOptions {
        SharedOptions::default().frames_per_second(10)
    }
}

async fn meter() -> (Endpoint, TestPage) {
    let endpoint = Endpoint::builder().build().unwrap();
    let browser = TestBrowser::new(&endpoint, endpoint.live("/live").shared::<Meter>("/meter"));
    let page = browser.open("/meter").await.unwrap();
    (endpoint, page)
}

async fn tell(endpoint: &Endpoint) {
    endpoint.broadcast("meter", "one", &json!({})).unwrap();
    advance(Duration::from_millis(1)).await;
}

#[tokio::test(start_paused = true)]
async fn k045_a_shared_view_shows_its_changes_at_its_pace_and_the_last_one_always() {
    let (endpoint, mut page) = meter().await;
    let before = rendered();
    tell(&endpoint).await;
    page.settle().await;
    assert_eq!((page.text("#told").as_str(), rendered() - before), ("1", 1), "the first at once");
    for _ in 0..350 {
        tell(&endpoint).await;
    }
    let frames = rendered() - before;
    assert!((4..=5).contains(&frames), "ten a second for 0.35 s, and not {frames}");
    advance(Duration::from_millis(100)).await;
    page.settle().await;
    assert_eq!(page.text("#told"), "351");
    // An event's answer comes with what it has changed.
    page.element("button", None).click().await;
    assert_eq!(page.text("#told"), "352");
    let before = rendered();
    advance(Duration::from_secs(10)).await;
    assert_eq!(rendered(), before, "what does not change is not rendered");
}

/// Looks at how many look.
struct Watcher(firecrest::viewers::Viewers);

impl LiveView for Watcher {
    type Event = NoEvents;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Watcher(cx.audience("lobby")))
    }

    fn render(&self) -> Html {
        html! { <p>{self.0.count()}</p> }
    }
}

#[tokio::test(start_paused = true)]
async fn k007_an_ordinary_view_is_counted_while_its_socket_is_open_and_sees_who_else_is() {
    let endpoint = Endpoint::builder().build().unwrap();
    let browser = TestBrowser::new(&endpoint, endpoint.live("/live").page::<Watcher>("/lobby"));
    let mut first = browser.open("/lobby").await.unwrap();
    first.settle().await;
    assert_eq!(first.text("p"), "1");
    let lobby = endpoint.viewers("lobby");
    let somebody = lobby.enter();
    let second = browser.open("/lobby").await.unwrap();
    first.settle().await;
    assert_eq!((first.text("p").as_str(), lobby.count()), ("3", 3));
    drop((second, somebody));
    advance(Duration::from_secs(1)).await;
    first.settle().await;
    assert_eq!(first.text("p"), "1");
    let changes = lobby.changes();
    drop((first, changes));
    advance(Duration::from_secs(1)).await;
    assert_eq!(lobby.count(), 0);
}
