//! Messages to bytes.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Body, Chunk, Delta, Fate, Gossip, MAGIC, Message, Op, TopicCount, VERSION, Version};
use crate::{Meta, NodeId};

impl Message {
    /// As bytes, which [`Message::decode`] reads back.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer(vec![MAGIC, VERSION, self.body.kind()]);
        out.node(&self.sender);
        match &self.body {
            Body::Chunk(chunk) => out.chunk(chunk),
            Body::Counts(counts) => out.counts(counts),
            Body::Delta { origin, delta } => {
                out.node(origin);
                out.delta(delta);
            }
            Body::Gossip(gossip) => out.gossip(gossip),
            Body::Leave => {}
            Body::Request(have) => out.versions(have),
        }
        out.0
    }
}

impl Body {
    fn kind(&self) -> u8 {
        match self {
            Self::Chunk(_) => 1,
            Self::Counts(_) => 2,
            Self::Delta { .. } => 3,
            Self::Gossip(_) => 4,
            Self::Leave => 5,
            Self::Request(_) => 6,
        }
    }
}

impl Fate {
    /// What it says the row holds, or held.
    pub(super) fn meta(&self) -> Option<&Meta> {
        match self {
            Self::Del(last) => last.as_ref(),
            Self::Put(meta) => Some(meta),
        }
    }

    fn code(&self) -> u64 {
        match self {
            Self::Del(None) => 0,
            Self::Put(_) => 1,
            Self::Del(Some(_)) => 2,
        }
    }
}

struct Writer(Vec<u8>);

impl Writer {
    fn chunk(&mut self, chunk: &Chunk) {
        self.node(&chunk.origin);
        self.number(chunk.at);
        self.number(chunk.start);
        self.0.push(chunk.last.into());
        self.ops(0, &chunk.rows);
    }

    fn counts(&mut self, counts: &[TopicCount]) {
        self.length(counts.len());
        for count in counts {
            self.bytes(count.topic.as_bytes());
            self.number(count.connections);
            self.number(count.epoch);
        }
    }

    fn gossip(&mut self, gossip: &Gossip) {
        self.number(gossip.at);
        self.number(gossip.rows);
        self.0.push(gossip.delta.is_some().into());
        if let Some(delta) = &gossip.delta {
            self.delta(delta);
        }
        self.versions(&gossip.versions);
    }

    fn delta(&mut self, delta: &Delta) {
        self.number(delta.from);
        self.number(delta.to - delta.from);
        self.ops(delta.from, &delta.ops);
    }

    fn ops(&mut self, mut previous: u64, ops: &[Op]) {
        let (table, places) = topics(ops);
        self.length(table.len());
        for topic in table {
            self.bytes(topic.as_bytes());
        }
        self.length(ops.len());
        for op in ops {
            self.number(op.version - previous);
            previous = op.version;
            self.number(places[&op.row.topic] * 4 + op.fate.code());
            self.bytes(op.row.key.as_bytes());
            self.number(op.row.connection);
            if let Some(meta) = op.fate.meta() {
                self.bytes(meta.as_bytes());
            }
        }
    }

    fn versions(&mut self, versions: &[Version]) {
        self.length(versions.len());
        for version in versions {
            self.node(&version.node);
            self.number(version.version);
        }
    }

    fn node(&mut self, node: &NodeId) {
        self.bytes(node.name().as_bytes());
        self.0.extend_from_slice(&node.incarnation().started_ms().to_be_bytes());
        self.0.extend_from_slice(&node.incarnation().random().to_be_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.length(bytes.len());
        self.0.extend_from_slice(bytes);
    }

    fn length(&mut self, length: usize) {
        self.number(length as u64);
    }

    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }
}

/// The different topics in the order in which they come, and the place of each.
fn topics(ops: &[Op]) -> (Vec<&Arc<str>>, HashMap<&Arc<str>, u64>) {
    let (mut table, mut places) = (Vec::new(), HashMap::new());
    for op in ops {
        places.entry(&op.row.topic).or_insert_with(|| {
            table.push(&op.row.topic);
            table.len() as u64 - 1
        });
    }
    (table, places)
}
