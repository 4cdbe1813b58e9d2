//! What the connections of this node do.

use std::sync::Arc;

use crate::limits::{MAX_KEY, MAX_META, MAX_TOPIC};
use crate::message::Body;
use crate::row::RowKey;
use crate::{ConnectionId, Meta, Row};

use super::output::{Output, Target};
use super::state::{Replica, Stage};

/// Why a row is not written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrackError {
    /// The connection is already in the topic under this key (P055).
    #[error("this connection is already tracked there under this key")]
    AlreadyTracked,
    /// This node has as many rows as it may have.
    #[error("this node has {max} rows and takes no more")]
    Full {
        /// How many.
        max: usize,
    },
    /// The connection is not in the topic under this key (P054).
    #[error("this connection is not tracked there under this key")]
    NotTracked,
    /// The topic, the key or the meta is too long.
    #[error("the {what} has {len} bytes, more than {max}")]
    TooLong {
        /// Which of them.
        what: &'static str,
        /// How many bytes it has.
        len: usize,
        /// How many it may have.
        max: usize,
    },
}

impl Replica {
    /// Lists a connection of this node in a topic under a key, at once here, elsewhere after the next tick.
    pub fn track(
        &mut self,
        connection: u64,
        topic: &str,
        key: &str,
        meta: &[u8],
    ) -> Result<ConnectionId, TrackError> {
        fits("topic", topic.len(), MAX_TOPIC)?;
        fits("key", key.len(), MAX_KEY)?;
        fits("meta", meta.len(), self.options.meta_bytes.min(MAX_META))?;
        let row = self.row(connection, topic, key);
        if self.own.get(row.clone()).is_some() {
            return Err(TrackError::AlreadyTracked);
        }
        if self.own.len() >= self.options.rows {
            return Err(TrackError::Full { max: self.options.rows });
        }
        self.write(row, Some(Meta::from(meta)));
        Ok(ConnectionId { node: self.id.incarnation(), number: connection })
    }

    /// Replaces the meta of a row, which is never absent meanwhile (I8). Says whether it differed: if not, nothing is
    /// sent.
    pub fn update(
        &mut self,
        connection: u64,
        topic: &str,
        key: &str,
        meta: &[u8],
    ) -> Result<bool, TrackError> {
        fits("meta", meta.len(), self.options.meta_bytes.min(MAX_META))?;
        let row = self.row(connection, topic, key);
        let held = self.own.get(row.clone()).ok_or(TrackError::NotTracked)?;
        let differs = held.meta.as_ref().is_none_or(|held| held.as_bytes() != meta);
        if differs {
            self.write(row, Some(Meta::from(meta)));
        }
        Ok(differs)
    }

    /// Removes a row; says whether there was one (P049).
    pub fn untrack(&mut self, connection: u64, topic: &str, key: &str) -> bool {
        let row = self.row(connection, topic, key);
        let tracked = self.own.get(row.clone()).is_some();
        if tracked {
            self.write(row, None);
        }
        tracked
    }

    /// Removes all rows of a connection; says how many (P051, P052).
    pub fn end(&mut self, connection: u64) -> usize {
        let rows: Vec<RowKey> = self.own.rows_of(connection).map(|row| row.row_key()).collect();
        let count = rows.len();
        for row in rows {
            self.write(row, None);
        }
        count
    }

    /// Says how many connections this node has in a topic of which only the number is known; 0 ends it.
    ///
    /// The topic must not be longer than [`MAX_TOPIC`].
    pub fn set_count(&mut self, topic: &str, connections: u64) -> Result<(), TrackError> {
        fits("topic", topic.len(), MAX_TOPIC)?;
        self.counts.set(topic, connections);
        Ok(())
    }

    /// Says goodbye for good: the others forget this node at once (P056). Without it they keep its rows until it is down,
    /// so that its clients can come back elsewhere without a flicker.
    pub fn leave(self) -> Output {
        let mut out = Output::default();
        self.send(Target::All, Body::Leave, &mut out);
        out
    }

    /// The row of a connection of this node in a topic under a key.
    pub fn own_row(&self, connection: u64, topic: &str, key: &str) -> Option<Row<'_>> {
        self.own.get(self.row(connection, topic, key))?.row()
    }

    /// The topic and the key of a row of this node in the memory that the row has, for whoever keeps them as long.
    pub fn own_names(&self, connection: u64, topic: &str, key: &str) -> Option<(Arc<str>, Arc<str>)> {
        let topic = self.view.intern(topic)?;
        Some((topic.clone(), Arc::clone(self.own_row(connection, &topic, key)?.key)))
    }

    fn row(&self, connection: u64, topic: &str, key: &str) -> RowKey {
        let topic = self.view.intern(topic).unwrap_or_else(|| topic.into());
        RowKey { topic, key: key.into(), connection }
    }

    fn write(&mut self, row: RowKey, meta: Option<Meta>) {
        let (view, pending) = (&mut self.view, &mut self.pending);
        let mut stage = Stage { view, pending, max: self.options.diff_rows };
        self.own.write(row, meta, |change| stage.show(change));
    }
}

fn fits(what: &'static str, len: usize, max: usize) -> Result<(), TrackError> {
    if len > max { Err(TrackError::TooLong { what, len, max }) } else { Ok(()) }
}
