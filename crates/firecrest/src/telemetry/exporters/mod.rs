//! Where metrics go: to be fetched by Prometheus, or sent to a StatsD daemon, or both.

#[cfg(not(all(feature = "prometheus", feature = "statsd")))]
mod absent;
mod config;
mod error;
mod installed;
#[cfg(feature = "prometheus")]
mod prometheus;
#[cfg(feature = "statsd")]
mod statsd;

pub use config::Exporters;
pub use error::ExportersError;
pub use installed::Installed;

#[cfg(not(feature = "prometheus"))]
use absent::prometheus;
#[cfg(not(feature = "statsd"))]
use absent::statsd;

pub(super) use installed::send_the_rest;
pub(super) use prometheus::keep_up;
