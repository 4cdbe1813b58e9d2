//! The rows of one node and how far its operations are known.

use std::collections::HashMap;

use crate::log::Log;
use crate::message::{Delta, Op};
use crate::row::{Held, RowKey};

/// What one writer wrote, as far as it is known here.
#[derive(Debug)]
pub(crate) struct Origin {
    /// The last operation that is known with all before it.
    version: u64,
    rows: HashMap<RowKey, Held>,
    log: Log,
}

impl Origin {
    pub(crate) fn new(log_ops: usize) -> Self {
        Self { version: 0, rows: HashMap::new(), log: Log::new(0, log_ops) }
    }

    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn log_len(&self) -> usize {
        self.log.len()
    }

    pub(crate) fn get(&self, row: &RowKey) -> Option<&Held> {
        self.rows.get(row)
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = (&RowKey, &Held)> {
        self.rows.iter()
    }

    /// Performs the next operation, as its only writer.
    pub(crate) fn write(&mut self, row: RowKey, meta: Option<crate::Meta>) {
        self.version += 1;
        let op = Op { row, version: self.version, meta };
        self.perform(op, &mut |_, _| {});
    }

    /// Takes over what is new in a delta, and tells of each row that changes. Nothing happens when something before it
    /// is missing.
    pub(crate) fn apply(&mut self, delta: Delta, mut changed: impl FnMut(&RowKey, Option<&Held>)) -> Applied {
        if delta.to <= self.version {
            return Applied::Known;
        }
        if delta.from > self.version {
            return Applied::Gap;
        }
        for op in delta.ops {
            if op.version > self.version {
                self.perform(op, &mut changed);
            }
        }
        self.version = delta.to;
        Applied::Done
    }

    /// Takes over all rows at a later version, and tells of each row that changes. A row never goes back (P079).
    pub(crate) fn replace(
        &mut self,
        at: u64,
        rows: Vec<Op>,
        mut changed: impl FnMut(&RowKey, Option<&Held>),
    ) {
        if at <= self.version {
            return;
        }
        let mut gone = std::mem::take(&mut self.rows);
        self.log = Log::new(at, self.log.capacity());
        self.version = at;
        for Op { row, version, meta } in rows {
            let Some(meta) = meta else { continue };
            let held = Held { meta, version };
            let before = gone.remove(&row);
            if before.as_ref().is_none_or(|before| before.version != version) {
                changed(&row, Some(&held));
            }
            self.rows.insert(row, held);
        }
        for row in gone.keys() {
            changed(row, None);
        }
    }

    /// The operations after this one, of each row only the last; nothing when they are no longer known.
    pub(crate) fn since(&self, have: u64) -> Option<Vec<Op>> {
        let touched = self.log.since(have)?;
        let op = |(version, row): (u64, &RowKey)| match self.rows.get(row) {
            // It was removed and came back: its last operation comes later in the log.
            Some(held) if held.version != version => None,
            held => Some(Op { row: row.clone(), version, meta: held.map(|held| held.meta.clone()) }),
        };
        Some(touched.filter_map(op).collect())
    }

    /// All rows, in the order of their versions.
    pub(crate) fn snapshot(&self) -> Vec<Op> {
        let op = |(row, held): (&RowKey, &Held)| Op {
            row: row.clone(),
            version: held.version,
            meta: Some(held.meta.clone()),
        };
        let mut rows: Vec<Op> = self.rows.iter().map(op).collect();
        rows.sort_unstable_by_key(|row| row.version);
        rows
    }

    /// Forgets the log of operations that everybody has, and gives memory back.
    pub(crate) fn prune(&mut self, up_to: u64) {
        self.log.prune(up_to.min(self.version));
        if self.rows.len() < self.rows.capacity() / 4 {
            self.rows.shrink_to_fit();
        }
    }

    fn perform(&mut self, op: Op, changed: &mut impl FnMut(&RowKey, Option<&Held>)) {
        let Op { row, version, meta } = op;
        let held = meta.map(|meta| Held { meta, version });
        let before = match &held {
            Some(held) => self.rows.insert(row.clone(), held.clone()),
            None => self.rows.remove(&row),
        };
        if before.is_some() || held.is_some() {
            changed(&row, held.as_ref());
        }
        self.log.touch(version, row, before.map(|before| before.version));
    }
}

/// What became of a delta.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Applied {
    /// It was taken over.
    Done,
    /// Something before it is missing.
    Gap,
    /// There was nothing new in it.
    Known,
}
