//! Exporters that are at work.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::response::IntoResponse as _;
use axum::routing::get;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use metrics::Recorder;
use tokio::task::spawn_blocking;

use super::prometheus::{self, Page};
use super::{Exporters, ExportersError, statsd};
use crate::telemetry::{describe, publish};

pub(super) type BoxRecorder = Box<dyn Recorder + Sync>;

/// How long it takes at most until what was recorded is sent to a StatsD daemon: half a second to the next time, and as long again that
/// the datagrams are spread over. With a little more for a busy machine.
const SENDING: Duration = Duration::from_millis(1_200);

/// Whether something sends metrics to a StatsD daemon.
static SENDS: AtomicBool = AtomicBool::new(false);

/// Exporters that are at work. Clones are the same.
#[derive(Clone, Debug)]
pub struct Installed {
    page: Option<Page>,
}

pub(super) fn install(exporters: &Exporters) -> Result<Installed, ExportersError> {
    let (mut recorders, mut page) = (Vec::new(), None);
    if exporters.prometheus {
        let (recorder, made) = prometheus::build()?;
        recorders.push(recorder);
        page = Some(made);
    }
    if let Some(daemon) = &exporters.statsd {
        recorders.push(statsd::build(daemon, exporters)?);
    }
    if !recorders.is_empty() {
        set(recorders)?;
        describe();
    }
    SENDS.fetch_or(exporters.statsd.is_some(), Ordering::Relaxed);
    page.iter().for_each(Page::keep);
    Ok(Installed { page })
}

/// Makes them the one recorder of this process. One alone is spared the way through what tells several.
fn set(mut recorders: Vec<BoxRecorder>) -> Result<(), ExportersError> {
    let set = match recorders.pop() {
        Some(only) if recorders.is_empty() => metrics::set_global_recorder(only).is_ok(),
        last => metrics::set_global_recorder(all(recorders.into_iter().chain(last))).is_ok(),
    };
    if set { Ok(()) } else { Err(ExportersError::Installed) }
}

/// A recorder that tells all of them.
#[cfg(any(feature = "prometheus", feature = "statsd"))]
fn all(recorders: impl Iterator<Item = BoxRecorder>) -> impl Recorder + Sync + 'static {
    use metrics_util::layers::FanoutBuilder;

    recorders.fold(FanoutBuilder::default(), FanoutBuilder::add_recorder).build()
}

#[cfg(not(any(feature = "prometheus", feature = "statsd")))]
fn all(_: impl Iterator<Item = BoxRecorder>) -> impl Recorder + Sync + 'static {
    metrics::NoopRecorder
}

/// Waits until what was recorded has been sent, if something sends it: the program may end now.
pub(in crate::telemetry) async fn send_the_rest() {
    if SENDS.load(Ordering::Relaxed) {
        tokio::time::sleep(SENDING).await;
    }
}

impl Installed {
    /// All metrics as Prometheus reads them, of this moment; nothing when they are not for Prometheus. It [publishes](publish) first, which
    /// takes its time: not on a thread that others wait for.
    pub fn render(&self) -> Option<String> {
        let page = self.page.as_ref()?;
        publish();
        Some(page.render())
    }

    /// Serves [what Prometheus reads](Self::render) at `/metrics`; without Prometheus nothing. Whoever reaches the address can read it:
    /// have the proxy keep it back, or serve it on another port.
    pub fn router<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        if self.page.is_none() {
            return Router::new();
        }
        let installed = self.clone();
        let page = async move || {
            let kind = [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
            match spawn_blocking(move || installed.render().unwrap_or_default()).await {
                Ok(page) => (kind, page).into_response(),
                Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            }
        };
        Router::new().route("/metrics", get(page))
    }
}
