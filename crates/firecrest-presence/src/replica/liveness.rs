//! Who is there, and what that does to the rows.

use std::sync::Arc;

use crate::NodeId;
use crate::peer::Peer;

use super::output::{Event, Output};
use super::state::{Replica, Stage, Status};

impl Replica {
    /// Notes that a node spoke; says whether it is to be listened to.
    pub(super) fn meet(&mut self, sender: &NodeId, out: &mut Output) -> bool {
        let now = self.clock.now();
        if sender.incarnation() == self.id.incarnation() {
            return false;
        }
        let Some(peer) = self.peers.get_mut(sender.name()) else { return self.welcome(sender, out) };
        if peer.id == *sender {
            if peer.status == Status::Left {
                return false;
            }
            peer.heard = now;
            if peer.status == Status::Down {
                peer.status = Status::Up;
                self.list_rows(sender.name(), true);
                self.greet(sender, out);
            }
            return true;
        }
        // An earlier life under this name is heard when the later one is silent: its clock may have been set back.
        if sender.incarnation() < peer.id.incarnation() && peer.is_up() {
            return false;
        }
        self.forget(sender.name(), out);
        self.welcome(sender, out)
    }

    /// Removes a node and its rows for good.
    pub(super) fn forget(&mut self, name: &Arc<str>, out: &mut Output) {
        self.list_rows(name, false);
        self.counts.forget(name);
        let Some(peer) = self.peers.remove(name) else { return };
        if peer.status != Status::Left {
            out.events.push(Event::Forgotten(peer.id));
        }
    }

    /// Removes the rows of a node that said goodbye, and remembers that it did.
    pub(super) fn part(&mut self, sender: NodeId, out: &mut Output) {
        let Some(peer) = self.peers.get(sender.name()) else { return };
        if sender.incarnation() >= peer.id.incarnation() {
            self.forget(sender.name(), out);
            let mut peer = Peer::new(sender, self.clock.now(), &self.options);
            peer.status = Status::Left;
            self.peers.insert(peer.id.name().clone(), peer);
        }
    }

    /// Hides the rows of those who are silent, and forgets those who are silent for very long.
    pub(super) fn bury(&mut self, out: &mut Output) {
        let now = self.clock.now();
        let silent = self.peers.values().filter(|peer| now - peer.heard > self.options.down_ms);
        let silent: Vec<NodeId> = silent.map(|peer| peer.id.clone()).collect();
        for id in silent {
            let Some(peer) = self.peers.get_mut(id.name()) else { continue };
            if now - peer.heard > self.options.forget_ms {
                self.forget(id.name(), out);
            } else if peer.is_up() {
                self.list_rows(id.name(), false);
                self.counts.forget(id.name());
                if let Some(peer) = self.peers.get_mut(id.name()) {
                    peer.status = Status::Down;
                }
                out.events.push(Event::Down(id));
            }
        }
    }

    fn welcome(&mut self, sender: &NodeId, out: &mut Output) -> bool {
        let room = self.peers.len() < self.options.nodes;
        if room {
            let peer = Peer::new(sender.clone(), self.clock.now(), &self.options);
            self.peers.insert(sender.name().clone(), peer);
            self.greet(sender, out);
        }
        room
    }

    /// Speaks soon, so that who is new need not wait for a heartbeat.
    fn greet(&mut self, sender: &NodeId, out: &mut Output) {
        let soon = self.clock.now().saturating_add(self.options.request_delay_ms / 2);
        self.heartbeat_at = self.heartbeat_at.min(soon);
        self.counts.repeat_soon(soon);
        out.events.push(Event::Up(sender.clone()));
    }

    /// Speaks within so many milliseconds, news or not: because messages may have been lost, in either direction (P085), or because
    /// this is the last chance.
    pub fn hurry(&mut self, within_ms: u64) {
        let soon = self.clock.now().saturating_add(within_ms);
        self.heartbeat_at = self.heartbeat_at.min(soon);
        self.delta_at = self.delta_at.min(soon);
        self.counts.repeat_soon(soon);
    }

    /// Lists the rows of a node that is up, or hides them.
    fn list_rows(&mut self, name: &Arc<str>, listed: bool) {
        let Some(peer) = self.peers.get(name).filter(|peer| peer.is_up() || listed) else { return };
        let (view, pending) = (&mut self.view, &mut self.pending);
        let mut stage = Stage { view, pending, max: self.options.diff_rows };
        peer.origin.rows().for_each(|row| if listed { stage.put(row) } else { stage.remove(row) });
    }
}
