//! What the JavaScript client does with `presence_state` and `presence_diff` (P072 to P077).

use std::collections::BTreeMap;

use firecrest_presence::{ConnectionId, Kind, RowChange, ToldRow};

/// A connection and a version: no other state of any row has the same.
pub(crate) type Ref = (ConnectionId, u64);

/// Metas by key, in the order of the client.
pub(crate) type Presences = BTreeMap<String, Vec<(Ref, Vec<u8>)>>;

#[derive(Default)]
pub(crate) struct Client {
    /// Whether the state that every join is answered with has not been sent.
    pub(crate) owed: bool,
    pub(crate) presences: Presences,
    /// Diffs that came before the state; nothing when it is there.
    queue: Option<Vec<(Presences, Presences)>>,
}

impl Client {
    /// Joins, for the first time or again: what it knows stays until a state comes.
    pub(crate) fn join(&mut self) {
        self.queue = Some(Vec::new());
        self.owed = true;
    }

    pub(crate) fn state(&mut self, rows: &[ToldRow]) {
        let new = state(rows);
        let (mut joins, mut leaves) = (Presences::new(), Presences::new());
        for (key, metas) in &self.presences {
            leaves.insert(key.clone(), without(metas, new.get(key)));
        }
        for (key, metas) in &new {
            joins.insert(key.clone(), without(metas, self.presences.get(key)));
        }
        for changes in [&mut joins, &mut leaves] {
            changes.retain(|_, metas| !metas.is_empty());
        }
        self.apply(joins, &leaves);
        for (joins, leaves) in self.queue.take().unwrap_or_default() {
            self.apply(joins, &leaves);
        }
    }

    pub(crate) fn diff(&mut self, changes: &[RowChange]) {
        let (mut joins, mut leaves) = (Presences::new(), Presences::new());
        for change in changes {
            let (before, after) = match &change.kind {
                Kind::Join { meta } => (None, Some(meta)),
                Kind::Leave { meta } => (Some(meta), None),
                Kind::Update { before, meta } => (Some(before), Some(meta)),
            };
            for (side, version, meta) in
                [(&mut joins, change.after, after), (&mut leaves, change.before, before)]
            {
                assert_eq!(version.is_some(), meta.is_some());
                let Some((version, meta)) = version.zip(meta) else { continue };
                let metas: &mut Vec<_> = side.entry(change.key.to_string()).or_default();
                metas.push(((change.connection, version), meta.as_bytes().to_vec()));
            }
        }
        match &mut self.queue {
            Some(queue) => queue.push((joins, leaves)),
            None => self.apply(joins, &leaves),
        }
    }

    /// Joins first, in front of what remains of the key; then leaves, by reference.
    fn apply(&mut self, joins: Presences, leaves: &Presences) {
        for (key, metas) in joins {
            let old = self.presences.remove(&key).unwrap_or_default();
            let mut all = without(&old, Some(&metas));
            all.extend(metas);
            self.presences.insert(key, all);
        }
        for (key, metas) in leaves {
            let Some(old) = self.presences.get_mut(key) else { continue };
            *old = without(old, Some(metas));
            if old.is_empty() {
                self.presences.remove(key);
            }
        }
    }
}

/// The rows as the client holds them, of each key in the order of their references.
pub(crate) fn state(rows: &[ToldRow]) -> Presences {
    let mut state = Presences::new();
    for row in rows {
        let metas = state.entry(row.key.to_string()).or_default();
        metas.push(((row.connection, row.version), row.meta.as_bytes().to_vec()));
    }
    state
}

fn without(metas: &[(Ref, Vec<u8>)], others: Option<&Vec<(Ref, Vec<u8>)>>) -> Vec<(Ref, Vec<u8>)> {
    let others = others.map(Vec::as_slice).unwrap_or_default();
    metas.iter().filter(|(one, _)| others.iter().all(|(other, _)| one != other)).cloned().collect()
}
