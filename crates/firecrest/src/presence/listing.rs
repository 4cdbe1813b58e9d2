//! Who is there, by key.

use std::sync::Arc;

use firecrest_presence::{ConnectionId, Incarnation, Row, ToldRow};
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::Meta;
use super::fetch::Members;
use super::meta::State;

/// Who is in a topic, sorted by key. As JSON it is what clients are shown: `{"KEY": {"metas": […]}}`, with whatever a
/// [fetch](super::PresenceOptions::fetch) has added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing(Vec<Present>);

/// Somebody who is there, over one connection or more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Present {
    /// Who.
    pub key: Arc<str>,
    /// What is said, once for each connection; the oldest first, by the clock of the node that tracked it (P071). An update keeps its place.
    pub metas: Vec<Meta>,
    /// What a [fetch](super::PresenceOptions::fetch) has added.
    pub members: Map<String, Value>,
}

/// One meta, and what it is sorted by.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    key: Arc<str>,
    /// The time of tracking, in microseconds, and who wrote it.
    since: (u64, Incarnation),
    said: firecrest_presence::Meta,
    version: u64,
}

impl Listing {
    /// Makes presences of metas.
    pub(super) fn new(mut shown: Vec<Shown>) -> Self {
        let mut listing: Vec<Present> = Vec::new();
        shown.sort_by(|one, other| (&one.key, one.since).cmp(&(&other.key, other.since)));
        for Shown { key, since: (_, node), said, version } in shown {
            let Some(meta) = Meta::checked(&said, State { node, version }) else { continue };
            match listing.last_mut() {
                Some(last) if last.key == key => last.metas.push(meta),
                _ => listing.push(Present { key, metas: vec![meta], members: Map::new() }),
            }
        }
        Listing(listing)
    }

    pub(super) fn keys(&self) -> Vec<Arc<str>> {
        self.0.iter().map(|present| Arc::clone(&present.key)).collect()
    }

    /// Takes what is there of it.
    pub(super) fn with(mut self, members: &mut Members) -> Self {
        for present in &mut self.0 {
            present.members = members.remove(&present.key).unwrap_or_default();
            // The client cannot do without its own.
            present.members.remove("metas");
        }
        self
    }

    /// Those of one key.
    pub fn get(&self, key: &str) -> Option<&Present> {
        let place = self.0.binary_search_by(|present| (*present.key).cmp(key)).ok()?;
        self.0.get(place)
    }

    /// All, sorted by key.
    pub fn iter(&self) -> std::slice::Iter<'_, Present> {
        self.0.iter()
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nobody is there.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl IntoIterator for Listing {
    type Item = Present;
    type IntoIter = std::vec::IntoIter<Present>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Listing {
    type Item = &'a Present;
    type IntoIter = std::slice::Iter<'a, Present>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl Serialize for Listing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|present| (&*present.key, present)))
    }
}

impl Serialize for Present {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.members.len() + 1))?;
        map.serialize_entry("metas", &self.metas)?;
        for (name, value) in &self.members {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl Shown {
    pub(super) fn new(
        key: &Arc<str>,
        connection: ConnectionId,
        said: &firecrest_presence::Meta,
        version: u64,
    ) -> Self {
        let since = (connection.number, connection.node);
        Shown { key: key.clone(), since, said: said.clone(), version }
    }

    pub(super) fn row(row: Row<'_>) -> Self {
        Self::new(row.key, row.connection, row.meta, row.version)
    }

    pub(super) fn told(row: &ToldRow) -> Self {
        Self::new(&row.key, row.connection, &row.meta, row.version)
    }
}
