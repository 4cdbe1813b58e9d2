//! The endpoint: what all sockets of an application share, and the server that carries them.

mod broadcast;
mod builder;
mod cluster;
mod counters;
mod drain;
#[allow(clippy::module_inception, reason = "the module is named after the type it holds")]
mod endpoint;
mod engine;
mod host;
mod registry;
mod serve;
mod shutdown;
mod state;

pub use broadcast::BroadcastError;
pub use builder::{EndpointBuilder, EndpointError};
pub use drain::DrainOptions;
pub use endpoint::Endpoint;
pub use engine::ClusterUrlError;
pub use serve::{ServeError, listen};
pub use state::NoState;

pub(crate) use registry::{Registration, Registry};
