//! Several nodes that hear each other's broadcasts.
//!
//! A [`Cluster`] carries bytes between nodes by subject, and to one node by its name; it knows neither topics nor payloads.
//! Implement it, run [`conformance::run`] on it, and [`PubSub::with_cluster`](crate::PubSub::with_cluster) does the rest: what a
//! message looks like, whose it is, and that a node's own is not heard twice. [`InProcess`] connects nodes within one
//! process, for tests and for applications with several endpoints.
//!
//! Nothing is stored and nothing is acknowledged: delivery is at most once. Whenever messages may have been lost, that is said:
//! see [`Gap`].

pub mod conformance;
mod frame;
mod health;
mod in_process;
mod node;
mod reached;
mod traits;

pub use frame::FrameError;
pub use health::Health;
pub use in_process::{InProcess, InProcessNode};
pub use node::Node;
pub use reached::Reached;
pub use traits::{Cluster, Gap, Receiver, Refused};

pub(crate) use frame::{Content, Frame, TooLong, write};
