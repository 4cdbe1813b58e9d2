//! Why there are no exporters.

/// What is wrong with the configuration of [`Exporters`](super::Exporters), or why they cannot be installed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExportersError {
    /// An environment variable, or the option of that name, has a value that means nothing.
    #[error("{name} is {value:?}, but must be {expected}")]
    Variable {
        /// Its name.
        name: &'static str,
        /// Its value.
        value: String,
        /// What is allowed.
        expected: &'static str,
    },
    /// The exporter was left out when the program was built.
    #[error("metrics: this program was built without the feature {feature:?} of the crate firecrest")]
    Feature {
        /// What turns it on.
        feature: &'static str,
    },
    /// The StatsD daemon has no address.
    #[error("FIRECREST_STATSD: {host:?} has no IPv4 address: {reason}")]
    Address {
        /// Its name.
        host: String,
        /// Why.
        reason: String,
    },
    /// There can be one recorder only.
    #[error("metrics are recorded elsewhere already: a process has one recorder")]
    Installed,
    /// An exporter cannot start.
    #[error("the metrics cannot be exported: {0}")]
    Exporter(String),
}

impl ExportersError {
    pub(super) fn variable(name: &'static str, value: &str, expected: &'static str) -> Self {
        ExportersError::Variable { name, value: value.into(), expected }
    }
}
