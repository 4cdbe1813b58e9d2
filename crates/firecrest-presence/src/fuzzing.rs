//! What the fuzz targets check: one function per target, which panics when something does not hold.
//!
//! They are ordinary functions so that `tests/corpus.rs` can replay every saved input without a fuzzer. Not part of the
//! public interface.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::{Change, ConnectionId, Diff, Incarnation, Message, NodeId, Options, Replica, RowChange};

/// The name of a target, and what it checks.
pub type Target = (&'static str, fn(&[u8]));

/// Every target by its name, which is also that of its file in `fuzz/fuzz_targets` and of its folder in `fuzz/corpus`.
pub const TARGETS: &[Target] = &[("presence_message", message), ("presence_replica", replica)];

/// What decodes is encoded to no more bytes, which decode to the same.
pub fn message(data: &[u8]) {
    match Message::decode(data) {
        Ok(message) => {
            let encoded = message.encode();
            assert_eq!(Message::decode(&encoded).as_ref(), Ok(&message));
        }
        Err(error) => assert!(error.to_string().len() < 256, "{error}"),
    }
}

/// Whatever it is told, a replica keeps its own rows, counts what it lists, tells what it lists, and holds no more than it
/// may.
///
/// The input is messages, each behind its length in two bytes.
pub fn replica(mut data: &[u8]) {
    let id = NodeId::new("me", Incarnation::new(5, 5));
    let mut replica = Replica::new(id, options(), 0).expect("they fit together");
    replica.track(1, "t", "k", b"{}").expect("an empty replica has room for one row");
    replica.watch("t");
    replica.watch_total("t");
    let (mut now, mut known, mut total) = (0, told(&replica), 0);
    while let [high, low, rest @ ..] = data {
        let (bytes, rest) = rest.split_at(rest.len().min(usize::from(*high) << 8 | usize::from(*low)));
        data = rest;
        now += 300;
        let heard = Message::decode(bytes).ok();
        let heard = heard.and_then(|message| replica.receive(message.sender.name(), bytes, now).ok());
        for out in heard.into_iter().chain([replica.tick(now)]) {
            out.diffs.into_iter().for_each(|diff| follow(&mut known, diff));
            total = out.totals.last().map_or(total, |(_, total)| *total);
        }
        assert_eq!(known, told(&replica));
        assert_eq!(total, replica.total("t"));
        hold(&replica);
    }
}

/// Every bound is within reach.
fn options() -> Options {
    Options {
        nodes: 3,
        remote_rows: 4,
        log_ops: 8,
        staging_bytes: 1000,
        count_topics: 2,
        ..Options::default()
    }
}

fn hold(replica: &Replica) {
    assert_eq!(replica.count("t").connections, replica.list("t").count());
    assert_eq!(replica.count("t").keys, replica.keys("t").count());
    assert!(replica.list("t").any(|row| row.connection.node == replica.id().incarnation()));
    let (usage, options) = (replica.usage(), options());
    let fits = usage.nodes <= options.nodes
        && usage.rows <= 1 + usage.nodes * options.remote_rows
        && usage.log <= (1 + usage.nodes) * options.log_ops
        && usage.counts <= usage.nodes * options.count_topics;
    assert!(fits, "{usage:?}");
}

type References = BTreeMap<(Arc<str>, ConnectionId), u64>;

/// The versions of the rows; a writer that lies gives one version two metas.
fn told(replica: &Replica) -> References {
    replica.told("t").into_iter().map(|row| ((row.key, row.connection), row.version)).collect()
}

/// Changes what was told to what is told.
fn follow(known: &mut References, Diff { change, .. }: Diff) {
    let Change::Rows(changes) = change else { panic!("there is room for all changes") };
    for RowChange { key, connection, before, after, .. } in changes {
        let place = (key, connection);
        assert_eq!(known.remove(&place), before);
        if let Some(version) = after {
            known.insert(place, version);
        }
    }
}
