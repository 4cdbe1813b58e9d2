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
    // Twenty times a second at most.
    advance(Duration::from_millis(50)).await;
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

/// Keeps a number while nothing happens.
struct Quiet(usize);

impl SharedView for Quiet {
    type Event = MeterEvent;
    type Info = ();

    async fn start(_cx: &mut Start<'_>) -> Result<Self, MountError> {
        Ok(Quiet(0))
    }

    async fn handle_event(
        &mut self,
        MeterEvent::Count: MeterEvent,
        _viewer: &firecrest::live::shared::Viewer,
        _cx: &mut Shared<'_>,
    ) -> Outcome {
        self.0 += 1;
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! { <p>{self.0}</p> <button phx-click="count">"Count"</button> }
    }
}

#[tokio::test(start_paused = true)]
async fn a_state_is_kept_for_ten_seconds_after_its_last_viewer_however_long_it_was_quiet() {
    let endpoint = Endpoint::builder().build().unwrap();
    let browser = TestBrowser::new(&endpoint, endpoint.live("/live").shared::<Quiet>("/quiet"));
    let mut page = browser.open("/quiet").await.unwrap();
    page.element("button", None).click().await;
    advance(Duration::from_secs(60)).await;
    drop(page);
    advance(Duration::from_secs(9)).await;
    let page = browser.open("/quiet").await.unwrap();
    assert_eq!(page.text("p"), "1");
    drop(page);
    advance(Duration::from_secs(11)).await;
    assert_eq!(browser.open("/quiet").await.unwrap().text("p"), "0");
}

/// Watches what changes all the time and looks the same.
struct Same(firecrest::viewers::Viewers);

static SAME: AtomicUsize = AtomicUsize::new(0);

impl SharedView for Same {
    type Event = NoEvents;
    type Info = ();

    async fn start(cx: &mut Start<'_>) -> Result<Self, MountError> {
        Ok(Same(cx.audience("hot")))
    }

    fn render(&self) -> Html {
        SAME.fetch_add(1, Ordering::SeqCst);
        html! { <p>{if self.0.count() > 0 { "some" } else { "none" }}</p> }
    }
}

#[tokio::test(start_paused = true)]
async fn a_value_that_changes_without_looking_different_is_looked_at_at_the_same_pace() {
    let endpoint = Endpoint::builder().build().unwrap();
    let browser = TestBrowser::new(&endpoint, endpoint.live("/live").shared::<Same>("/same"));
    let page = browser.open("/same").await.unwrap();
    advance(Duration::from_secs(1)).await;
    let before = SAME.load(Ordering::SeqCst);
    for _ in 0..200 {
        let somebody = endpoint.viewers("hot").enter();
        advance(Duration::from_millis(1)).await;
        drop(somebody);
    }
    let looked = SAME.load(Ordering::SeqCst) - before;
    assert!((4..=6).contains(&looked), "twenty times a second for 0.2 s, and not {looked}");
    assert_eq!(page.text("p"), "some");
}
