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

/// The number of the route that serves a topic: what every join asks for.
pub fn route<S: Socket>(channels: &Channels<S>, topic: &str) -> Option<usize> {
    channels.find(topic)
}
