//! What waits for a worker, in its order.

use std::collections::HashMap;

use tokio::time::Instant;

use super::fair::Fair;
use super::key::Key;
use crate::Keep;
use crate::lane::Lane;

/// An item that waits.
pub(super) struct Waiting<T> {
    pub(super) item: T,
    /// When it came.
    pub(super) at: Instant,
    /// What it is the only one of.
    latest: Option<Box<Key>>,
}

/// What an item was told apart by, as far as anybody wants to know.
#[derive(Clone, Copy, Default)]
pub(super) struct Keys {
    pub(super) fair: Option<Key>,
    pub(super) coalesce: Option<Key>,
}

/// What happened when one more came.
pub(super) enum Joined<T> {
    Added,
    /// It has taken the place of this one.
    Replaced(T),
    /// It was added, and this one dropped for it.
    Displaced(T),
    /// There is no room.
    Refused(T),
}

/// A bounded line.
pub(super) struct Line<T> {
    lanes: Lanes<T>,
    keep: Keep,
    /// How many may wait.
    capacity: usize,
    /// How many with the same key.
    key_capacity: usize,
    /// Where the item with this key waits, when there is only one of each.
    places: HashMap<Key, (usize, u64)>,
}

enum Lanes<T> {
    One(Lane<Waiting<T>>),
    Fair(Fair<Waiting<T>>),
}

impl<T> Line<T> {
    pub(super) fn new(capacity: usize, keep: Keep) -> Self {
        Line {
            lanes: Lanes::One(Lane::default()),
            keep,
            capacity,
            key_capacity: capacity,
            places: HashMap::new(),
        }
    }

    /// The same with keys that take turns, each with so many items at most.
    pub(super) fn fair(capacity: usize, keep: Keep, key_capacity: usize) -> Self {
        Line { lanes: Lanes::Fair(Fair::default()), key_capacity, ..Line::new(capacity, keep) }
    }

    pub(super) fn len(&self) -> usize {
        match &self.lanes {
            Lanes::One(lane) => lane.len(),
            Lanes::Fair(fair) => fair.len(),
        }
    }

    pub(super) fn has_room(&self, keys: Keys) -> bool {
        self.is_known(keys) || (self.len() < self.capacity && !self.is_key_full(keys))
    }

    pub(super) fn push(&mut self, item: T, at: Instant, keys: Keys) -> Joined<T> {
        if let Some(place) = self.place(keys) {
            return self.replace(place, item, at);
        }
        let is_key_full = self.is_key_full(keys);
        if !is_key_full && self.len() < self.capacity {
            self.add(item, at, keys);
            return Joined::Added;
        }
        if self.keep == Keep::Oldest {
            return Joined::Refused(item);
        }
        if let (Lanes::Fair(fair), Some(key), true) = (&mut self.lanes, keys.fair, is_key_full) {
            let waiting = Waiting { item, at, latest: keys.coalesce.map(Box::new) };
            let (place, oldest) = fair.push_over(key, waiting);
            let oldest = oldest.map(|waiting| self.forget(waiting));
            if let Some(key) = keys.coalesce {
                self.places.insert(key, place);
            }
            return oldest.map_or(Joined::Added, |waiting| Joined::Displaced(waiting.item));
        }
        let oldest = match &mut self.lanes {
            Lanes::Fair(fair) => fair.pop_longest(),
            Lanes::One(lane) => lane.pop_front(),
        };
        let oldest = oldest.map(|waiting| self.forget(waiting));
        self.add(item, at, keys);
        oldest.map_or(Joined::Added, |waiting| Joined::Displaced(waiting.item))
    }

    pub(super) fn pop(&mut self) -> Option<Waiting<T>> {
        let waiting = match &mut self.lanes {
            Lanes::One(lane) => lane.pop_front(),
            Lanes::Fair(fair) => fair.pop(),
        }?;
        Some(self.forget(waiting))
    }

    /// Whether several may be taken at once and some of them given back: nothing depends on where they wait.
    pub(super) fn is_plain(&self) -> bool {
        matches!(self.lanes, Lanes::One(_)) && self.places.is_empty()
    }

    /// Takes one back that was taken from here, even if there are more for a moment than there should be: whoever handed it over
    /// was told that it waits.
    pub(super) fn give_back(&mut self, waiting: Waiting<T>) {
        match &mut self.lanes {
            Lanes::One(lane) => lane.push_front(waiting),
            Lanes::Fair(fair) => {
                fair.push(Key::NONE, waiting);
            }
        }
    }

    /// Takes all that waits.
    pub(super) fn take_all(&mut self) -> Vec<T> {
        let mut all = Vec::with_capacity(self.len());
        while let Some(waiting) = self.pop() {
            all.push(waiting.item);
        }
        all
    }

    /// Gives memory back that a crowd has left behind.
    pub(super) fn rest(&mut self) {
        if let Lanes::One(lane) = &mut self.lanes {
            lane.rest();
        }
    }

    fn add(&mut self, item: T, at: Instant, keys: Keys) {
        let waiting = Waiting { item, at, latest: keys.coalesce.map(Box::new) };
        let place = match (&mut self.lanes, keys.fair) {
            (Lanes::One(lane), _) => (0, lane.push_back(waiting)),
            (Lanes::Fair(fair), key) => fair.push(key.unwrap_or(Key::NONE), waiting),
        };
        if let Some(key) = keys.coalesce {
            self.places.insert(key, place);
        }
    }

    fn replace(&mut self, place: (usize, u64), item: T, at: Instant) -> Joined<T> {
        let waiting = match &mut self.lanes {
            Lanes::One(lane) => lane.get_mut(place.1),
            Lanes::Fair(fair) => fair.get_mut(place.0, place.1),
        };
        match waiting {
            Some(waiting) => {
                waiting.at = at;
                Joined::Replaced(std::mem::replace(&mut waiting.item, item))
            }
            None => Joined::Refused(item),
        }
    }

    fn place(&self, keys: Keys) -> Option<(usize, u64)> {
        self.places.get(&keys.coalesce?).copied()
    }

    fn is_known(&self, keys: Keys) -> bool {
        self.place(keys).is_some()
    }

    fn is_key_full(&self, keys: Keys) -> bool {
        match (&self.lanes, keys.fair) {
            (Lanes::Fair(fair), Some(key)) => fair.waiting(key) >= self.key_capacity,
            _ => false,
        }
    }

    /// It does not wait any more.
    fn forget(&mut self, waiting: Waiting<T>) -> Waiting<T> {
        if let Some(key) = &waiting.latest {
            self.places.remove(&**key);
        }
        waiting
    }
}
