//! What the test kit, the benchmarks and the tests of what a message costs need. Not for applications: nothing here is
//! kept compatible.

mod connection;
pub mod live;
mod meter;
mod sink;

pub use connection::{TestConnection, TestRequest};
pub use meter::{Write, WriteMeter};
pub use sink::Sink;

use crate::socket::{Channels, Socket};
use crate::telemetry::meter::Limit;

/// How often a bound was reached in this process, by its name in the metrics.
///
/// # Panics
/// When there is no such bound.
pub fn times_reached(bound: &str) -> u64 {
    let limit = Limit::ALL.into_iter().find(|limit| limit.as_str() == bound);
    limit.unwrap_or_else(|| panic!("there is no bound {bound:?}")).total()
}

/// The number of the route that serves a topic: what every join asks for.
pub fn route<S: Socket>(channels: &Channels<S>, topic: &str) -> Option<usize> {
    channels.find(topic)
}
