//! Asking for what is missing, and answering.

use std::sync::Arc;

use crate::answer::All;
use crate::message::{Body, Version};
use crate::origin::Origin;
use crate::peer::Peer;
use crate::{Answer, Asked, NodeId};

use super::output::{Outgoing, Output, Target};
use super::state::Replica;

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

    /// Notes what a node lacks of those that are known to be up.
    pub(super) fn note_asked(&self, by: &NodeId, have: Vec<Version>, out: &mut Output) {
        let useful = have.into_iter().filter(|have| self.brings(have).is_some());
        out.asked.extend(useful.map(|have| Asked { by: by.clone(), have }));
    }

    /// What is to be sent to who asked; nothing when nothing is known that it lacks.
    ///
    /// This takes a pointer for each row. The work is in [`Answer::next_message`], which does not need the replica.
    pub fn answer(&self, asked: &Asked) -> Option<Answer> {
        let Version { node, version } = &asked.have;
        let origin = self.brings(&asked.have)?;
        let (sender, node, at) = (self.id.clone(), node.clone(), origin.version());
        // Who has nothing wants all, and a log of more removals than there are rows is no shortcut.
        let ops = if *version == 0 { None } else { origin.since(*version) };
        let all = match ops.filter(|ops| ops.len() <= origin.len() + 100) {
            Some(ops) => All::Ops(ops),
            None => All::Rows(origin.rows().cloned().collect()),
        };
        Some(Answer::new(sender, node, *version, at, all))
    }

    /// All messages of an answer at once, for who has the room.
    pub fn answer_at_once(&self, asked: &Asked) -> Vec<Outgoing> {
        let Some(mut answer) = self.answer(asked) else { return Vec::new() };
        let messages = std::iter::from_fn(|| answer.next_message(self.message_bytes()));
        let to = Target::Node(asked.by.name().clone());
        messages.map(|bytes| Outgoing { to: to.clone(), bytes }).collect()
    }

    /// Whether a node is known not to be there any more, in this life.
    pub fn is_gone(&self, node: &NodeId) -> bool {
        self.peers.get(node.name()).is_some_and(|peer| peer.id != *node || !peer.is_up())
    }

    /// Where something is that a node lacks that has this.
    fn brings(&self, have: &Version) -> Option<&Origin> {
        let Version { node, version } = have;
        let peer = self.peers.get(node.name()).filter(|peer| peer.id == *node && peer.is_up());
        let origin = if *node == self.id { Some(&self.own) } else { peer.map(|peer| &peer.origin) };
        origin.filter(|origin| origin.version() > *version && !origin.is_partial())
    }

    /// Notes that this node is sending what it was asked for: as long as it does, nobody else is asked.
    pub(super) fn progress(&mut self, helper: &str) {
        let due = self.clock.now().saturating_add(self.options.request_timeout_ms);
        let asked = self.peers.values_mut().map(|peer| &mut peer.want).filter(|want| want.asked);
        for want in asked.filter(|want| want.tried.last().is_some_and(|last| **last == *helper)) {
            want.due = due;
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
