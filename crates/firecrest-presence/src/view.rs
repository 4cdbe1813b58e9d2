//! Who is listed: the rows of this node and of all nodes that are up, by topic.

use std::collections::{BTreeSet, HashMap};
use std::ops::Bound::{Excluded, Unbounded};
use std::sync::Arc;

use crate::entry::{ByKey, Entry};
use crate::row::{ConnectionId, Count, Row};

#[derive(Debug, Default)]
pub(crate) struct View {
    topics: HashMap<Arc<str>, Topic>,
}

#[derive(Debug, Default)]
struct Topic {
    rows: BTreeSet<ByKey>,
    keys: usize,
}

impl View {
    /// Lists a row; gives what it was before. It is never absent in between (I8).
    pub(crate) fn put(&mut self, row: &Arc<Entry>) -> Option<Arc<Entry>> {
        let topic = match self.topics.get_mut(&row.topic) {
            Some(topic) => topic,
            None => self.topics.entry(row.topic.clone()).or_default(),
        };
        let place = ByKey(row.clone());
        let before = topic.rows.replace(place.clone());
        if before.is_none() && !topic.has_other(&place) {
            topic.keys += 1;
        }
        before.map(|before| before.0)
    }

    /// No longer lists a row; gives what it was.
    pub(crate) fn remove(&mut self, row: &Arc<Entry>) -> Option<Arc<Entry>> {
        let topic = self.topics.get_mut(&row.topic)?;
        let before = topic.rows.take(&ByKey(row.clone()))?;
        if !topic.has_other(&before) {
            topic.keys -= 1;
        }
        if topic.rows.is_empty() {
            self.topics.remove(&row.topic);
            if self.topics.len() < self.topics.capacity() / 4 {
                self.topics.shrink_to_fit();
            }
        }
        Some(before.0)
    }

    pub(crate) fn get(&self, topic: &str, place: &ByKey) -> Option<&Arc<Entry>> {
        self.topics.get(topic)?.rows.get(place).map(|row| &row.0)
    }

    /// Those of a topic, in order.
    pub(crate) fn rows(&self, topic: &str) -> impl Iterator<Item = &ByKey> {
        self.topics.get(topic).into_iter().flat_map(|topic| topic.rows.iter())
    }

    pub(crate) fn list(&self, topic: &str) -> impl Iterator<Item = Row<'_>> {
        self.rows(topic).filter_map(|row| row.0.row())
    }

    pub(crate) fn list_after(
        &self,
        topic: &str,
        key: &str,
        connection: ConnectionId,
    ) -> impl Iterator<Item = Row<'_>> {
        let after = (Excluded(Entry::place(key, connection)), Unbounded);
        let rows = self.topics.get(topic).map(|topic| topic.rows.range(after));
        rows.into_iter().flatten().filter_map(|row| row.0.row())
    }

    pub(crate) fn get_by_key(&self, topic: &str, key: &str) -> impl Iterator<Item = Row<'_>> {
        let (first, last) = (Entry::place(key, ConnectionId::MIN), Entry::place(key, ConnectionId::MAX));
        let rows = self.topics.get(topic).map(|topic| topic.rows.range(first..=last));
        rows.into_iter().flatten().filter_map(|row| row.0.row())
    }

    pub(crate) fn keys(&self, topic: &str) -> impl Iterator<Item = &Arc<str>> {
        let mut last: Option<&Arc<str>> = None;
        self.rows(topic).map(|row| &row.0.key).filter(move |key| last.replace(key) != Some(key))
    }

    pub(crate) fn count(&self, topic: &str) -> Count {
        let count = |topic: &Topic| Count { keys: topic.keys, connections: topic.rows.len() };
        self.topics.get(topic).map(count).unwrap_or_default()
    }

    pub(crate) fn topics(&self) -> impl ExactSizeIterator<Item = &Arc<str>> {
        self.topics.keys()
    }

    /// The topic, in the memory it already has.
    pub(crate) fn intern(&self, topic: &str) -> Option<Arc<str>> {
        self.topics.get_key_value(topic).map(|(topic, _)| topic.clone())
    }
}

impl Topic {
    /// Whether there is another row with the key of this one: it would be next to it.
    fn has_other(&self, row: &ByKey) -> bool {
        let same = |other: Option<&ByKey>| other.is_some_and(|other| other.0.key == row.0.key);
        same(self.rows.range(..row).next_back()) || same(self.rows.range((Excluded(row), Unbounded)).next())
    }
}
