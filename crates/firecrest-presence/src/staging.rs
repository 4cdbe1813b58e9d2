//! A snapshot that is still coming in.

use std::collections::BTreeMap;

use crate::message::{Chunk, Op, size};

/// The parts of a snapshot that are there, in any order, until no row is missing. Whoever sends some of it again may have cut it
/// elsewhere.
#[derive(Debug)]
pub(crate) struct Staging {
    at: u64,
    /// By how many rows are before them.
    chunks: BTreeMap<u64, Vec<Op>>,
    /// How many rows are in them, those that came twice too.
    rows: u64,
    /// How many rows it has.
    total: Option<u64>,
    bytes: usize,
}

impl Staging {
    pub(crate) fn new(at: u64) -> Self {
        Self { at, chunks: BTreeMap::new(), rows: 0, total: None, bytes: 0 }
    }

    /// The version of the snapshot.
    pub(crate) fn at(&self) -> u64 {
        self.at
    }

    /// Adds a part of this version, and gives all rows when it was the last that was missing.
    pub(crate) fn add(&mut self, chunk: Chunk, max_bytes: usize) -> Result<Option<Vec<Op>>, TooLarge> {
        let Chunk { start, last, rows, .. } = chunk;
        if last {
            self.total = Some(start.saturating_add(rows.len() as u64));
        }
        if self.chunks.get(&start).map_or(0, Vec::len) < rows.len() {
            self.rows += rows.len() as u64;
            self.bytes += weight(&rows);
            if let Some(shorter) = self.chunks.insert(start, rows) {
                self.rows -= shorter.len() as u64;
                self.bytes -= weight(&shorter);
            }
        }
        if self.bytes > max_bytes {
            return Err(TooLarge);
        }
        let complete = self.total.is_some_and(|total| self.rows >= total && self.reach() >= total);
        Ok(complete.then(|| self.take()))
    }

    /// How many rows there are from the first on without a hole.
    fn reach(&self) -> u64 {
        let mut reach = 0;
        for (start, rows) in &self.chunks {
            if *start > reach {
                break;
            }
            reach = reach.max(start + rows.len() as u64);
        }
        reach
    }

    fn take(&mut self) -> Vec<Op> {
        let mut all = Vec::new();
        for (start, mut rows) in std::mem::take(&mut self.chunks) {
            // Behind the end there may be what no node sends.
            let Some(known) = (all.len() as u64).checked_sub(start) else { break };
            let known = known.min(rows.len() as u64);
            all.extend(rows.drain(known as usize..));
        }
        all
    }
}

fn weight(rows: &[Op]) -> usize {
    rows.iter().map(size).sum()
}

/// The snapshot has more bytes than may be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLarge;
