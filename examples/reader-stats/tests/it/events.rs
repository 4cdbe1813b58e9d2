//! Who is told: a layer of `tracing`, a recorder of `metrics`.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use metrics_exporter_prometheus::PrometheusBuilder;
use tracing::field::{Field, Visit};
use tracing::subscriber::{NoSubscriber, set_default};
use tracing::{Dispatch, Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use crate::site::{OTHER, POST, Site, open, seconds};

/// A handler as an application would attach it.
#[derive(Clone, Default)]
struct Handler(Arc<Mutex<Vec<String>>>);

impl<S: Subscriber> Layer<S> for Handler {
    fn on_event(&self, event: &Event<'_>, _cx: Context<'_, S>) {
        if event.metadata().target() == "blog" {
            let mut fields = Fields::default();
            event.record(&mut fields);
            self.0.lock().unwrap().push(format!("{} {}", fields.0["message"], fields.0["post"]));
        }
    }
}

impl Handler {
    /// What was heard since this was asked last.
    fn heard(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

#[derive(Default)]
struct Fields(BTreeMap<&'static str, String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}").trim_matches('"').to_owned());
    }
}

/// One that hears everything from now on in this thread.
fn attach() -> (Handler, tracing::subscriber::DefaultGuard) {
    // With one subscriber alone, what a thread without one has seen would be off for all.
    static SECOND: std::sync::OnceLock<Dispatch> = std::sync::OnceLock::new();
    SECOND.get_or_init(|| Dispatch::new(NoSubscriber::new()));
    let handler = Handler::default();
    let guard = set_default(tracing_subscriber::registry().with(handler.clone()));
    (handler, guard)
}

#[firecrest::test]
async fn b004_handlers_hear_of_visits_and_readers() {
    let (handler, _guard) = attach();
    let site = Site::new();
    let visitor = site.visitor();
    let page = open(&visitor, POST).await;
    assert_eq!(handler.heard(), [format!("visit {POST}")]);
    seconds(11).await;
    assert_eq!(handler.heard(), [format!("read {POST}")]);
    drop(page);
    let _again = open(&visitor, POST).await;
    seconds(11).await;
    assert_eq!(handler.heard(), [format!("visit {POST}")], "a visitor is a reader once");
}

#[firecrest::test]
async fn b004_a_visit_is_a_page_or_a_navigation_and_no_reconnect() {
    let (handler, _guard) = attach();
    let site = Site::new();
    crate::pages::get(&site, &format!("/blog/{POST}")).await;
    assert_eq!(handler.heard().len(), 0, "who runs no script is no visitor");
    let mut page = site.open(POST).await;
    page.reconnect().await.unwrap();
    assert_eq!(handler.heard(), [format!("visit {POST}")]);
    page.navigate(&format!("/blog/{OTHER}")).await.unwrap();
    assert_eq!(handler.heard(), [format!("visit {OTHER}")]);
}

#[firecrest::test]
async fn b004_visits_and_readers_are_counted_by_post() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let metrics = recorder.handle();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let site = Site::new();
    let _pages = [site.open(POST).await, site.open(POST).await, site.open(OTHER).await];
    seconds(5).await;
    let _late = site.open(OTHER).await;
    seconds(5).await;
    let text = metrics.render();
    for line in [
        format!("blog_visits_total{{post=\"{POST}\"}} 2"),
        format!("blog_visits_total{{post=\"{OTHER}\"}} 2"),
        format!("blog_reads_total{{post=\"{POST}\"}} 2"),
        format!("blog_reads_total{{post=\"{OTHER}\"}} 1"),
    ] {
        assert!(text.lines().any(|found| found == line), "no {line} in\n{text}");
    }
}
