//! What the operator is told: log lines, spans and metrics (spec §3.14, §7.4).
//!
//! Everything is said through `tracing` and `metrics`: what becomes of it is the application's choice. The [`Exporters`] offer
//! Prometheus and StatsD, each a feature of this crate; [`describe`] and [`publish`] are for recorders of your own. METRICS.md lists
//! every metric with its unit and labels, and `guides/measure.md` says which of them to watch.
//!
//! Spans are of the level `debug`, and cost nothing while nobody listens: `socket_connect`, `channel_join`, `handle_in`,
//! `live_mount`, `handle_params`, `live_event`, `live_render`, `live_work` and `socket_drain`. They name topics, events, routes, types and the keys of
//! shared views, but not what a client sent with them; log lines show that through the [`ParamFilter`].

mod catalogue;
mod error;
mod exporters;
mod filter;
mod handled;
mod log;
pub(crate) mod meter;
mod panic;
mod publish;
mod traffic;

pub use catalogue::describe;
pub use exporters::{Exporters, ExportersError, Installed};
pub use filter::ParamFilter;
pub use panic::Panic;
pub use publish::publish;
pub use traffic::Traffic;

pub(crate) use error::shown_error;
pub(crate) use handled::{Handled, Handling};
pub(crate) use log::{connected, joining, not_connected, refused};
pub(crate) use publish::{INTERVAL, publish_aside, publish_last};
