//! Where the entry with a key was.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hasher};

use super::cells;

/// An entry as it was.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) index: usize,
    /// Where its cells begin.
    pub(super) at: usize,
}

/// The entries of a loop as they were, by key, and the keys that have been taken since.
#[derive(Default)]
pub(super) struct Keys(HashMap<u64, Option<Place>, BuildHasherDefault<Ready>>);

/// A key that was taken before.
#[derive(Debug)]
pub(super) struct Taken;

impl Keys {
    /// Adds `count` entries, the first of which is at `at`. Those before `taken` have been taken.
    pub(super) fn add(&mut self, old: &[u64], mut at: usize, count: usize, taken: usize) {
        self.0.reserve(count);
        for index in 0..count {
            self.0.insert(cells::cell(old, at), (index >= taken).then_some(Place { index, at }));
            at = cells::end_of_many(old, at);
        }
    }

    /// Takes a key: where its entry was, or none if there was no such entry.
    pub(super) fn take(&mut self, key: u64) -> Result<Option<Place>, Taken> {
        match self.0.entry(key) {
            Entry::Occupied(mut place) => place.get_mut().take().map(Some).ok_or(Taken),
            Entry::Vacant(vacant) => {
                vacant.insert(None);
                Ok(None)
            }
        }
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

/// Keys are hashes already.
#[derive(Default)]
pub(super) struct Ready(u64);

impl Hasher for Ready {
    fn write_u64(&mut self, number: u64) {
        // Indices are no hashes, but all differ in their lowest bits; the highest ones choose among neighbours.
        self.0 = number ^ number << 57;
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
