//! What replicas say to each other, and how it is written down.
//!
//! A message is: the byte `0xFC`, the version of the format, the kind, the sender, the body. Numbers are LEB128, texts
//! and metas carry their length. Rows name their topic by its place in a table, four times that plus what was done to
//! them, their connection by its number (its node is the origin: nobody can speak about the rows of another), their
//! version by its distance from the one before.

mod decode;
mod encode;
mod reader;
mod split;

use std::sync::Arc;

pub use reader::DecodeError;
pub(crate) use split::{count_size, fitting, row_size, size, split, version_size};

use crate::NodeId;
use crate::row::{Meta, RowKey};

/// The version of the format that is written, and the only one that is read.
pub const VERSION: u8 = 1;

const MAGIC: u8 = 0xFC;

/// What one replica says to one or all of the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who says it.
    pub sender: NodeId,
    /// What is said.
    pub body: Body,
}

/// The kinds of message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// A part of a snapshot, to who asked.
    Chunk(Chunk),
    /// How many are in topics of which only the number is known, to all.
    Counts(Vec<TopicCount>),
    /// What happened at a node, to who asked.
    Delta {
        /// At which.
        origin: NodeId,
        /// What.
        delta: Delta,
    },
    /// "I am here", and what happened at the sender, to all.
    Gossip(Gossip),
    /// "I am gone for good", to all.
    Leave,
    /// "This is all I have: send what came after", to one.
    Request(Vec<Version>),
}

/// A heartbeat, with or without news.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gossip {
    /// The last operation of the sender.
    pub at: u64,
    /// How many rows it has then.
    pub rows: u64,
    /// Some of those that led there.
    pub delta: Option<Delta>,
    /// What the sender has of the others that are up.
    pub versions: Vec<Version>,
}

/// How far somebody is in the operations of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Whose operations.
    pub node: NodeId,
    /// The last of them.
    pub version: u64,
}

/// The operations after `from` up to `to`, of each row only the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delta {
    /// The operation before the first.
    pub from: u64,
    /// The last, at least `from`.
    pub to: u64,
    /// In the order of their versions, all within the range.
    pub ops: Vec<Op>,
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Op {
    /// Which.
    pub row: RowKey,
    /// The number of the operation.
    pub version: u64,
    /// What it did.
    pub fate: Fate,
}

/// What an operation did to a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It removed the row, which held this at last; that is left out when everybody had heard of it before (P080).
    Del(Option<Meta>),
    /// It wrote the row, which holds this since then.
    Put(Meta),
}

/// A part of all rows that a node has at some version. Rows in no part are gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Whose rows.
    pub origin: NodeId,
    /// After which operation.
    pub at: u64,
    /// How many rows are in the parts before it. All nodes put those of a version into the same order.
    pub start: u64,
    /// Whether it is the last of them.
    pub last: bool,
    /// Rows that are there, in the order of their versions.
    pub rows: Vec<Op>,
}

/// How many connections a node has in a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicCount {
    /// Which topic.
    pub topic: Arc<str>,
    /// How many.
    pub connections: u64,
    /// Of two announcements of a node the one with the greater epoch is the later.
    pub epoch: u64,
}
