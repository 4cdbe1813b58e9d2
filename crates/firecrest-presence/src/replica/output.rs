//! What a replica asks its caller to do.

use std::sync::Arc;

use crate::{Asked, Diff, NodeId};

/// What came out of a step. All of it is the caller's to pass on; nothing is repeated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Output {
    /// Messages to send, in this order. They may be lost, doubled or overtaken.
    pub outgoing: Vec<Outgoing>,
    /// Who is to be [answered](crate::Replica::answer), whenever there is time. Who waits for long asks again.
    pub asked: Vec<Asked>,
    /// What changed in the topics that are watched.
    pub diffs: Vec<Diff>,
    /// The [totals](crate::Replica::total) that are watched and have changed, each as it is now. Those that were changed
    /// by [`set_count`](crate::Replica::set_count) come with the next tick or message, which is due at once.
    pub totals: Vec<(Arc<str>, u64)>,
    /// What happened to other nodes.
    pub events: Vec<Event>,
}

/// A message to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// To whom.
    pub to: Target,
    /// What.
    pub bytes: Vec<u8>,
}

/// To whom a message goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// To all other nodes.
    All,
    /// To the node of this name.
    Node(Arc<str>),
}

/// Something worth a line in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A node was silent for too long: its rows are hidden.
    Down(NodeId),
    /// Another node has the name of this one (P086).
    DuplicateName(NodeId),
    /// A node left, was replaced by its next life, or was silent for very long: its rows are forgotten.
    Forgotten(NodeId),
    /// The snapshot of a node's rows was larger than [`Options::staging_bytes`](crate::Options::staging_bytes).
    SnapshotTooLarge(NodeId),
    /// A node has more rows than [`Options::remote_rows`](crate::Options::remote_rows): some are not listed until it has
    /// fewer.
    TooManyRows(NodeId),
    /// A node spoke, for the first time or after it was down: its rows are listed.
    Up(NodeId),
}
