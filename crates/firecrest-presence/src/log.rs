//! Which rows were touched lately, for those who have to catch up.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::entry::Entry;

/// The rows that the operations after `floor` touched, by the number of the last that touched them.
///
/// Each is what the operation made it. One that was removed has an earlier version, and the meta, if any, that it had.
#[derive(Debug)]
pub(crate) struct Log {
    floor: u64,
    touched: BTreeMap<u64, Arc<Entry>>,
    capacity: usize,
}

impl Log {
    pub(crate) fn new(floor: u64, capacity: usize) -> Self {
        Self { floor, touched: BTreeMap::new(), capacity }
    }

    /// Notes that this operation touched this row, which the operation `before` did as well.
    pub(crate) fn touch(&mut self, version: u64, row: Arc<Entry>, before: Option<u64>) {
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
    pub(crate) fn since(&self, have: u64) -> Option<impl Iterator<Item = (u64, &Arc<Entry>)>> {
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

    /// Begins anew after this operation.
    pub(crate) fn restart(&mut self, floor: u64) {
        *self = Self::new(floor, self.capacity);
    }

    pub(crate) fn floor(&self) -> u64 {
        self.floor
    }

    pub(crate) fn len(&self) -> usize {
        self.touched.len()
    }
}
