//! What stands for an exporter that was left out when the program was built.

#[cfg(not(feature = "prometheus"))]
pub(super) mod prometheus {
    use crate::telemetry::exporters::ExportersError;
    use crate::telemetry::exporters::installed::BoxRecorder;

    /// There is none.
    #[derive(Clone, Debug)]
    pub(in crate::telemetry::exporters) enum Page {}

    pub(in crate::telemetry::exporters) fn build() -> Result<(BoxRecorder, Page), ExportersError> {
        Err(ExportersError::Feature { feature: "prometheus" })
    }

    impl Page {
        pub(in crate::telemetry::exporters) fn render(&self) -> String {
            match *self {}
        }

        pub(in crate::telemetry::exporters) fn keep(&self) {
            match *self {}
        }
    }

    pub(in crate::telemetry) fn keep_up() {}
}

#[cfg(not(feature = "statsd"))]
pub(super) mod statsd {
    use crate::telemetry::exporters::config::StatsD;
    use crate::telemetry::exporters::installed::BoxRecorder;
    use crate::telemetry::exporters::{Exporters, ExportersError};

    pub(in crate::telemetry::exporters) fn build(
        _: &StatsD,
        _: &Exporters,
    ) -> Result<BoxRecorder, ExportersError> {
        Err(ExportersError::Feature { feature: "statsd" })
    }
}
