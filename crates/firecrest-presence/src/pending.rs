//! The changes of watched topics that are not yet told.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::entry::{ByKey, Entry};
use crate::view::View;
use crate::{Change, Diff, Kind, RowChange, ToldRow};

#[derive(Debug, Default)]
pub(crate) struct Pending {
    watched: HashMap<Arc<str>, Waiting>,
    /// The topics with changes that wait, and since when they may be told.
    due: HashMap<Arc<str>, u64>,
    /// The same by time.
    times: BTreeSet<(u64, Arc<str>)>,
}

#[derive(Debug, Default)]
struct Waiting {
    rows: BTreeMap<ByKey, Changed>,
    resync: bool,
    next: u64,
}

#[derive(Debug)]
struct Changed {
    /// What was last told of the row.
    told: Option<Arc<Entry>>,
    /// What it held last.
    last: Arc<Entry>,
}

impl Pending {
    pub(crate) fn watch(&mut self, topic: &str) {
        if !self.watched.contains_key(topic) {
            self.watched.insert(topic.into(), Waiting::default());
        }
    }

    pub(crate) fn unwatch(&mut self, topic: &str) {
        self.watched.remove(topic);
        self.settle(topic);
    }

    /// Notes that a row is now this, or was this when it went, and what it was before.
    pub(crate) fn note(&mut self, row: &Arc<Entry>, before: Option<Arc<Entry>>, max: usize) {
        let Some(waiting) = self.watched.get_mut(&row.topic) else { return };
        if !self.due.contains_key(&row.topic) {
            self.due.insert(row.topic.clone(), waiting.next);
            self.times.insert((waiting.next, row.topic.clone()));
        }
        if waiting.resync {
            return;
        }
        let place = ByKey(row.clone());
        if let Some(changed) = waiting.rows.get_mut(&place) {
            changed.last = row.clone();
        } else if waiting.rows.len() < max {
            waiting.rows.insert(place, Changed { told: before, last: row.clone() });
        } else {
            waiting.rows = BTreeMap::new();
            waiting.resync = true;
        }
    }

    /// When the next may be told.
    pub(crate) fn next(&self) -> Option<u64> {
        self.times.first().map(|(at, _)| *at)
    }

    pub(crate) fn len(&self) -> usize {
        self.watched.values().map(|waiting| waiting.rows.len()).sum()
    }

    /// The list with the changes that wait taken back.
    pub(crate) fn told(&self, view: &View, topic: &str) -> Vec<ToldRow> {
        let Some(waiting) = self.watched.get(topic).filter(|waiting| !waiting.rows.is_empty()) else {
            return view.rows(topic).filter_map(|row| row.0.told()).collect();
        };
        let same = view.rows(topic).filter(|row| !waiting.rows.contains_key(row));
        let mut rows: Vec<ToldRow> = same.filter_map(|row| row.0.told()).collect();
        rows.extend(waiting.rows.values().filter_map(|changed| changed.told.as_ref()?.told()));
        rows.sort_by(|one, other| (&one.key, one.connection).cmp(&(&other.key, other.connection)));
        rows
    }

    /// All that may be told now; of each topic the next no sooner than `pause` milliseconds later.
    pub(crate) fn take_due(&mut self, view: &View, now: u64, pause: u64) -> Vec<Diff> {
        let due = self.times.iter().take_while(|(at, _)| *at <= now);
        let topics: Vec<Arc<str>> = due.map(|(_, topic)| topic.clone()).collect();
        topics.into_iter().filter_map(|topic| self.take(view, topic, now.saturating_add(pause))).collect()
    }

    /// Forgets that a topic waits; nothing when it does not.
    fn settle(&mut self, topic: &str) -> Option<()> {
        let at = self.due.remove_entry(topic).map(|(topic, at)| (at, topic))?;
        self.times.remove(&at).then_some(())
    }

    /// What waits for this topic, at once.
    pub(crate) fn take(&mut self, view: &View, topic: Arc<str>, next: u64) -> Option<Diff> {
        self.settle(&topic)?;
        let waiting = self.watched.get_mut(&topic)?;
        let (rows, resync) = (std::mem::take(&mut waiting.rows), std::mem::take(&mut waiting.resync));
        waiting.next = next;
        if resync {
            return Some(Diff { topic, change: Change::Resync });
        }
        let change = |(place, changed): (ByKey, Changed)| row_change(changed, view.get(&topic, &place));
        let rows: Vec<RowChange> = rows.into_iter().filter_map(change).collect();
        (!rows.is_empty()).then_some(Diff { topic, change: Change::Rows(rows) })
    }
}

/// From what was told of a row to what it is; nothing when that is the same.
fn row_change(Changed { told, last }: Changed, now: Option<&Arc<Entry>>) -> Option<RowChange> {
    let version = |entry: &Arc<Entry>| entry.version;
    let (before, after) = (told.as_ref().map(version), now.map(version));
    let meta = |entry: Option<&Arc<Entry>>| entry.and_then(|entry| entry.meta.clone());
    let kind = match (meta(told.as_ref()), meta(now)) {
        (None, None) => return None,
        (None, Some(meta)) => Kind::Join { meta },
        (Some(told), None) => Kind::Leave { meta: meta(Some(&last)).unwrap_or(told) },
        (Some(_), Some(_)) if before == after => return None,
        (Some(before), Some(meta)) => Kind::Update { before, meta },
    };
    Some(RowChange { key: last.key.clone(), connection: last.connection, before, after, kind })
}
