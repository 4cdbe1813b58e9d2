//! Which rows were touched lately, for those who have to catch up.

use std::collections::BTreeMap;

use crate::row::RowKey;

/// The rows that the operations after `floor` touched, by the number of the last that touched them.
///
/// What became of a row is not kept twice: it is looked up among the rows, and is gone when it is not there.
#[derive(Debug)]
pub(crate) struct Log {
    floor: u64,
    touched: BTreeMap<u64, RowKey>,
    capacity: usize,
}

impl Log {
    pub(crate) fn new(floor: u64, capacity: usize) -> Self {
        Self { floor, touched: BTreeMap::new(), capacity }
    }

    /// Notes that this operation touched this row, which the operation `before` did as well.
    pub(crate) fn touch(&mut self, version: u64, row: RowKey, before: Option<u64>) {
        if let Some(before) = before {
            self.touched.remove(&before);
        }
        self.touched.insert(version, row);
        while self.touched.len() > self.capacity {
            if let Some((version, _)) = self.touched.pop_first() {
                self.floor = version;
            }
        }
    }

    /// What was touched after this operation; nothing when that is no longer known.
    pub(crate) fn since(&self, have: u64) -> Option<impl Iterator<Item = (u64, &RowKey)>> {
        let known = have >= self.floor;
        known.then(|| self.touched.range(have.saturating_add(1)..).map(|(version, row)| (*version, row)))
    }

    /// Forgets what everybody has.
    pub(crate) fn prune(&mut self, up_to: u64) {
        if up_to > self.floor {
            self.touched = self.touched.split_off(&(up_to.saturating_add(1)));
            self.floor = up_to;
        }
    }

    pub(crate) fn capacity(&self) -> usize {
        self.capacity
    }

    pub(crate) fn len(&self) -> usize {
        self.touched.len()
    }
}
