//! Metrics for Prometheus to fetch.

use std::sync::OnceLock;

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use super::ExportersError;
use super::installed::BoxRecorder;

/// Upper ends of the buckets of times, in seconds.
const SECONDS: [f64; 19] = [
    0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1,
    0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// Upper ends of the buckets of sizes, in bytes.
const BYTES: [f64; 8] = [64.0, 256.0, 1_024.0, 4_096.0, 16_384.0, 65_536.0, 262_144.0, 1_048_576.0];

/// The page of this process, for who tidies up.
static KEPT: OnceLock<Page> = OnceLock::new();

/// What Prometheus reads.
#[derive(Clone)]
pub(super) struct Page(PrometheusHandle);

pub(super) fn build() -> Result<(BoxRecorder, Page), ExportersError> {
    let error = |error: BuildError| ExportersError::Exporter(error.to_string());
    let builder = PrometheusBuilder::new();
    let builder =
        builder.set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS).map_err(error)?;
    let builder = builder.set_buckets_for_metric(Matcher::Suffix("_bytes".into()), &BYTES).map_err(error)?;
    let recorder = builder.build_recorder();
    let page = Page(recorder.handle());
    Ok((Box::new(recorder), page))
}

impl Page {
    pub(super) fn render(&self) -> String {
        self.0.render()
    }

    /// Makes it the one of this process.
    pub(super) fn keep(&self) {
        // There is one recorder, and so one page.
        let _ = KEPT.set(self.clone());
    }
}

/// Tidies up what was gathered: histograms keep every sample until somebody reads them, which nobody may ever do.
pub(in crate::telemetry) fn keep_up() {
    if let Some(page) = KEPT.get() {
        page.0.run_upkeep();
    }
}

impl std::fmt::Debug for Page {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Page")
    }
}
