//! Who is where, on every node of a cluster, pure: it owns no socket, no task, no clock and no dice.
//!
//! A crate of its own for *purity*: a [`Replica`] is a state machine. Time comes in as milliseconds since any start,
//! messages come in as bytes, and what is to be sent comes out as bytes, so that a cluster of replicas can be put
//! through a million faults in one thread.
//!
//! Each node is the only writer of the rows of its own connections. It numbers its operations, gossips them as deltas,
//! and whoever finds a hole in the numbers asks for what is missing. Nothing is ever merged from two writers, so there
//! is nothing to settle.
//!
//! Read it in this order: [`node`] and [`row`] (who and what), [`replica`] (the machine), [`diff`] (what changed),
//! [`message`] (how it is written down). [`limits`] and [`options`] list every bound with its default.

mod answer;
mod clock;
mod counts;
pub mod diff;
mod entry;
#[doc(hidden)]
pub mod fuzzing;
pub mod limits;
mod log;
pub mod message;
pub mod node;
pub mod options;
mod origin;
mod peer;
mod pending;
pub mod replica;
pub mod row;
mod staging;
mod view;

pub use answer::{Answer, Asked};
pub use diff::{Change, Diff, Kind, RowChange, ToldRow};
pub use message::{DecodeError, Message};
pub use node::{Incarnation, NodeId};
pub use options::{Options, OptionsError};
pub use replica::{Event, Outgoing, Output, ReceiveError, Replica, Status, Target, TrackError, Usage};
pub use row::{ConnectionId, Count, Meta, Row};
