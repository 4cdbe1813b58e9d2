//! What must hold after each step, and in the end.

use std::collections::BTreeMap;
use std::sync::Arc;

use firecrest_presence::{
    Change, ConnectionId, Count, Diff, Event, Kind, NodeId, Output, Replica, RowChange, ToldRow,
};

use super::Sim;

pub(crate) const TOPICS: &[&str] = &["a", "b", "lobby"];

/// The version and the meta of each row.
type Rows = BTreeMap<(Arc<str>, ConnectionId), (u64, Vec<u8>)>;

/// What somebody knows who only hears the diffs, and how far each node was.
#[derive(Default)]
pub(crate) struct Told {
    rows: BTreeMap<&'static str, Rows>,
    totals: BTreeMap<Arc<str>, u64>,
    versions: BTreeMap<NodeId, u64>,
}

/// What holds after each step of a node.
pub(crate) fn step(sim: &mut Sim, place: usize, out: Output) {
    let (resyncs, at_once) = (sim.options.diff_rows < 1000, sim.options.diff_ms == 0);
    if sim.leaves_are_final {
        final_leaves(sim, place, &out.diffs);
    }
    let node = &mut sim.nodes[place];
    let Some(replica) = &node.replica else { return };
    for diff in out.diffs {
        fold(&mut node.told, diff, replica);
    }
    node.told.totals.extend(out.totals);
    for topic in TOPICS {
        let rows: Rows = replica.told(topic).into_iter().map(told_row).collect();
        let known = node.told.rows.entry(topic).or_default();
        assert!(resyncs || rows == *known, "I14: {rows:?} are told, {known:?} known");
        listed(replica, topic, &node.truth);
        if at_once {
            assert_eq!(rows.len(), replica.count(topic).connections, "I6");
        }
        let total = node.told.totals.get(*topic).copied().unwrap_or(0);
        assert_eq!(total, replica.total(topic), "a change of the total of {topic} was not told");
    }
    progress(&mut node.told, replica, &out.events);
}

/// I11, I4: the count is that of the list, and own rows are those of the truth.
fn listed(replica: &Replica, topic: &str, truth: &super::Rows) {
    let mut keys: Vec<_> = replica.list(topic).map(|row| row.key).collect();
    let connections = keys.len();
    keys.dedup();
    assert_eq!(replica.count(topic), Count { keys: keys.len(), connections }, "I11");
    let own = replica.list(topic).filter(|row| row.connection.node == replica.id().incarnation());
    let own: Vec<_> = own.map(|row| (&**row.key, row.connection.number, row.meta.as_bytes())).collect();
    let truth = truth.iter().filter(|((of, ..), _)| of == topic);
    let truth: Vec<_> = truth.map(|((_, key, number), meta)| (&**key, *number, &meta[..])).collect();
    assert_eq!(own, truth, "I4");
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
    match diff.change {
        Change::Resync => *rows = replica.told(topic).into_iter().map(told_row).collect(),
        Change::Rows(changes) => changes.into_iter().for_each(|change| fold_row(rows, change)),
    }
}

fn fold_row(rows: &mut Rows, change: RowChange) {
    let place = (change.key, change.connection);
    let known = rows.remove(&place);
    assert_eq!(known.as_ref().map(|(version, _)| *version), change.before, "I6 {:?}", change.kind);
    let meta = match change.kind {
        Kind::Join { meta } => meta,
        Kind::Leave { .. } => return assert_eq!(change.after, None),
        Kind::Update { before, meta } => {
            assert_eq!(known.map(|(_, meta)| meta), Some(before.as_bytes().to_vec()), "I6");
            meta
        }
    };
    rows.insert(place, (change.after.expect("it is listed"), meta.as_bytes().to_vec()));
}

/// P080: a leave says what the row held last, and nothing older.
fn final_leaves(sim: &Sim, place: usize, diffs: &[Diff]) {
    for diff in diffs {
        let Change::Rows(changes) = &diff.change else { continue };
        for change in changes {
            let Kind::Leave { meta } = &change.kind else { continue };
            let last = sim.last.get(&(diff.topic.to_string(), change.key.to_string(), change.connection));
            let known = last.is_some_and(|last| last.iter().any(|last| last == meta.as_bytes()));
            assert!(known, "P080 at {place}: {change:?}, but it held {last:?} at last");
        }
    }
}

fn told_row(row: ToldRow) -> ((Arc<str>, ConnectionId), (u64, Vec<u8>)) {
    ((row.key, row.connection), (row.version, row.meta.as_bytes().to_vec()))
}

/// I1, I2, I3, I9, I12: after a quiet time all list exactly the rows of living connections, and nothing is left over.
pub(crate) fn settled(sim: &Sim) {
    let living = || sim.nodes.iter().filter_map(|node| Some((node.replica.as_ref()?, node)));
    for topic in TOPICS {
        let total: u64 = living().filter_map(|(_, node)| node.counts.get(topic)).sum();
        for (replica, _) in living() {
            living().for_each(|(other, node)| shares(sim, topic, replica, other, &node.truth));
            let strangers = replica
                .list(topic)
                .filter(|row| !living().any(|(of, _)| of.id().incarnation() == row.connection.node));
            assert_eq!(strangers.count(), 0, "I2 at {}", replica.id());
            assert_eq!(replica.total(topic), total, "the total of {topic} at {}", replica.id());
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

/// I1 to I3 for the rows of one node at another: all of them, unless they are too many.
fn shares(sim: &Sim, topic: &str, at: &Replica, of: &Replica, truth: &super::Rows) {
    let rows = at.list(topic).filter(|row| row.connection.node == of.id().incarnation());
    let rows = rows.map(|row| (row.key.to_string(), row.connection.number, row.meta.as_bytes().to_vec()));
    let rows: Vec<_> = rows.collect();
    let all = truth.iter().filter(|((of, ..), _)| of == topic);
    let all: Vec<_> = all.map(|((_, key, number), meta)| (key.clone(), *number, meta.clone())).collect();
    if at.id() == of.id() || truth.len() <= sim.options.remote_rows {
        assert_eq!(rows, all, "I1 to I3 at {} of {}", at.id(), of.id());
    } else {
        assert!(rows.iter().all(|row| all.contains(row)), "I2 at {} of {}", at.id(), of.id());
        assert!(rows.len() <= sim.options.remote_rows);
    }
}
