//! A snapshot that is still coming in.

use std::collections::BTreeMap;

use crate::message::{Chunk, Op, size};

/// The parts of a snapshot that are there, in any order, until none is missing.
#[derive(Debug)]
pub(crate) struct Staging {
    at: u64,
    chunks: BTreeMap<u32, Vec<Op>>,
    /// How many parts it has.
    total: Option<u32>,
    bytes: usize,
}

impl Staging {
    pub(crate) fn new(at: u64) -> Self {
        Self { at, chunks: BTreeMap::new(), total: None, bytes: 0 }
    }

    /// The version of the snapshot.
    pub(crate) fn at(&self) -> u64 {
        self.at
    }

    /// Adds a part of this version, and gives all rows when it was the last that was missing.
    pub(crate) fn add(&mut self, chunk: Chunk, max_bytes: usize) -> Result<Option<Vec<Op>>, TooLarge> {
        if chunk.last {
            self.total = Some(chunk.index + 1);
        }
        if !self.chunks.contains_key(&chunk.index) {
            self.bytes += chunk.rows.iter().map(size).sum::<usize>();
            self.chunks.insert(chunk.index, chunk.rows);
        }
        if self.bytes > max_bytes {
            return Err(TooLarge);
        }
        let complete = self.total.is_some_and(|total| self.chunks.len() >= total as usize);
        Ok(complete.then(|| std::mem::take(&mut self.chunks).into_values().flatten().collect()))
    }
}

/// The snapshot has more bytes than may be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLarge;
