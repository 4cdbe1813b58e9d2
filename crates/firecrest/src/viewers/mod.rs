//! Who looks at something now, on all nodes, counted by live connections (K003, K007).
//!
//! [`Endpoint::viewers`](crate::Endpoint::viewers) gives the [`Viewers`] of a topic. Whoever looks holds a [`Viewing`], and is counted
//! until it is dropped. Nothing is stored, so nothing can be wrong after a crash or a restart (K008).

mod event;
mod nodes;
mod registry;
#[allow(clippy::module_inception, reason = "the module is named after the type it holds")]
mod viewers;
mod viewing;

pub use event::ViewerEvent;
pub use viewers::Viewers;
pub use viewing::{ViewerId, Viewing};

pub(crate) use registry::Registry;
