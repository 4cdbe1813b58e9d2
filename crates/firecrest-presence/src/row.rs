//! What is kept: rows of (topic, key, connection) with a meta.

use std::fmt;
use std::sync::Arc;

use crate::Incarnation;

/// What an application says about one presence: bytes that are never looked into, usually JSON text.
///
/// Cloning it copies a pointer.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Meta(Arc<[u8]>);

impl Meta {
    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Its text, when it is text.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }
}

impl From<&[u8]> for Meta {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }
}

impl fmt::Debug for Meta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.escape_ascii())
    }
}

/// A connection, unique in the cluster and for ever: the life of its node and its number there.
///
/// Those of one node sort in the order of their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId {
    /// The life of the node that has the connection.
    pub node: Incarnation,
    /// Its number on that node, never used twice in one life.
    pub number: u64,
}

impl ConnectionId {
    pub(crate) const MIN: Self = Self { node: Incarnation::new(0, 0), number: 0 };
    pub(crate) const MAX: Self = Self { node: Incarnation::new(u64::MAX, u64::MAX), number: u64::MAX };
}

/// A presence as it is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// Who is present.
    pub key: &'a Arc<str>,
    /// Over which connection.
    pub connection: ConnectionId,
    /// What is said about it.
    pub meta: &'a Meta,
    /// The number of the operation, among those of its node, that made it what it is.
    pub version: u64,
}

/// How many are in a topic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Different keys.
    pub keys: usize,
    /// Rows: a key with two connections counts twice.
    pub connections: usize,
}

/// Which row of its node.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowKey {
    /// Where.
    pub topic: Arc<str>,
    /// Who.
    pub key: Arc<str>,
    /// The number of the connection on its node.
    pub connection: u64,
}
