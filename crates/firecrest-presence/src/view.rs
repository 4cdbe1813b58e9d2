//! Who is listed: the rows of this node and of all nodes that are up, by topic.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::Arc;

use crate::row::{ConnectionId, Count, Held, Row};

/// A row within its topic.
pub(crate) type Place = (Arc<str>, ConnectionId);

#[derive(Debug, Default)]
pub(crate) struct View {
    topics: HashMap<Arc<str>, Topic>,
}

#[derive(Debug, Default)]
struct Topic {
    rows: BTreeMap<Place, Held>,
    keys: usize,
}

impl View {
    /// Lists a row, or no longer; gives what it was before. It is never absent in between (I8).
    pub(crate) fn set(&mut self, topic: &Arc<str>, place: Place, held: Option<Held>) -> Option<Held> {
        let Some(held) = held else { return self.remove(topic, &place) };
        let rows = match self.topics.get_mut(topic) {
            Some(rows) => rows,
            None => self.topics.entry(topic.clone()).or_default(),
        };
        let key = place.0.clone();
        let before = rows.rows.insert(place, held);
        if before.is_none() && rows.of(&key).nth(1).is_none() {
            rows.keys += 1;
        }
        before
    }

    pub(crate) fn get(&self, topic: &str, place: &Place) -> Option<&Held> {
        self.topics.get(topic)?.rows.get(place)
    }

    pub(crate) fn list(&self, topic: &str) -> impl Iterator<Item = Row<'_>> {
        self.rows(topic).map(row)
    }

    pub(crate) fn rows(&self, topic: &str) -> impl Iterator<Item = (&Place, &Held)> {
        self.topics.get(topic).into_iter().flat_map(|topic| topic.rows.iter())
    }

    pub(crate) fn list_after(&self, topic: &str, place: Place) -> impl Iterator<Item = Row<'_>> {
        let after = (Bound::Excluded(place), Bound::Unbounded);
        self.topics.get(topic).into_iter().flat_map(move |topic| topic.rows.range(after.clone()).map(row))
    }

    pub(crate) fn keys(&self, topic: &str) -> impl Iterator<Item = &Arc<str>> {
        let mut last: Option<&Arc<str>> = None;
        self.rows(topic).map(|((key, _), _)| key).filter(move |key| last.replace(key) != Some(key))
    }

    pub(crate) fn get_by_key(&self, topic: &str, key: &str) -> impl Iterator<Item = Row<'_>> {
        let key = Arc::from(key);
        self.topics.get(topic).into_iter().flat_map(move |topic| topic.of(&key).map(row))
    }

    pub(crate) fn count(&self, topic: &str) -> Count {
        let count = |topic: &Topic| Count { keys: topic.keys, connections: topic.rows.len() };
        self.topics.get(topic).map(count).unwrap_or_default()
    }

    pub(crate) fn topics(&self) -> impl Iterator<Item = &Arc<str>> {
        self.topics.keys()
    }

    /// The same topic, in the memory it already has.
    pub(crate) fn intern(&self, topic: &Arc<str>) -> Arc<str> {
        self.topics.get_key_value(topic).map_or(topic, |(topic, _)| topic).clone()
    }

    fn remove(&mut self, topic: &Arc<str>, place: &Place) -> Option<Held> {
        let rows = self.topics.get_mut(topic)?;
        let before = rows.rows.remove(place)?;
        if rows.of(&place.0).next().is_none() {
            rows.keys -= 1;
        }
        if rows.rows.is_empty() {
            self.topics.remove(topic);
            if self.topics.len() < self.topics.capacity() / 4 {
                self.topics.shrink_to_fit();
            }
        }
        Some(before)
    }
}

impl Topic {
    fn of<'a>(&'a self, key: &Arc<str>) -> impl Iterator<Item = (&'a Place, &'a Held)> + use<'a> {
        self.rows.range((key.clone(), ConnectionId::MIN)..=(key.clone(), ConnectionId::MAX))
    }
}

fn row<'a>(((key, connection), held): (&'a Place, &'a Held)) -> Row<'a> {
    Row { key, connection: *connection, meta: &held.meta, version: held.version }
}
