//! The other nodes, and what they want to hear.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use firecrest_pubsub::cluster::Node;
use tokio::time::Instant;

use super::asks::{Asks, Question};
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
    asks: Asks,
    /// Whether something of it may have been missed.
    is_suspect: bool,
}

impl Peers {
    /// A node has told its table. Returns whether it was not known.
    pub(super) fn tell(
        &self,
        router: &Router,
        node: &Node,
        number: u64,
        patterns: BTreeSet<Pattern>,
    ) -> bool {
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
            return false;
        }
        remove(&mut peers, router, node.name());
        if peers.len() >= MAX_PEERS {
            reached(Limit::HubNodes);
            return false;
        }
        let listener = Listener::new(Kind::Peer(Arc::new(Peer { node: node.clone() })));
        router.insert(&patterns.iter().cloned().collect::<Vec<_>>(), &listener);
        let known = Known {
            listener,
            life: node.life(),
            number,
            heard: Instant::now(),
            patterns,
            asks: Asks::default(),
            is_suspect: false,
        };
        peers.insert(Arc::clone(node.name()), known);
        true
    }

    /// Whether this is the number of the node's table, or there is no room for it.
    pub(super) fn has(&self, node: &Node, number: u64) -> bool {
        let peers = self.peers();
        if peers.len() >= MAX_PEERS && !peers.contains_key(node.name()) {
            return true;
        }
        peers.get(node.name()).is_some_and(|known| known.life == node.life() && known.number == number)
    }

    /// All nodes are to be asked for these topics.
    pub(super) fn ask_all(&self, topics: &[(Arc<str>, usize)]) {
        for known in self.peers().values_mut() {
            topics.iter().for_each(|(topic, count)| known.asks.add(topic, *count));
        }
    }

    /// A node is to be asked for these topics.
    pub(super) fn ask(&self, node: &str, topics: &[(Arc<str>, usize)]) {
        if let Some(known) = self.peers().get_mut(node) {
            topics.iter().for_each(|(topic, count)| known.asks.add(topic, *count));
        }
    }

    /// A node says something of what it was asked for.
    pub(super) fn answering(&self, node: &Node) {
        if let Some(known) = self.peers().get_mut(node.name()) {
            known.asks.answering();
        }
    }

    /// A node has said all of it.
    pub(super) fn answered(&self, node: &Node, question: u64) {
        if let Some(known) = self.peers().get_mut(node.name()) {
            known.asks.answered(question);
        }
    }

    /// Something of a node may have been missed.
    pub(super) fn suspect(&self, node: &Node) {
        if let Some(known) = self.peers().get_mut(node.name()) {
            known.is_suspect = true;
        }
    }

    /// The nodes of which something may have been missed, once.
    pub(super) fn take_suspects(&self) -> Vec<Arc<str>> {
        let mut peers = self.peers();
        let suspects = peers.iter_mut().filter(|(_, known)| known.is_suspect);
        let taken = suspects.map(|(name, known)| {
            known.is_suspect = false;
            Arc::clone(name)
        });
        taken.collect()
    }

    /// Asks again whoever does not answer.
    pub(super) fn lose_patience(&self) {
        self.peers().values_mut().for_each(|known| known.asks.lose_patience());
    }

    /// What is asked now, and whom; `last` is the number of the last question.
    pub(super) fn take_questions(&self, last: &mut u64) -> Vec<(Arc<str>, Vec<Question>)> {
        let mut peers = self.peers();
        let asked = peers.iter_mut().filter(|(_, known)| known.asks.has_more());
        asked.map(|(name, known)| (Arc::clone(name), known.asks.take(last))).collect()
    }

    /// Whether there is something to ask.
    pub(super) fn has_more(&self) -> bool {
        self.peers().values().any(|known| known.is_suspect || known.asks.has_more())
    }

    pub(super) fn is_known(&self, node: &Arc<str>) -> bool {
        self.peers().contains_key(node)
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
