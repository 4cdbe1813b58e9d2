//! The format: what is written is read back, and nothing else is.

use firecrest_presence::message::{Body, Chunk, Delta, Fate, Gossip, Op, TopicCount, Version};
use firecrest_presence::row::RowKey;
use firecrest_presence::{DecodeError, Incarnation, Message, Meta, NodeId, fuzzing};
use proptest::collection::vec;
use proptest::prelude::*;

fn node() -> impl Strategy<Value = NodeId> {
    ("[a-zé]{1,9}", any::<u64>(), any::<u64>())
        .prop_map(|(name, started, random)| NodeId::new(name, Incarnation::new(started, random)))
}

fn ops(from: u64, removals: bool) -> impl Strategy<Value = Vec<Op>> {
    let fate = (0..3_u8, vec(any::<u8>(), 0..20));
    let fate = fate.prop_map(move |(fate, meta)| match (fate, Meta::from(&meta[..])) {
        (0, _) if removals => Fate::Del(None),
        (1, last) if removals => Fate::Del(Some(last)),
        (_, meta) => Fate::Put(meta),
    });
    vec((1..1000_u64, "[ab]{0,2}", "[a-zé]{0,4}", any::<u64>(), fate), 0..12).prop_map(move |ops| {
        let mut version = from;
        let op = |(step, topic, key, connection, fate): (u64, String, String, u64, Fate)| {
            version += step;
            let row = RowKey { topic: topic.into(), key: key.into(), connection };
            Op { row, version, fate }
        };
        ops.into_iter().map(op).collect()
    })
}

fn delta() -> impl Strategy<Value = Delta> {
    (0..u64::MAX / 2).prop_flat_map(|from| {
        (ops(from, true), 0..9_u64).prop_map(move |(ops, more)| {
            let to = ops.last().map_or(from, |op| op.version) + more;
            Delta { from, to, ops }
        })
    })
}

fn versions() -> impl Strategy<Value = Vec<Version>> {
    vec((node(), any::<u64>()).prop_map(|(node, version)| Version { node, version }), 0..5)
}

fn body() -> impl Strategy<Value = Body> {
    let chunk =
        (node(), ops(0, false), 0..1000_u64, any::<bool>()).prop_map(|(origin, rows, start, last)| {
            Body::Chunk(Chunk { origin, at: rows.last().map_or(7, |row| row.version), start, last, rows })
        });
    let count = ("[a-z]{0,4}", any::<u64>(), any::<u64>());
    let count =
        count.prop_map(|(topic, connections, epoch)| TopicCount { topic: topic.into(), connections, epoch });
    let gossip = (proptest::option::of(delta()), any::<u64>(), versions());
    let gossip = gossip.prop_map(|(delta, rows, versions)| {
        Body::Gossip(Gossip { at: delta.as_ref().map_or(3, |delta| delta.to), rows, delta, versions })
    });
    prop_oneof![
        chunk,
        vec(count, 0..5).prop_map(Body::Counts),
        (node(), delta()).prop_map(|(origin, delta)| Body::Delta { origin, delta }),
        gossip,
        Just(Body::Leave),
        versions().prop_map(Body::Request),
    ]
}

fn message() -> impl Strategy<Value = Message> {
    (node(), body()).prop_map(|(sender, body)| Message { sender, body })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(message in message()) {
        prop_assert_eq!(Message::decode(&message.encode()), Ok(message));
    }

    #[test]
    fn a_message_that_is_cut_off_is_refused(message in message(), part in 0.0..1.0) {
        let bytes = message.encode();
        let cut = (bytes.len() as f64 * part) as usize;
        prop_assert_eq!(Message::decode(&bytes[..cut]), Err(DecodeError::Truncated));
    }

    #[test]
    fn the_fuzz_targets_hold_for_damaged_messages(
        messages in vec(message(), 1..6),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        noise in vec(any::<u8>(), 0..200),
    ) {
        let mut stream = Vec::new();
        for message in &messages {
            let mut bytes = message.encode();
            for (place, byte) in &damage {
                *place.get_mut(&mut bytes) = *byte;
            }
            fuzzing::message(&bytes);
            stream.extend_from_slice(&(bytes.len() as u16).to_be_bytes());
            stream.extend_from_slice(&bytes);
        }
        fuzzing::message(&noise);
        fuzzing::replica(&stream);
        fuzzing::replica(&noise);
    }
}

#[test]
fn garbage_is_refused_in_words() {
    let good = Message { sender: NodeId::new("n", Incarnation::new(1, 2)), body: Body::Leave }.encode();
    let with = |place: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[place] = byte;
        Message::decode(&bytes).expect_err("it is damaged").to_string()
    };
    assert_eq!(with(0, 1), "these bytes are not a message of presence");
    assert_eq!(with(1, 9), "version 9 of the format is not understood, only 1");
    assert_eq!(with(2, 77), "there is no message of kind 77");
    assert_eq!(with(3, 0), "the name makes no sense");
    assert_eq!(with(4, 0xFF), "the name is not text");
    let more = [&good[..], &[1, 2]].concat();
    assert_eq!(Message::decode(&more), Err(DecodeError::Trailing { len: 2 }));
}

#[test]
fn a_huge_length_costs_nothing() {
    let mut bytes = Message { sender: NodeId::new("n", Incarnation::new(1, 2)), body: Body::Leave }.encode();
    let head = bytes.len();
    for kind in [2, 6] {
        bytes.truncate(head);
        bytes[2] = kind;
        bytes.extend_from_slice(&[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]);
        assert_eq!(Message::decode(&bytes), Err(DecodeError::Truncated));
    }
    bytes[3..].fill(0xFF);
    assert_eq!(Message::decode(&bytes[..]), Err(DecodeError::Invalid { what: "number" }));
}
