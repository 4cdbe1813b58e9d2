//! What is sent to a node that lacks something, message by message.

use std::sync::Arc;

use crate::NodeId;
use crate::entry::Entry;
use crate::message::{Body, Chunk, Delta, Fate, Message, Op, Version, fitting, size};

/// A node has asked for what came after this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Which.
    pub by: NodeId,
    /// What it has, and of whom.
    pub have: Version,
}

/// What a node asked for. Nothing of it is encoded before it is wanted: it keeps the rows as they are, and needs no
/// [`Replica`](crate::Replica) any more.
#[derive(Debug)]
pub struct Answer {
    sender: NodeId,
    origin: NodeId,
    from: u64,
    at: u64,
    all: All,
    /// How many of them were sent.
    sent: usize,
    is_over: bool,
}

#[derive(Debug)]
pub(crate) enum All {
    /// The operations after `from`.
    Ops(Vec<Op>),
    /// All rows, in the order into which every node puts those of this version.
    Rows(Vec<Arc<Entry>>),
}

impl Answer {
    /// What leads from the one version of a node to the other.
    pub(crate) fn new(sender: NodeId, origin: NodeId, from: u64, at: u64, all: All) -> Self {
        Self { sender, origin, from, at, all, sent: 0, is_over: false }
    }

    /// Of whom it tells.
    pub fn of(&self) -> &NodeId {
        &self.origin
    }

    /// Up to which of its operations.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// The next message, with rows of at most so many bytes, or a single one that has more. Nothing when all was said.
    pub fn next_message(&mut self, max_bytes: usize) -> Option<Vec<u8>> {
        if self.is_over {
            return None;
        }
        let (origin, at, start) = (self.origin.clone(), self.at, self.sent);
        let body = match &self.all {
            All::Ops(ops) => {
                self.sent += fitting(ops[start..].iter().map(size), max_bytes);
                self.is_over = self.sent == ops.len();
                let version = |sent: usize| ops[..sent].last().map_or(self.from, |op| op.version);
                let to = if self.is_over { at } else { version(self.sent) };
                let ops = ops[start..self.sent].to_vec();
                Body::Delta { origin, delta: Delta { from: version(start), to, ops } }
            }
            All::Rows(rows) => {
                self.sent += fitting(rows[start..].iter().map(|row| row.size()), max_bytes);
                self.is_over = self.sent == rows.len();
                let mut part: Vec<Op> = rows[start..self.sent].iter().filter_map(put).collect();
                part.sort_unstable_by_key(|row| row.version);
                Body::Chunk(Chunk { origin, at, start: start as u64, last: self.is_over, rows: part })
            }
        };
        Some(Message { sender: self.sender.clone(), body }.encode())
    }

    /// Begins anew, because something was lost on the way.
    pub fn rewind(&mut self) {
        (self.sent, self.is_over) = (0, false);
    }
}

fn put(row: &Arc<Entry>) -> Option<Op> {
    let fate = Fate::Put(row.meta.clone()?);
    Some(Op { row: row.row_key(), version: row.version, fate })
}
