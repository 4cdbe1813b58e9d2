//! What the stand-in knows.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use tokio::sync::{broadcast, watch};

use super::Fault;

/// Sightings that are kept for those who come back.
const KEPT: usize = 100;

/// Ids of readers that are remembered, and bytes of each.
const IDS: usize = 100;
const ID: usize = 64;

/// Sightings that may wait for a slow reader; then it is cut off, and comes back.
const WAITING: usize = 1_024;

/// Questions of an hour, as such APIs count.
pub(super) const LIMIT: u64 = 5_000;

/// An id, and the data of an event.
pub(super) type Sighting = (u64, String);

pub(super) struct State {
    pub(super) fault: watch::Sender<Fault>,
    pub(super) sightings: broadcast::Sender<Sighting>,
    inner: Mutex<Inner>,
}

pub(super) struct Inner {
    pub(super) stars: u64,
    pub(super) issues: u64,
    pub(super) forks: u64,
    pub(super) release: u64,
    pub(super) meal: u64,
    /// Changes with every number.
    pub(super) version: u64,
    /// How many questions are left.
    pub(super) left: u64,
    /// How often each path was asked for.
    pub(super) asked: HashMap<String, u64>,
    /// How often nothing had changed.
    pub(super) not_modified: u64,
    /// Where those who came back had been.
    pub(super) last_ids: VecDeque<String>,
    /// The newest sightings with their ids.
    kept: VecDeque<Sighting>,
    next_id: u64,
}

impl State {
    pub(super) fn new() -> Self {
        let inner = Inner {
            stars: 1_204,
            issues: 17,
            forks: 88,
            release: 12,
            meal: 40,
            version: 1,
            left: LIMIT,
            asked: HashMap::new(),
            not_modified: 0,
            last_ids: VecDeque::new(),
            kept: VecDeque::new(),
            next_id: 1,
        };
        State {
            fault: watch::Sender::new(Fault::None),
            sightings: broadcast::Sender::new(WAITING),
            inner: Mutex::new(inner),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says something to all who listen.
    pub(super) fn say(&self, text: &str, url: Option<&str>) {
        let mut inner = self.lock();
        let id = inner.next_id;
        inner.next_id += 1;
        let data = json!({ "text": text, "url": url }).to_string();
        inner.kept.push_back((id, data.clone()));
        if inner.kept.len() > KEPT {
            inner.kept.pop_front();
        }
        // Nobody may listen. Under the lock, so that nobody hears it twice.
        let _ = self.sightings.send((id, data));
    }

    /// What was said after this id, and what will be said.
    pub(super) fn listen(&self, last_id: Option<u64>) -> (Vec<Sighting>, broadcast::Receiver<Sighting>) {
        let inner = self.lock();
        let missed =
            inner.kept.iter().filter(|(id, _)| last_id.is_some_and(|last| *id > last)).cloned().collect();
        (missed, self.sightings.subscribe())
    }
}

impl Inner {
    /// Somebody has come back who was there.
    pub(super) fn came_back(&mut self, id: &str) {
        if self.last_ids.len() == IDS {
            self.last_ids.pop_front();
        }
        self.last_ids.push_back(id[..id.floor_char_boundary(ID)].to_owned());
    }

    pub(super) fn repository(&self) -> Value {
        json!({
            "full_name": "observatory/field-guide",
            "stargazers_count": self.stars,
            "open_issues_count": self.issues,
            "forks_count": self.forks,
        })
    }

    pub(super) fn latest_release(&self) -> Value {
        json!({ "tag_name": format!("v2.{}.0", self.release) })
    }

    pub(super) fn nest_box(&self) -> Value {
        let warmth = 30.0 + (self.meal % 7) as f64 / 2.0;
        json!({
            "eggs": 4,
            "temperature": { "celsius": warmth },
            "brooding": 0.75 + (self.meal % 5) as f64 / 40.0,
            "seconds_since_meal": self.meal,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_those_who_come_back_the_newest_are_remembered() {
        let state = State::new();
        let mut inner = state.lock();
        (0..=IDS).for_each(|id| inner.came_back(&id.to_string()));
        inner.came_back(&"9".repeat(100_000));
        assert_eq!((inner.last_ids.len(), &*inner.last_ids[0]), (IDS, "2"));
        assert_eq!(inner.last_ids[IDS - 1].len(), ID);
    }
}
