//! What is done with a message.

use std::sync::Arc;

use crate::NodeId;
use crate::message::{Body, Chunk, DecodeError, Delta, Gossip, Message, Version};
use crate::origin::Applied;
use crate::staging::Staging;

use super::output::{Event, Output};
use super::state::{Replica, show};

/// Why a message is not listened to. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiveError {
    /// It cannot be read.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// It names another sender than the bus does.
    #[error("the message is from {says:?}, but came from {from:?}")]
    Sender {
        /// Whom it names.
        says: Arc<str>,
        /// From whom it came.
        from: Arc<str>,
    },
}

impl Replica {
    /// Takes a message that came from the node of this name, at this time in milliseconds.
    ///
    /// Those of this node itself are ignored, so that a bus may echo.
    pub fn receive(&mut self, from: &str, bytes: &[u8], now: u64) -> Result<Output, ReceiveError> {
        let Message { sender, body } = Message::decode(bytes)?;
        if **sender.name() != *from {
            return Err(ReceiveError::Sender { says: sender.name().clone(), from: from.into() });
        }
        let mut out = Output::default();
        self.clock.advance(now);
        if sender.name() == self.id.name() {
            self.namesake(sender, &mut out);
            return Ok(out);
        }
        match body {
            Body::Chunk(chunk) => self.stage(chunk, &mut out),
            Body::Counts(counts) => {
                let (now, max) = (self.clock.now(), self.options.count_topics);
                if self.peers.get(sender.name()).is_some_and(|peer| peer.id == sender && peer.is_up()) {
                    self.counts.hear(sender.name(), counts, now, max);
                }
            }
            Body::Delta { origin, delta } => {
                self.apply(&origin, delta);
            }
            Body::Gossip(gossip) => self.hear(&sender, gossip, &mut out),
            Body::Leave => self.part(sender, &mut out),
            Body::Request(have) => self.answer(&sender, &have, &mut out),
        }
        self.tell(&mut out);
        Ok(out)
    }

    fn hear(&mut self, sender: &NodeId, gossip: Gossip, out: &mut Output) {
        if !self.meet(sender, out) {
            return;
        }
        let (own, max) = (self.id.name().clone(), self.options.nodes);
        let names: Vec<Arc<str>> = self.peers.keys().cloned().collect();
        let Gossip { at, delta, mut versions } = gossip;
        versions.push(Version { node: sender.clone(), version: at });
        if let Some(peer) = self.peers.get_mut(sender.name()) {
            let known =
                |name: &str| *name == *own || names.binary_search_by(|other| (**other).cmp(name)).is_ok();
            peer.heard_versions(&versions, max, known);
        }
        if let Some(delta) = delta {
            self.apply(sender, delta);
        }
        let due = self.clock.now() + self.options.request_delay_ms;
        for version in versions {
            let peer = self.peers.get_mut(version.node.name());
            if let Some(peer) = peer.filter(|peer| peer.id == version.node && peer.is_up()) {
                peer.want(version.version, due);
            }
        }
    }

    fn apply(&mut self, origin: &NodeId, delta: Delta) {
        let Self { peers, view, diffs, options, .. } = self;
        let Some(peer) = peers.get_mut(origin.name()).filter(|peer| peer.writes(origin)) else { return };
        let up = peer.is_up();
        let applied = peer.origin.apply(delta, |row, held| {
            if up {
                show((view, diffs, options.diff_rows), origin.incarnation(), row, held);
            }
        });
        if applied == Applied::Done {
            peer.settle();
        }
    }

    fn stage(&mut self, chunk: Chunk, out: &mut Output) {
        let Self { peers, view, diffs, options, .. } = self;
        let (origin, at) = (chunk.origin.clone(), chunk.at);
        let Some(peer) = peers.get_mut(origin.name()).filter(|peer| peer.writes(&origin)) else { return };
        if at <= peer.origin.version() || peer.staging.as_ref().is_some_and(|staging| staging.at() > at) {
            return;
        }
        // It comes in pieces: as long as it does, nobody else is asked.
        if peer.want.asked {
            peer.want.due = self.clock.now() + options.request_timeout_ms;
        }
        let staging = peer.staging.take().filter(|staging| staging.at() == at);
        let mut staging = staging.unwrap_or_else(|| Staging::new(at));
        let up = peer.is_up();
        match staging.add(chunk, options.staging_bytes) {
            Ok(None) => peer.staging = Some(staging),
            Ok(Some(rows)) => {
                peer.origin.replace(at, rows, |row, held| {
                    if up {
                        show((view, diffs, options.diff_rows), origin.incarnation(), row, held);
                    }
                });
                peer.settle();
            }
            Err(_) => out.events.push(Event::SnapshotTooLarge(origin)),
        }
    }

    /// Another node has this name: a later life, or one that still speaks long after this one began (P086).
    fn namesake(&self, sender: NodeId, out: &mut Output) {
        let later = sender.incarnation() > self.id.incarnation();
        let earlier = sender.incarnation() < self.id.incarnation();
        if later || (earlier && self.clock.now() > self.options.down_ms) {
            out.events.push(Event::DuplicateName(sender));
        }
    }
}
