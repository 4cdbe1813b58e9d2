//! What changed in a topic since the last time it was told.

use std::sync::Arc;

use crate::row::{ConnectionId, Meta};

/// What changed in one topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diff {
    /// Which.
    pub topic: Arc<str>,
    /// How.
    pub change: Change,
}

/// How a topic changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Too much changed to tell: give everybody what is [`told`](crate::Replica::told) now.
    ///
    /// Who has heard diffs before its first state gets one of its own besides: those diffs do not lead to this one.
    Resync,
    /// These rows changed, each only once, sorted by key.
    Rows(Vec<RowChange>),
}

/// How a row changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowChange {
    /// Who.
    pub key: Arc<str>,
    /// Over which connection.
    pub connection: ConnectionId,
    /// The [version](crate::Row::version) that was told last; nothing for a join. With the connection it is a reference
    /// that no other state of any row has.
    pub before: Option<u64>,
    /// The version that is told now; nothing for a leave.
    pub after: Option<u64>,
    /// What happened (P081).
    pub kind: Kind,
}

/// A row as those know it who have heard all diffs so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldRow {
    /// Who.
    pub key: Arc<str>,
    /// Over which connection.
    pub connection: ConnectionId,
    /// What it held when it was last told of.
    pub meta: Meta,
    /// Its [version](crate::Row::version) then.
    pub version: u64,
}

/// What happened to a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It was not listed, and is.
    Join {
        /// What it holds.
        meta: Meta,
    },
    /// It was listed, and no longer is.
    Leave {
        /// What it held last, even when that was never told (P080).
        ///
        /// Two exceptions, in which it is what this node last knew: its node died, or all that is known of it is a
        /// snapshot in which it no longer is.
        meta: Meta,
    },
    /// It is listed with another meta.
    Update {
        /// What it held when it was last told of.
        before: Meta,
        /// What it holds.
        meta: Meta,
    },
}
