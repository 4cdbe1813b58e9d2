//! A row in one of its states: the one thing that lists, writers, logs and diffs hold, each a pointer to it.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::message::row_size;
use crate::row::{ConnectionId, Meta, Row, RowKey};
use crate::{Incarnation, ToldRow};

#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) topic: Arc<str>,
    pub(crate) key: Arc<str>,
    pub(crate) connection: ConnectionId,
    /// The operation that put the meta there, or one that came later.
    pub(crate) version: u64,
    /// Nothing when it only says which row is meant.
    pub(crate) meta: Option<Meta>,
}

impl Entry {
    pub(crate) fn new(row: RowKey, node: Incarnation, version: u64, meta: Option<Meta>) -> Arc<Self> {
        let RowKey { topic, key, connection } = row;
        Arc::new(Self { topic, key, connection: ConnectionId { node, number: connection }, version, meta })
    }

    /// The place in a topic where the rows of this key and connection are, or would be.
    pub(crate) fn place(key: &str, connection: ConnectionId) -> ByKey {
        let row = RowKey { topic: "".into(), key: key.into(), connection: connection.number };
        ByKey(Self::new(row, connection.node, 0, None))
    }

    pub(crate) fn row(&self) -> Option<Row<'_>> {
        let (key, connection) = (&self.key, self.connection);
        Some(Row { key, connection, meta: self.meta.as_ref()?, version: self.version })
    }

    pub(crate) fn told(&self) -> Option<ToldRow> {
        let (key, connection) = (self.key.clone(), self.connection);
        Some(ToldRow { key, connection, meta: self.meta.clone()?, version: self.version })
    }

    /// How many bytes it takes in a message, at most.
    pub(crate) fn size(&self) -> usize {
        row_size(&self.topic, &self.key, self.meta.as_ref())
    }

    pub(crate) fn row_key(&self) -> RowKey {
        RowKey { topic: self.topic.clone(), key: self.key.clone(), connection: self.connection.number }
    }
}

/// Ordered and equal as among the rows of one writer: those of a connection are together.
#[derive(Clone, Debug)]
pub(crate) struct ByConnection(pub(crate) Arc<Entry>);

/// Ordered and equal as among the rows of one topic: those of a key are together.
#[derive(Clone, Debug)]
pub(crate) struct ByKey(pub(crate) Arc<Entry>);

impl Ord for ByConnection {
    fn cmp(&self, other: &Self) -> Ordering {
        let (one, other) = (&self.0, &other.0);
        let connection = one.connection.number.cmp(&other.connection.number);
        connection.then_with(|| one.topic.cmp(&other.topic)).then_with(|| one.key.cmp(&other.key))
    }
}

impl Ord for ByKey {
    fn cmp(&self, other: &Self) -> Ordering {
        let (one, other) = (&self.0, &other.0);
        one.key.cmp(&other.key).then_with(|| one.connection.cmp(&other.connection))
    }
}

macro_rules! ordered {
    ($($name:ident)*) => {$(
        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.cmp(other).is_eq()
            }
        }

        impl Eq for $name {}
    )*};
}

ordered!(ByConnection ByKey);
