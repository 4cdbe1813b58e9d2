//! What a client makes of the messages: the rules of spec §3.2 once more, independent of what writes the messages.

mod error;
mod marks;
mod merge;
mod render;
mod state;
mod statics;
mod streams;

pub use error::{ReplicaError, ReplicaProblem};
pub use state::Replica;
