//! What must hold after each step, and in the end.

use std::collections::BTreeMap;
use std::sync::Arc;

use firecrest_presence::{Change, ConnectionId, Count, Diff, Event, Kind, NodeId, Replica};

use super::Sim;

pub(crate) const TOPICS: &[&str] = &["a", "b", "lobby"];

type Rows = BTreeMap<(Arc<str>, ConnectionId), Vec<u8>>;

/// What somebody knows who only hears the diffs, and how far each node was.
#[derive(Default)]
pub(crate) struct Told {
    rows: BTreeMap<&'static str, Rows>,
    versions: BTreeMap<NodeId, u64>,
}

/// What holds after each step of a node.
pub(crate) fn step(sim: &mut Sim, place: usize, diffs: Vec<Diff>, events: &[Event]) {
    let exact = sim.options.diff_ms == 0;
    let node = &mut sim.nodes[place];
    let Some(replica) = &node.replica else { return };
    for diff in diffs {
        fold(&mut node.told, diff, replica);
    }
    for topic in TOPICS {
        let rows =
            replica.list(topic).map(|row| ((row.key.clone(), row.connection), row.meta.as_bytes().to_vec()));
        let rows: BTreeMap<_, _> = rows.collect();
        // I11.
        let mut keys: Vec<_> = rows.keys().map(|(key, _)| key).collect();
        keys.dedup();
        assert_eq!(replica.count(topic), Count { keys: keys.len(), connections: rows.len() });
        // I4: own rows are those of the truth.
        let own = rows.iter().filter(|((_, connection), _)| connection.node == replica.id().incarnation());
        let own: Vec<_> = own.map(|((key, connection), meta)| (&**key, connection.number, meta)).collect();
        let truth = node.truth.iter().filter(|((of, ..), _)| of == topic);
        let truth: Vec<_> = truth.map(|((_, key, number), meta)| (&**key, *number, meta)).collect();
        assert_eq!(own, truth, "I4");
        // I6.
        if exact {
            assert_eq!(rows, node.told.rows.get(topic).cloned().unwrap_or_default(), "I6");
        }
    }
    progress(&mut node.told, replica, events);
}

/// I7: a node that stays known never falls back.
fn progress(told: &mut Told, replica: &Replica, events: &[Event]) {
    for event in events {
        if let Event::Forgotten(node) = event {
            told.versions.remove(node);
        }
    }
    let now: BTreeMap<NodeId, u64> =
        replica.nodes().map(|(node, _, version)| (node.clone(), version)).collect();
    for (node, version) in &now {
        assert!(told.versions.get(node).is_none_or(|before| before <= version), "I7 {node}");
    }
    told.versions = now;
}

/// I6: nobody joins who is there, nobody leaves or changes who is not.
fn fold(told: &mut Told, diff: Diff, replica: &Replica) {
    let topic = TOPICS.iter().find(|topic| ***topic == *diff.topic).expect("only these are watched");
    let rows = told.rows.entry(topic).or_default();
    let Change::Rows(changes) = diff.change else {
        let all =
            replica.list(topic).map(|row| ((row.key.clone(), row.connection), row.meta.as_bytes().to_vec()));
        *rows = all.collect();
        return;
    };
    for change in changes {
        let place = (change.key, change.connection);
        let (before, after) = match &change.kind {
            Kind::Join { meta } => (None, Some(meta)),
            Kind::Leave { meta } => (Some(meta), None),
            Kind::Update { before, meta } => (Some(before), Some(meta)),
        };
        assert_eq!(rows.remove(&place), before.map(|meta| meta.as_bytes().to_vec()), "I6 {:?}", change.kind);
        if let Some(meta) = after {
            rows.insert(place, meta.as_bytes().to_vec());
        }
    }
}

/// I1, I2, I3, I9, I12: after a quiet time all list exactly the rows of living connections, and nothing is left over.
pub(crate) fn settled(sim: &Sim) {
    let living = || sim.nodes.iter().filter_map(|node| Some((node.replica.as_ref()?, &node.truth)));
    for topic in TOPICS {
        let mut truth = BTreeMap::new();
        for (replica, rows) in living() {
            let node = replica.id().incarnation();
            for ((_, key, number), meta) in rows.iter().filter(|((of, ..), _)| of == topic) {
                truth.insert((key.clone(), ConnectionId { node, number: *number }), meta.clone());
            }
        }
        for (replica, _) in living() {
            let rows = replica.list(topic);
            let rows = rows.map(|row| ((row.key.to_string(), row.connection), row.meta.as_bytes().to_vec()));
            assert_eq!(rows.collect::<BTreeMap<_, _>>(), truth, "I1 to I3 at {}", replica.id());
        }
    }
    for (replica, _) in living() {
        let usage = replica.usage();
        assert_eq!(
            (usage.missing, usage.staging, usage.changes),
            (0, 0, 0),
            "I9 at {}: {usage:?}",
            replica.id()
        );
    }
}
