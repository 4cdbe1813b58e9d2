//! The machine: operations, time and messages in; messages, diffs and events out.

mod liveness;
mod local;
mod output;
mod receive;
mod repair;
mod state;
mod tick;

pub use local::TrackError;
pub use output::{Event, Outgoing, Output, Target};
pub use receive::ReceiveError;
pub use state::{Replica, Status, Usage};
