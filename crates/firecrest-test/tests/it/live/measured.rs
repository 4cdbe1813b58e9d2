//! What is measured of live views, and the spans that their callbacks run in.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use firecrest::live::shared::{Shared, SharedView, Start, Viewer};
use firecrest::prelude::*;
use firecrest::telemetry;
use firecrest_test::TestBrowser;
use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use serde::Deserialize;
use tracing::span::{Attributes, Id};
use tracing::subscriber::{DefaultGuard, NoSubscriber};
use tracing::{Dispatch, Event, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::{Layer, Registry};

/// A counter that no other test has.
struct Dial(u32);

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum DialEvent {
    Turn,
    /// Renders what is there already.
    Look,
    Break,
}

impl DialEvent {
    fn steps(&self) -> u32 {
        match self {
            DialEvent::Turn => 1,
            DialEvent::Look | DialEvent::Break => 0,
        }
    }
}

impl LiveView for Dial {
    type Event = DialEvent;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Dial(0))
    }

    async fn handle_event(&mut self, event: DialEvent, _cx: &mut View<'_>) -> Outcome {
        self.0 += event.steps();
        if let DialEvent::Break = event {
            return Stop::error("asked to").into();
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! { <p>{self.0}</p> <button phx-click="turn">"Turn"</button> <i phx-click="look">"Look"</i> }
    }
}

/// The same for everybody.
struct SharedDial(u32);

impl SharedView for SharedDial {
    type Event = DialEvent;
    type Info = ();

    async fn start(_cx: &mut Start<'_>) -> Result<Self, MountError> {
        Ok(SharedDial(0))
    }

    async fn handle_event(&mut self, event: DialEvent, _viewer: &Viewer, _cx: &mut Shared<'_>) -> Outcome {
        self.0 += event.steps();
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! { <p>{self.0}</p> <button phx-click="turn">"Turn"</button> <i phx-click="look">"Look"</i> }
    }
}

/// A view with two components.
struct Pair;

impl LiveView for Pair {
    type Event = NoEvents;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Pair)
    }

    fn render(&self) -> Html {
        html! { {live_component::<Half>("left", ())}{live_component::<Half>("right", ())} }
    }
}

/// A counter in a view.
struct Half(u32);

impl LiveComponent for Half {
    type Props = ();
    type Event = DialEvent;
    type Info = ();

    async fn mount(_: &(), _cx: &mut ComponentCx<'_, Self>) -> Result<Self, MountError> {
        Ok(Half(0))
    }

    async fn handle_event(&mut self, event: DialEvent, _cx: &mut ComponentCx<'_, Self>) -> Outcome {
        self.0 += event.steps();
        Outcome::Render
    }

    fn render(&self, half: &Rendering<'_, Self>) -> Html {
        html! { <button phx-click="turn" phx-target={half.myself()}>{self.0}</button> }
    }
}

/// The names of all spans of this thread.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Vec<&'static str>>>);

impl Spans {
    fn listen() -> (Self, DefaultGuard) {
        // While there is only one subscriber, `tracing` asks it once for all threads.
        static SECOND: OnceLock<Dispatch> = OnceLock::new();
        SECOND.get_or_init(|| Dispatch::new(NoSubscriber::new()));
        let spans = Spans::default();
        let guard = tracing::subscriber::set_default(Registry::default().with(spans.clone()));
        (spans, guard)
    }

    fn clear(&self) {
        self.0.lock().unwrap().clear();
    }

    fn expect<const N: usize>(&self, names: [&str; N]) {
        let seen = self.0.lock().unwrap();
        names.iter().for_each(|name| assert!(seen.contains(name), "no {name} in {seen:?}"));
    }
}

impl<S: Subscriber> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        self.0.lock().unwrap().push(attributes.metadata().name());
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().fields().field("cid").is_some() {
            self.0.lock().unwrap().push("an event of a component");
        }
    }
}

fn browser() -> TestBrowser {
    let endpoint = Endpoint::builder().build().unwrap();
    let pages = endpoint.live("/live").page::<Dial>("/own").page::<Pair>("/pair");
    let pages = pages.shared::<SharedDial>("/shared");
    TestBrowser::new(&endpoint, pages)
}

/// How often each metric of a view was recorded: `mount_seconds of Dial`.
fn recorded() -> BTreeMap<String, usize> {
    let recorder = DebuggingRecorder::new();
    metrics::with_local_recorder(&recorder, telemetry::publish);
    let metrics = recorder.snapshotter().snapshot().into_vec().into_iter();
    let of_views = metrics.filter_map(|(key, .., value)| {
        let view = key.key().labels().find(|label| label.key() == "view")?.value();
        let name = key.key().name().strip_prefix("firecrest_live_")?;
        let DebugValue::Histogram(values) = value else { return None };
        Some((format!("{name} of {view}"), values.len()))
    });
    of_views.collect()
}

/// One test, because what is published is gone: another would miss it.
#[tokio::test(start_paused = true)]
async fn f088_what_views_do_is_measured_and_has_spans() {
    let (spans, _listening) = Spans::listen();
    let browser = browser();
    let mut page = browser.open("/own").await.unwrap();
    for _ in 0..2 {
        page.element("button", "Turn").click().await;
    }
    page.element("i", "Look").click().await;
    assert_eq!(page.text("p"), "2");
    // It has no time: it was not handled.
    page.allow_crash();
    page.event("break", ()).await;
    spans.expect(["live_mount", "live_event", "live_render"]);

    let mut page = browser.open("/shared").await.unwrap();
    let other = browser.open("/shared").await.unwrap();
    spans.0.lock().unwrap().clear();
    page.element("button", "Turn").click().await;
    assert_eq!((page.text("p"), other.text("p")), ("1".to_owned(), "1".to_owned()));
    spans.expect(["live_event", "live_render"]);
    page.element("i", "Look").click().await;

    let mut page = browser.open("/pair").await.unwrap();
    page.element("[data-phx-component='1']", None).click().await;
    assert_eq!(page.texts("button"), ["1", "0"]);

    let recorded = recorded();
    // Of the view once for the page and once for the join, of its components as often, both together, and of one for the event.
    assert_eq!(recorded.get("render_seconds of Pair"), Some(&5), "{recorded:?}");
    assert_eq!(recorded.get("event_seconds of Pair"), Some(&1), "{recorded:?}");
    for (name, own, shared) in [
        // Once for page and socket; once for all viewers.
        ("mount_seconds", 1, 1),
        ("event_seconds", 3, 2),
        // For the page, the join and each event; for all pages and joins together, and each event.
        ("render_seconds", 5, 3),
        // Not for a page.
        ("diff_seconds", 4, 2),
        // Nothing is sent when nothing has changed.
        ("diff_bytes", 3, 1),
    ] {
        assert_eq!(recorded.get(&format!("{name} of Dial")), Some(&own), "{name}: {recorded:?}");
        assert_eq!(recorded.get(&format!("{name} of SharedDial")), Some(&shared), "{name}: {recorded:?}");
    }
}

/// A view with a lamp in it, as long as there is none in the address.
struct Room(bool);

impl LiveView for Room {
    type Event = NoEvents;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Room(true))
    }

    async fn handle_params(&mut self, cx: &mut View<'_>) -> Outcome {
        self.0 = cx.params().get("dark").is_none();
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! { <p>"Room"</p> if self.0 { {live_component::<Lamp>("lamp", ())} } }
    }
}

struct Lamp;

impl LiveComponent for Lamp {
    type Props = ();
    type Event = DialEvent;
    type Info = ();

    async fn mount(_: &(), _cx: &mut ComponentCx<'_, Self>) -> Result<Self, MountError> {
        Ok(Lamp)
    }

    fn render(&self, lamp: &Rendering<'_, Self>) -> Html {
        html! { <button phx-click="look" phx-target={lamp.myself()}>"Lamp"</button> }
    }
}

#[tokio::test(start_paused = true)]
async fn f088_addresses_and_components_have_spans() {
    let (spans, _listening) = Spans::listen();
    let endpoint = Endpoint::builder().build().unwrap();
    let mut page =
        TestBrowser::new(&endpoint, endpoint.live("/live").page::<Room>("/")).open("/").await.unwrap();
    spans.expect(["live_mount", "handle_params", "live_render", "component_update", "component_render"]);
    spans.clear();
    page.element("button", "Lamp").click().await;
    spans.expect(["component_event"]);
    spans.clear();
    page.patch("/?dark").await;
    spans.expect(["handle_params", "live_render", "an event of a component"]);
}
