//! The rows of one node and how far its operations are known.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::Incarnation;
use crate::entry::{ByConnection, Entry};
use crate::log::Log;
use crate::message::{Delta, Fate, Op};
use crate::row::{Meta, RowKey};

/// What one writer wrote, as far as it is known here.
#[derive(Debug)]
pub(crate) struct Origin {
    node: Incarnation,
    /// The last operation that is known with all before it.
    version: u64,
    rows: BTreeSet<ByConnection>,
    log: Log,
    max_rows: usize,
    /// Whether there were more rows than may be held: those here are true, but not all.
    partial: bool,
}

/// What happened to a row.
#[derive(Clone, Copy)]
pub(crate) enum Change<'a> {
    /// It is this now.
    Put(&'a Arc<Entry>),
    /// It is no longer there, and was this at last.
    Del(&'a Arc<Entry>),
}

impl Origin {
    pub(crate) fn new(node: Incarnation, log_ops: usize, max_rows: usize) -> Self {
        let (rows, log) = (BTreeSet::new(), Log::new(0, log_ops));
        Self { node, version: 0, rows, log, max_rows, partial: false }
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

    pub(crate) fn is_partial(&self) -> bool {
        self.partial
    }

    /// Notes that the rows here are all there are.
    pub(crate) fn complete(&mut self) {
        self.partial = false;
    }

    pub(crate) fn get(&self, row: RowKey) -> Option<&Arc<Entry>> {
        self.rows.get(&ByConnection(Entry::new(row, self.node, 0, None))).map(|row| &row.0)
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.rows.iter().map(|row| &row.0)
    }

    pub(crate) fn rows_of(&self, connection: u64) -> impl Iterator<Item = &Arc<Entry>> {
        let first = RowKey { topic: "".into(), key: "".into(), connection };
        let first = ByConnection(Entry::new(first, self.node, 0, None));
        let rows = self.rows.range(first..).map(|row| &row.0);
        rows.take_while(move |row| row.connection.number == connection)
    }

    /// Performs the next operation, as its only writer.
    pub(crate) fn write(&mut self, row: RowKey, meta: Option<Meta>, changed: impl FnMut(Change<'_>)) {
        self.version += 1;
        let fate = match meta {
            Some(meta) => Fate::Put(meta),
            // Those who may not have heard what the row holds are told when it goes (P080).
            None => {
                let last = self.get(row.clone()).filter(|last| last.version > self.log.floor());
                Fate::Del(last.and_then(|last| last.meta.clone()))
            }
        };
        self.perform(Op { row, version: self.version, fate }, &mut { changed });
    }

    /// Takes over what is new in a delta, and tells of each row that changes. Nothing happens when something before it
    /// is missing.
    pub(crate) fn apply(&mut self, delta: Delta, mut changed: impl FnMut(Change<'_>)) -> Applied {
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
        if self.partial {
            self.log.restart(self.version);
        }
        Applied::Done
    }

    /// Takes over all rows at a version that is no earlier, and tells of each row that changes. A row never goes back
    /// (P079).
    pub(crate) fn replace(&mut self, at: u64, rows: Vec<Op>, mut changed: impl FnMut(Change<'_>)) {
        if at < self.version {
            return;
        }
        let mut gone = std::mem::take(&mut self.rows);
        self.log.restart(at);
        self.version = at;
        self.partial = rows.len() > self.max_rows;
        for Op { row, version, fate } in rows.into_iter().take(self.max_rows) {
            let Fate::Put(meta) = fate else { continue };
            let mut row = ByConnection(Entry::new(row, self.node, version, Some(meta)));
            match gone.take(&row) {
                Some(same) if same.0.version == version => row = same,
                _ => changed(Change::Put(&row.0)),
            }
            self.rows.insert(row);
        }
        for row in gone {
            changed(Change::Del(&row.0));
        }
    }

    /// The operations after this one, of each row only the last; nothing when they are no longer known.
    pub(crate) fn since(&self, have: u64) -> Option<Vec<Op>> {
        let touched = self.log.since(have)?;
        let op = |(version, row): (u64, &Arc<Entry>)| {
            let fate = match &row.meta {
                Some(meta) if row.version == version => Fate::Put(meta.clone()),
                // It was removed and came back: its last operation comes later in the log.
                _ if self.rows.contains(&ByConnection(row.clone())) => return None,
                last => Fate::Del(last.clone()),
            };
            Some(Op { row: row.row_key(), version, fate })
        };
        Some(touched.filter_map(op).collect())
    }

    /// Forgets the log of operations that everybody has.
    pub(crate) fn prune(&mut self, up_to: u64) {
        self.log.prune(up_to.min(self.version));
    }

    fn perform(&mut self, Op { row, version, fate }: Op, changed: &mut impl FnMut(Change<'_>)) {
        match fate {
            Fate::Put(meta) => self.put(Entry::new(row, self.node, version, Some(meta)), changed),
            // What it held last was written before it was removed, nobody here knows when.
            Fate::Del(last) => self.del(version, Entry::new(row, self.node, version - 1, last), changed),
        }
    }

    fn put(&mut self, row: Arc<Entry>, changed: &mut impl FnMut(Change<'_>)) {
        let place = ByConnection(row.clone());
        if self.rows.len() >= self.max_rows && !self.rows.contains(&place) {
            self.partial = true;
            return;
        }
        let before = self.rows.replace(place);
        changed(Change::Put(&row));
        self.log.touch(row.version, row, before.map(|before| before.0.version));
    }

    fn del(&mut self, version: u64, row: Arc<Entry>, changed: &mut impl FnMut(Change<'_>)) {
        let before = self.rows.take(&ByConnection(row.clone())).map(|before| before.0);
        let touched = before.as_ref().map(|before| before.version);
        if let Some(before) = before {
            changed(Change::Del(if row.meta.is_some() { &row } else { &before }));
        }
        self.log.touch(version, row, touched);
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
