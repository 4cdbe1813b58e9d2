//! What the fuzz targets check: one function per target, which panics when something does not hold.
//!
//! They are ordinary functions so that saved inputs can be replayed without a fuzzer. Not part of the public interface.

use crate::{Incarnation, Message, NodeId, Options, Replica};

/// The name of a target, and what it checks.
pub type Target = (&'static str, fn(&[u8]));

/// Every target by its name.
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

/// Whatever it is told, a replica keeps its own rows and counts what it lists.
///
/// The input is messages, each behind its length in two bytes.
pub fn replica(mut data: &[u8]) {
    let id = NodeId::new("me", Incarnation::new(5, 5));
    let mut replica = Replica::new(id, Options::default(), 0).expect("the defaults fit together");
    replica.track(1, "t", "k", b"{}").expect("an empty replica has room for one row");
    replica.watch("t");
    let mut now = 0;
    while let [high, low, rest @ ..] = data {
        let (bytes, rest) = rest.split_at(rest.len().min(usize::from(*high) << 8 | usize::from(*low)));
        data = rest;
        now += 300;
        if let Ok(message) = Message::decode(bytes) {
            let _ = replica.receive(message.sender.name(), bytes, now);
        }
        let _ = replica.tick(now);
        let rows = replica.list("t").count();
        assert_eq!(replica.count("t").connections, rows);
        assert!(replica.list("t").any(|row| row.connection.node == Incarnation::new(5, 5)));
    }
}
