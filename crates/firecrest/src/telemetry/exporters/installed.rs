//! Exporters that are at work.

use axum::Router;
use axum::routing::get;
use http::header::CONTENT_TYPE;
use metrics::Recorder;

use super::prometheus::{self, Page};
use super::{Exporters, ExportersError, statsd};
use crate::telemetry::{describe, publish};

pub(super) type BoxRecorder = Box<dyn Recorder + Sync>;

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
        metrics::set_global_recorder(all(recorders)).map_err(|_| ExportersError::Installed)?;
        describe();
    }
    page.iter().for_each(Page::keep);
    Ok(Installed { page })
}

/// A recorder that tells all of them.
#[cfg(any(feature = "prometheus", feature = "statsd"))]
fn all(recorders: Vec<BoxRecorder>) -> impl Recorder + Sync + 'static {
    use metrics_util::layers::FanoutBuilder;

    recorders.into_iter().fold(FanoutBuilder::default(), FanoutBuilder::add_recorder).build()
}

#[cfg(not(any(feature = "prometheus", feature = "statsd")))]
fn all(_: Vec<BoxRecorder>) -> impl Recorder + Sync + 'static {
    metrics::NoopRecorder
}

impl Installed {
    /// All metrics as Prometheus reads them, of this moment; nothing when they are not for Prometheus.
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
            (
                [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
                installed.render().unwrap_or_default(),
            )
        };
        Router::new().route("/metrics", get(page))
    }
}
