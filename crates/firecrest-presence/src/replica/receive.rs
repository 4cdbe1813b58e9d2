//! What is done with a message.

use std::sync::Arc;

use crate::NodeId;
use crate::message::{Body, Chunk, DecodeError, Delta, Gossip, Message, Op, Version};
use crate::origin::Applied;
use crate::staging::Staging;
use crate::view::View;

use super::output::{Event, Output};
use super::state::{Replica, Stage};

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
        self.take(from, Message::decode(bytes)?, now)
    }

    /// As [`receive`](Self::receive), for who has decoded the message already, so that nobody waits for that.
    pub fn take(&mut self, from: &str, message: Message, now: u64) -> Result<Output, ReceiveError> {
        let Message { sender, body } = message;
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
            Body::Chunk(chunk) => {
                self.progress(sender.name());
                self.stage(chunk, &mut out);
            }
            Body::Counts(counts) => {
                let (now, max) = (self.clock.now(), self.options.count_topics);
                if self.peers.get(sender.name()).is_some_and(|peer| peer.id == sender && peer.is_up()) {
                    self.counts.hear(sender.name(), counts, now, max);
                }
            }
            Body::Delta { origin, delta } => {
                self.progress(sender.name());
                self.apply(&origin, delta, &mut out);
            }
            Body::Gossip(gossip) => self.hear(&sender, gossip, &mut out),
            Body::Leave => self.part(sender, &mut out),
            Body::Request(have) => self.note_asked(&sender, have, &mut out),
        }
        self.tell(&mut out);
        Ok(out)
    }

    fn hear(&mut self, sender: &NodeId, gossip: Gossip, out: &mut Output) {
        if !self.meet(sender, out) {
            return;
        }
        let Gossip { at, rows, delta, mut versions } = gossip;
        versions.push(Version { node: sender.clone(), version: at });
        self.note_versions(sender.name(), &versions);
        if let Some(delta) = delta {
            self.apply(sender, delta, out);
        }
        let due = self.clock.now().saturating_add(self.options.request_delay_ms);
        if let Some(peer) = self.peers.get_mut(sender.name()).filter(|peer| peer.origin.is_partial()) {
            peer.recount(at, rows, self.options.remote_rows, due);
        }
        for version in versions {
            let peer = self.peers.get_mut(version.node.name());
            if let Some(peer) = peer.filter(|peer| peer.id == version.node && peer.is_up()) {
                peer.want(version.version, due);
            }
        }
    }

    /// Takes over how far a node says to be.
    fn note_versions(&mut self, name: &Arc<str>, versions: &[Version]) {
        let Some(peer) = self.peers.get_mut(name) else { return };
        let mut heard = std::mem::take(&mut peer.versions);
        heard.take_over(versions, self.options.nodes, |name| match self.peers.get_key_value(name) {
            Some((name, _)) => Some(name),
            None => Some(self.id.name()).filter(|own| ***own == *name),
        });
        if let Some(peer) = self.peers.get_mut(name) {
            peer.versions = heard;
        }
    }

    fn apply(&mut self, origin: &NodeId, mut delta: Delta, out: &mut Output) {
        let Self { peers, view, pending, options, .. } = self;
        let Some(peer) = peers.get_mut(origin.name()).filter(|peer| peer.writes(origin)) else { return };
        if peer.anew && peer.staging.is_some() {
            // The snapshot must not be older than the rows that it replaces: what is new is asked for afterwards.
            return;
        }
        intern(view, &mut delta.ops);
        let (up, whole) = (peer.is_up(), !peer.origin.is_partial());
        let mut stage = Stage { view, pending, max: options.diff_rows };
        let applied = peer.origin.apply(delta, |change| {
            if up {
                stage.show(change);
            }
        });
        if applied == Applied::Done {
            peer.settle();
        }
        if whole && peer.origin.is_partial() {
            out.events.push(Event::TooManyRows(peer.id.clone()));
        }
    }

    fn stage(&mut self, chunk: Chunk, out: &mut Output) {
        let Self { peers, options, .. } = self;
        let at = chunk.at;
        let peer = peers.get_mut(chunk.origin.name()).filter(|peer| peer.writes(&chunk.origin));
        let Some(peer) = peer.filter(|peer| peer.needs(at)) else { return };
        if peer.staging.as_ref().is_some_and(|staging| staging.at() > at) {
            return;
        }
        // It comes in pieces, whoever sends them: as long as it does, nobody else is asked.
        if peer.want.asked {
            peer.want.due = self.clock.now().saturating_add(options.request_timeout_ms);
        }
        let name = chunk.origin.name().clone();
        let staging = peer.staging.take().filter(|staging| staging.at() == at);
        let mut staging = staging.unwrap_or_else(|| Staging::new(at));
        match staging.add(chunk, options.staging_bytes) {
            Ok(None) => peer.staging = Some(staging),
            Ok(Some(rows)) => self.replace(&name, at, rows, out),
            Err(_) => out.events.push(Event::SnapshotTooLarge(peer.id.clone())),
        }
    }

    fn replace(&mut self, name: &Arc<str>, at: u64, mut rows: Vec<Op>, out: &mut Output) {
        let Self { peers, view, pending, options, .. } = self;
        let Some(peer) = peers.get_mut(name) else { return };
        intern(view, &mut rows);
        let (up, whole) = (peer.is_up(), !peer.origin.is_partial());
        let mut stage = Stage { view, pending, max: options.diff_rows };
        peer.origin.replace(at, rows, |change| {
            if up {
                stage.show(change);
            }
        });
        peer.anew = false;
        peer.settle();
        if whole && peer.origin.is_partial() {
            out.events.push(Event::TooManyRows(peer.id.clone()));
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

/// Lets rows name their topics in the memory that the list has for them.
fn intern(view: &View, ops: &mut [Op]) {
    for op in ops {
        if let Some(topic) = view.intern(&op.row.topic) {
            op.row.topic = topic;
        }
    }
}
