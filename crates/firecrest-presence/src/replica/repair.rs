//! Asking for what is missing, and answering.

use std::sync::Arc;

use crate::NodeId;
use crate::message::{Body, Chunk, Version, split};
use crate::origin::Origin;
use crate::peer::Peer;

use super::output::{Output, Target};
use super::state::Replica;
use super::tick::deltas;

impl Replica {
    /// Asks for what is missing: as few nodes as possible, each once for all that it has (I10).
    pub(super) fn request(&mut self, out: &mut Output) {
        let now = self.clock.now();
        for peer in self.peers.values_mut().filter(|peer| peer.lacks() && peer.want.due <= now) {
            peer.want.asked = false;
        }
        while let Some(lacking) = self.overdue(now) {
            let helper = self.helper(&lacking);
            let due = now.saturating_add(self.options.request_timeout_ms);
            let mut have = Vec::new();
            if let Some(name) = helper {
                let covered = self.covered(&name);
                for peer in covered.iter().chain([&lacking]) {
                    self.ask(peer, &name, due, &mut have);
                }
                self.send(Target::Node(name), Body::Request(have), out);
            } else if let Some(peer) = self.peers.get_mut(&lacking) {
                peer.want.tried.clear();
                peer.want.asked = true;
                peer.want.due = due;
            }
        }
    }

    /// Sends what a node lacks of those that are known to be up.
    pub(super) fn answer(&mut self, sender: &NodeId, have: &[Version], out: &mut Output) {
        for Version { node, version } in have {
            let peer = self.peers.get(node.name()).filter(|peer| peer.id == *node && peer.is_up());
            let origin = if *node == self.id { Some(&self.own) } else { peer.map(|peer| &peer.origin) };
            let brings = |origin: &&Origin| origin.version() > *version && !origin.is_partial();
            let Some(origin) = origin.filter(brings) else { continue };
            let (to, at, max) =
                (Target::Node(sender.name().clone()), origin.version(), self.options.message_bytes);
            // Who has nothing wants all, and a log of more removals than there are rows is no shortcut.
            let ops = if *version == 0 { None } else { origin.since(*version) };
            if let Some(ops) = ops.filter(|ops| ops.len() <= origin.len() + 100) {
                for delta in deltas(*version, at, ops, max) {
                    self.send(to.clone(), Body::Delta { origin: node.clone(), delta }, out);
                }
                continue;
            }
            let parts = split(origin.snapshot(), max);
            let count = parts.len();
            for (index, rows) in parts.into_iter().enumerate() {
                let last = index + 1 == count;
                let chunk = Chunk { origin: node.clone(), at, index: index as u32, last, rows };
                self.send(to.clone(), Body::Chunk(chunk), out);
            }
        }
    }

    fn ask(&mut self, lacking: &Arc<str>, helper: &Arc<str>, due: u64, have: &mut Vec<Version>) {
        let Some(peer) = self.peers.get_mut(lacking).filter(|peer| !peer.want.asked) else { return };
        have.push(Version { node: peer.id.clone(), version: peer.have() });
        peer.want.asked = true;
        peer.want.due = due;
        peer.want.tried.push(helper.clone());
    }

    fn overdue(&self, now: u64) -> Option<Arc<str>> {
        let overdue = |peer: &&Peer| peer.lacks() && !peer.want.asked && peer.want.due <= now;
        self.peers.values().find(overdue).map(|peer| peer.id.name().clone())
    }

    /// The best to ask: not yet asked, has all, has all of most others too, is the origin itself, has most.
    fn helper(&self, lacking: &Arc<str>) -> Option<Arc<str>> {
        let lacking = self.peers.get(lacking)?;
        let (node, want) = (&lacking.id, &lacking.want);
        let useful = |peer: &&Peer| {
            let name = peer.id.name();
            peer.is_up() && peer.has(node) > lacking.have() && !want.tried.contains(name)
        };
        let rank = |peer: &&Peer| {
            let has = peer.has(node);
            (has >= want.target, self.covered(peer.id.name()).len(), peer.id == *node, has)
        };
        self.peers.values().filter(useful).max_by_key(rank).map(|peer| peer.id.name().clone())
    }

    /// The nodes of which something is missing that this one has, and that nobody was asked for.
    fn covered(&self, helper: &Arc<str>) -> Vec<Arc<str>> {
        let Some(helper) = self.peers.get(helper) else { return Vec::new() };
        let open = self.peers.values().filter(|peer| peer.lacks() && !peer.want.asked);
        let has = open.filter(|peer| helper.has(&peer.id) >= peer.want.target);
        has.map(|peer| peer.id.name().clone()).collect()
    }
}
