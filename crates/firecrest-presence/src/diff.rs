//! What changed in a topic since the last time it was told.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::row::{ConnectionId, Held, Meta};
use crate::view::{Place, View};

/// What changed in one topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diff {
    /// Which.
    pub topic: Arc<str>,
    /// How.
    pub change: Change,
}

/// How a topic changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Too much changed to tell: give everybody what is [`told`](crate::Replica::told) now.
    Resync,
    /// These rows changed, each only once, sorted by key.
    Rows(Vec<RowChange>),
}

/// How a row changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowChange {
    /// Who.
    pub key: Arc<str>,
    /// Over which connection.
    pub connection: ConnectionId,
    /// The [version](crate::Row::version) that was told last; nothing for a join. With the connection it is a reference
    /// that no other state of any row has.
    pub before: Option<u64>,
    /// The version that is told now; nothing for a leave.
    pub after: Option<u64>,
    /// What happened (P081).
    pub kind: Kind,
}

/// A row as those know it who have heard all diffs so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldRow {
    /// Who.
    pub key: Arc<str>,
    /// Over which connection.
    pub connection: ConnectionId,
    /// What it held when it was last told of.
    pub meta: Meta,
    /// Its [version](crate::Row::version) then.
    pub version: u64,
}

/// What happened to a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It was not listed, and is.
    Join {
        /// What it holds.
        meta: Meta,
    },
    /// It was listed, and no longer is.
    Leave {
        /// What it held when it was last told of.
        meta: Meta,
    },
    /// It is listed with another meta.
    Update {
        /// What it held when it was last told of.
        before: Meta,
        /// What it holds.
        meta: Meta,
    },
}

/// The changes of watched topics that are not yet told.
#[derive(Debug, Default)]
pub(crate) struct Diffs {
    watched: HashMap<Arc<str>, Waiting>,
    /// The topics with changes that wait, and since when they may be told.
    due: BTreeMap<Arc<str>, u64>,
}

#[derive(Debug, Default)]
struct Waiting {
    /// What each changed row held when it was last told of.
    before: BTreeMap<Place, Option<Held>>,
    resync: bool,
    next: u64,
}

impl Diffs {
    pub(crate) fn watch(&mut self, topic: &str) {
        if !self.watched.contains_key(topic) {
            self.watched.insert(topic.into(), Waiting::default());
        }
    }

    pub(crate) fn unwatch(&mut self, topic: &str) {
        self.watched.remove(topic);
        self.due.remove(topic);
    }

    /// Notes that a row was this before it changed.
    pub(crate) fn note(&mut self, topic: &Arc<str>, place: Place, before: Option<Held>, max: usize) {
        let Some(waiting) = self.watched.get_mut(topic) else { return };
        self.due.entry(topic.clone()).or_insert(waiting.next);
        if waiting.resync {
            return;
        }
        let full = waiting.before.len() >= max;
        match waiting.before.entry(place) {
            Entry::Occupied(_) => {}
            Entry::Vacant(entry) if !full => {
                entry.insert(before);
            }
            Entry::Vacant(_) => {
                waiting.before = BTreeMap::new();
                waiting.resync = true;
            }
        }
    }

    /// When the next may be told.
    pub(crate) fn next(&self) -> Option<u64> {
        self.due.values().min().copied()
    }

    pub(crate) fn len(&self) -> usize {
        self.watched.values().map(|waiting| waiting.before.len()).sum()
    }

    /// The list with the changes that wait taken back.
    pub(crate) fn told(&self, view: &View, topic: &str) -> Vec<ToldRow> {
        let nothing = BTreeMap::new();
        let waiting = self.watched.get(topic).map_or(&nothing, |waiting| &waiting.before);
        let told = |(key, connection): Place, held: &Held| ToldRow {
            key,
            connection,
            meta: held.meta.clone(),
            version: held.version,
        };
        let same = view.rows(topic).filter(|(place, _)| !waiting.contains_key(place));
        let mut rows: Vec<ToldRow> = same.map(|(place, held)| told(place.clone(), held)).collect();
        let before = waiting.iter().filter_map(|(place, held)| Some(told(place.clone(), held.as_ref()?)));
        rows.extend(before);
        rows.sort_by(|one, other| (&one.key, one.connection).cmp(&(&other.key, other.connection)));
        rows
    }

    /// All that may be told now; of each topic the next no sooner than `pause` milliseconds later.
    pub(crate) fn take_due(&mut self, view: &View, now: u64, pause: u64) -> Vec<Diff> {
        let due = self.due.iter().filter(|(_, at)| **at <= now);
        let topics: Vec<Arc<str>> = due.map(|(topic, _)| topic.clone()).collect();
        topics.iter().filter_map(|topic| self.take(view, topic, now.saturating_add(pause))).collect()
    }

    /// What waits for this topic, at once.
    pub(crate) fn take(&mut self, view: &View, topic: &str, next: u64) -> Option<Diff> {
        self.due.remove(topic)?;
        let waiting = self.watched.get_mut(topic)?;
        let (before, resync) = (std::mem::take(&mut waiting.before), std::mem::take(&mut waiting.resync));
        waiting.next = next;
        let topic = view.intern(&Arc::from(topic));
        if resync {
            return Some(Diff { topic, change: Change::Resync });
        }
        let rows = before.into_iter().filter_map(|(place, before)| {
            let after = view.get(&topic, &place);
            let versions = (before.as_ref().map(|held| held.version), after.map(|held| held.version));
            let kind = kind(before, after)?;
            let (key, connection) = place;
            Some(RowChange { key, connection, before: versions.0, after: versions.1, kind })
        });
        let rows: Vec<RowChange> = rows.collect();
        (!rows.is_empty()).then_some(Diff { topic, change: Change::Rows(rows) })
    }
}

fn kind(before: Option<Held>, after: Option<&Held>) -> Option<Kind> {
    match (before, after) {
        (None, None) => None,
        (None, Some(after)) => Some(Kind::Join { meta: after.meta.clone() }),
        (Some(before), None) => Some(Kind::Leave { meta: before.meta }),
        (Some(before), Some(after)) if before.version == after.version => None,
        (Some(before), Some(after)) => Some(Kind::Update { before: before.meta, meta: after.meta.clone() }),
    }
}
