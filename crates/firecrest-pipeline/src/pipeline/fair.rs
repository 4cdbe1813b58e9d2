//! Many lanes that take turns.

use std::collections::{BTreeSet, HashMap, VecDeque};

use slab::Slab;

use super::key::Key;
use crate::lane::Lane;

/// A lane for each key that has something to wait for. They take turns, an item each: deficit round robin of items that all
/// cost the same.
pub(super) struct Fair<T> {
    /// None is empty.
    lanes: Slab<Owned<T>>,
    by_key: HashMap<Key, usize>,
    /// Every lane, the one whose turn is next first.
    round: VecDeque<usize>,
    /// Every lane with its length.
    by_length: BTreeSet<(usize, usize)>,
    len: usize,
}

struct Owned<T> {
    key: Key,
    lane: Lane<T>,
}

impl<T> Default for Fair<T> {
    fn default() -> Self {
        Fair {
            lanes: Slab::new(),
            by_key: HashMap::new(),
            round: VecDeque::new(),
            by_length: BTreeSet::new(),
            len: 0,
        }
    }
}

impl<T> Fair<T> {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// How many wait with this key.
    pub(super) fn waiting(&self, key: Key) -> usize {
        self.by_key.get(&key).map_or(0, |at| self.lanes[*at].lane.len())
    }

    /// Adds one; gives its lane and its number there.
    pub(super) fn push(&mut self, key: Key, item: T) -> (usize, u64) {
        let at = *self.by_key.entry(key).or_insert_with(|| {
            let at = self.lanes.insert(Owned { key, lane: Lane::default() });
            self.round.push_back(at);
            at
        });
        let number = self.lanes[at].lane.push_back(item);
        self.has_grown(at);
        (at, number)
    }

    /// The next one of the lane whose turn it is.
    pub(super) fn pop(&mut self) -> Option<T> {
        let at = self.round.pop_front()?;
        if self.lanes[at].lane.len() > 1 {
            self.round.push_back(at);
        }
        self.take(at)
    }

    /// Adds one in place of the oldest with this key, which keeps its turn; gives its lane, its number there, and the oldest.
    pub(super) fn push_over(&mut self, key: Key, item: T) -> ((usize, u64), Option<T>) {
        let Some(at) = self.by_key.get(&key).copied() else { return (self.push(key, item), None) };
        let lane = &mut self.lanes[at].lane;
        let oldest = lane.pop_front();
        ((at, lane.push_back(item)), oldest)
    }

    /// The oldest of the longest lane, of which there is at least one.
    pub(super) fn pop_longest(&mut self) -> Option<T> {
        match *self.by_length.last()? {
            // All are as short: the one that would come next.
            (1, _) => self.pop(),
            (_, at) => self.take(at),
        }
    }

    pub(super) fn get_mut(&mut self, at: usize, number: u64) -> Option<&mut T> {
        self.lanes.get_mut(at)?.lane.get_mut(number)
    }

    /// Takes the first of a lane, and the lane away when it was the last. The round is the caller's to mend.
    fn take(&mut self, at: usize) -> Option<T> {
        let Owned { key, lane } = &mut self.lanes[at];
        let (key, item) = (*key, lane.pop_front()?);
        let rest = lane.len();
        self.by_length.remove(&(rest + 1, at));
        self.len -= 1;
        if rest == 0 {
            self.lanes.remove(at);
            self.by_key.remove(&key);
        } else {
            self.by_length.insert((rest, at));
        }
        Some(item)
    }

    fn has_grown(&mut self, at: usize) {
        let length = self.lanes[at].lane.len();
        self.by_length.remove(&(length - 1, at));
        self.by_length.insert((length, at));
        self.len += 1;
    }
}
