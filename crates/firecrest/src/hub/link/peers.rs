//! The other nodes, and what they want to hear.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use firecrest_pubsub::cluster::Node;
use tokio::time::Instant;

use crate::hub::Pattern;
use crate::hub::listener::{Kind, Listener};
use crate::hub::router::Router;
use crate::telemetry::meter::{Limit, reached};

/// After which time without a word a node is forgotten.
const FORGET: Duration = Duration::from_secs(30);

/// Most nodes that are known; what further ones want is not sent to them.
const MAX_PEERS: usize = 1_024;

/// Another node.
pub(in crate::hub) struct Peer {
    pub(super) node: Node,
}

#[derive(Default)]
pub(super) struct Peers(Mutex<HashMap<Arc<str>, Known>>);

struct Known {
    listener: Arc<Listener>,
    life: u128,
    number: u64,
    heard: Instant,
    patterns: BTreeSet<Pattern>,
}

impl Peers {
    /// A node has told its table.
    pub(super) fn tell(&self, router: &Router, node: &Node, number: u64, patterns: BTreeSet<Pattern>) {
        let mut peers = self.peers();
        if let Some(known) = peers.get_mut(node.name()).filter(|known| known.life == node.life()) {
            known.heard = Instant::now();
            known.number = number;
            let (gone, new): (Vec<_>, Vec<_>) = (
                known.patterns.difference(&patterns).cloned().collect(),
                patterns.difference(&known.patterns).cloned().collect(),
            );
            router.remove(&gone, &known.listener);
            router.insert(&new, &known.listener);
            known.patterns = patterns;
            return;
        }
        remove(&mut peers, router, node.name());
        if peers.len() >= MAX_PEERS {
            reached(Limit::HubNodes);
        } else {
            let listener = Listener::new(Kind::Peer(Arc::new(Peer { node: node.clone() })));
            router.insert(&patterns.iter().cloned().collect::<Vec<_>>(), &listener);
            let known = Known { listener, life: node.life(), number, heard: Instant::now(), patterns };
            peers.insert(Arc::clone(node.name()), known);
        }
    }

    /// A node has said that it is there. Returns whether its table is known.
    pub(super) fn renew(&self, node: &Node, number: u64) -> bool {
        let mut peers = self.peers();
        let known = peers.get_mut(node.name());
        let known = known.filter(|known| known.life == node.life() && known.number == number);
        known.map(|known| known.heard = Instant::now()).is_some()
    }

    /// A node has left.
    pub(super) fn remove(&self, router: &Router, node: &Node) {
        let mut peers = self.peers();
        if peers.get(node.name()).is_some_and(|known| known.life == node.life()) {
            remove(&mut peers, router, node.name());
        }
    }

    /// Forgets who has been silent for too long.
    pub(super) fn forget(&self, router: &Router) {
        let mut peers = self.peers();
        let silent = peers.iter().filter(|(_, known)| known.heard.elapsed() >= FORGET);
        let silent: Vec<_> = silent.map(|(name, _)| Arc::clone(name)).collect();
        silent.iter().for_each(|name| remove(&mut peers, router, name));
    }

    pub(super) fn len(&self) -> usize {
        self.peers().len()
    }

    fn peers(&self) -> MutexGuard<'_, HashMap<Arc<str>, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn remove(peers: &mut HashMap<Arc<str>, Known>, router: &Router, name: &Arc<str>) {
    if let Some(known) = peers.remove(name) {
        router.remove(&known.patterns, &known.listener);
    }
}
