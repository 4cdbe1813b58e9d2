//! One client's connection, whatever carries it: the state machine that every transport drives.
//!
//! `Connection` takes messages in and decides whom they are for; `Shared` is what its channels hold to answer.
//! Neither does any I/O: a transport feeds messages to the one and takes frames out of the other's `Outbox`.

mod close;
pub(crate) mod flush;
mod outbox;
mod queue;
mod shared;
mod state;

pub use outbox::OutboxLimits;
pub use shared::Transport;

pub(crate) use close::CloseReason;
pub(crate) use outbox::{Link, Outbox, Stream};
pub(crate) use shared::Shared;
pub(crate) use state::{Connection, Dispatch};
