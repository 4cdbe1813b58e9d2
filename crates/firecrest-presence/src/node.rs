//! Who writes: the name of a node, and which of its lives this is.

use std::fmt;
use std::sync::Arc;

/// One life of a node, from start to end (P038).
///
/// Of two lives under one name the greater is the later. It is 128 bits: when it began, and what tells apart those that
/// began at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Incarnation {
    started_ms: u64,
    random: u64,
}

impl Incarnation {
    /// The life that began this many milliseconds after the Unix epoch; `random` is drawn anew for each.
    pub const fn new(started_ms: u64, random: u64) -> Self {
        Self { started_ms, random }
    }

    /// When it began, in milliseconds since the Unix epoch by the wall clock of that node.
    pub const fn started_ms(self) -> u64 {
        self.started_ms
    }

    /// What was drawn for it.
    pub const fn random(self) -> u64 {
        self.random
    }
}

impl fmt::Display for Incarnation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}-{:016x}", self.started_ms, self.random)
    }
}

/// A node in one of its lives: the writer of rows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId {
    name: Arc<str>,
    incarnation: Incarnation,
}

impl NodeId {
    /// The node of this name, unique in the cluster, in this life.
    pub fn new(name: impl Into<Arc<str>>, incarnation: Incarnation) -> Self {
        Self { name: name.into(), incarnation }
    }

    /// Its name.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// Its life.
    pub const fn incarnation(&self) -> Incarnation {
        self.incarnation
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.name, self.incarnation)
    }
}
