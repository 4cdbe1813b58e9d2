//! What is done when time passes.

use std::ops::Bound::{Excluded, Unbounded};
use std::sync::Arc;

use crate::NodeId;
use crate::limits::MAX_HEAD;
use crate::message::{self, Body, Delta, Gossip, Op, Version, split};

use super::output::{Output, Target};
use super::state::{Replica, Status};

/// Of how many other nodes the logs are pruned with each gossip: what they have is asked of every node each time.
const PRUNED_AT_ONCE: usize = 16;

impl Replica {
    /// Does all that is due at this time, in milliseconds since any start. Calling it more often does no harm.
    pub fn tick(&mut self, now: u64) -> Output {
        let mut out = Output::default();
        self.clock.advance(now);
        self.bury(&mut out);
        self.gossip(&mut out);
        self.request(&mut out);
        self.announce(&mut out);
        self.tell(&mut out);
        out
    }

    /// When the next tick is due, by the caller's clock. Operations and messages can bring it forward.
    pub fn next_tick(&self) -> u64 {
        let news = (self.own.version() > self.sent).then_some(self.delta_at);
        let peers = self.peers.values();
        let wants = peers.filter(|peer| peer.lacks()).map(|peer| peer.want.due).min();
        let due = [news, wants, self.pending.next(), self.counts.next()];
        let due = due.into_iter().flatten().min().map_or(self.heartbeat_at, |at| at.min(self.heartbeat_at));
        self.clock.to_caller(due)
    }

    /// Tells the changes that are due.
    pub(super) fn tell(&mut self, out: &mut Output) {
        let (now, pause) = (self.clock.now(), self.options.diff_ms);
        out.diffs.extend(self.pending.take_due(&self.view, now, pause));
        self.counts.tell(&mut out.totals);
    }

    fn gossip(&mut self, out: &mut Output) {
        let now = self.clock.now();
        let news = self.own.version() > self.sent && now >= self.delta_at;
        if !news && now < self.heartbeat_at {
            return;
        }
        let (at, rows) = (self.own.version(), self.own.len() as u64);
        let versions = self.versions();
        let mut deltas = match self.own.since(self.sent) {
            Some(ops) if at > self.sent => deltas(self.sent, at, ops, self.message_bytes()),
            // More happened than the log holds: the others will notice, and ask.
            _ => Vec::new(),
        };
        // What is last travels with the heartbeat, if that fits.
        let last = deltas.pop_if(|last| {
            let bytes = versions.iter().map(message::version_size).chain(last.ops.iter().map(message::size));
            bytes.sum::<usize>() <= self.max_message.saturating_sub(MAX_HEAD)
        });
        for delta in deltas {
            let gossip = Gossip { at, rows, delta: Some(delta), versions: Vec::new() };
            self.send(Target::All, Body::Gossip(gossip), out);
        }
        self.send(Target::All, Body::Gossip(Gossip { at, rows, delta: last, versions }), out);
        self.sent = at;
        self.delta_at = now.saturating_add(self.options.broadcast_ms);
        self.heartbeat_at = now.saturating_add(self.until_heartbeat());
        self.prune();
    }

    /// How far the others are that are up, and all of whose rows are here. The others are left out, so that nobody asks
    /// for them in vain (W7).
    fn versions(&self) -> Vec<Version> {
        let up = self.peers.values().filter(|peer| peer.is_up() && !peer.origin.is_partial());
        up.map(|peer| Version { node: peer.id.clone(), version: peer.origin.version() }).collect()
    }

    /// A heartbeat, give or take a tenth, so that nodes that start at once do not speak at once for ever.
    fn until_heartbeat(&mut self) -> u64 {
        self.heartbeats = self.heartbeats.wrapping_add(1);
        let seed = self.id.incarnation().random() ^ self.heartbeats.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mixed = (seed ^ seed >> 29).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 33;
        let period = self.options.heartbeat_ms;
        (period - period / 10).saturating_add(mixed % (period / 5 + 1))
    }

    /// Forgets the operations that all nodes have that have not left: those of this node, and those of some others, in turn.
    fn prune(&mut self) {
        let there = || self.peers.values().filter(|peer| peer.status != Status::Left);
        let least = |node: &NodeId| there().map(|peer| peer.has(node)).min().unwrap_or(u64::MAX);
        let own = least(&self.id).min(self.sent);
        let from = self.pruned.take().map_or(Unbounded, Excluded);
        let rest = self.peers.range((from, Unbounded)).filter(|(_, peer)| peer.origin.log_len() > 0);
        let next: Vec<(Arc<str>, u64)> =
            rest.take(PRUNED_AT_ONCE).map(|(name, peer)| (name.clone(), least(&peer.id))).collect();
        self.own.prune(own);
        if next.len() == PRUNED_AT_ONCE {
            self.pruned = next.last().map(|(name, _)| name.clone());
        }
        for (name, all_have) in next {
            if let Some(peer) = self.peers.get_mut(&name) {
                peer.origin.prune(all_have);
            }
        }
    }

    fn announce(&mut self, out: &mut Output) {
        let now = self.clock.now();
        self.counts.expire(now, self.options.count_expiry_ms());
        let counts = self.counts.announce(now, &self.options);
        let mut rest = &counts[..];
        while !rest.is_empty() {
            let (part, behind) =
                rest.split_at(message::fitting(rest.iter().map(message::count_size), self.message_bytes()));
            self.send(Target::All, Body::Counts(part.to_vec()), out);
            rest = behind;
        }
    }
}

/// The operations of a range as deltas that follow each other.
fn deltas(mut from: u64, to: u64, ops: Vec<Op>, max_bytes: usize) -> Vec<Delta> {
    let mut parts = split(ops, max_bytes);
    let last = parts.pop().unwrap_or_default();
    let delta = |ops: Vec<Op>| {
        let end = ops.last().map_or(from, |op| op.version);
        let delta = Delta { from, to: end, ops };
        from = end;
        delta
    };
    let mut deltas: Vec<Delta> = parts.into_iter().map(delta).collect();
    deltas.push(Delta { from, to, ops: last });
    deltas
}
