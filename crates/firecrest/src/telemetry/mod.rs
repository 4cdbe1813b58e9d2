//! What the operator is told: log lines and metrics (spec §3.14, §7.4).

mod error;
mod filter;
mod log;
mod panic;

pub use filter::ParamFilter;

pub(crate) use error::shown_error;
pub(crate) use log::{Handling, connected, joining, refused};
pub(crate) use panic::Panic;
