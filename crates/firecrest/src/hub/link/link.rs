//! This node's end.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use bytes::Bytes;
use firecrest_pubsub::cluster::{Gap, Node, Refused};
use firecrest_pubsub::{PubSub, Service};
use tokio::sync::{Notify, mpsc};

use super::Peer;
use super::asks::Asks;
use super::message::{self, Heard, Talk};
use super::peers::Peers;
use super::task;
use crate::hub::Stale;
use crate::hub::core::Core;
use crate::hub::parcel::{Carried, json, micros};

/// The name of the service that hubs talk through.
const SERVICE: &str = "hub";

/// How much of what nodes say about themselves waits for the task: 256 messages of 128 KiB at most. What has no room is lost, and made
/// good by the next lease.
const MAX_WAITING: usize = 256;

/// The way to the hubs of the other nodes.
pub(in crate::hub) struct Link {
    pub(super) own: Node,
    pub(super) peers: Peers,
    pub(super) asks: Asks,
    pub(super) wake: Arc<Notify>,
    /// Whether tables are to be exchanged again.
    pub(super) is_lost: AtomicBool,
    pub(super) has_left: AtomicBool,
    pubsub: PubSub,
    talk: mpsc::Sender<(Node, Talk)>,
    /// What waits, until the task begins.
    inbox: Mutex<Option<mpsc::Receiver<(Node, Talk)>>>,
}

impl Link {
    /// Nothing when there are no other nodes.
    pub(in crate::hub) fn new(pubsub: &PubSub, core: &Weak<Core>) -> Option<Self> {
        let own = pubsub.node()?.clone();
        // Tables are exchanged when there is a connection: there is nothing to wait for.
        let _ = pubsub.serve(SERVICE, Arc::new(Ear(Weak::clone(core))));
        let (talk, inbox) = mpsc::channel(MAX_WAITING);
        Some(Link {
            own,
            peers: Peers::default(),
            asks: Asks::default(),
            wake: Arc::default(),
            is_lost: AtomicBool::new(true),
            has_left: AtomicBool::new(false),
            pubsub: pubsub.clone(),
            talk,
            inbox: Mutex::new(Some(inbox)),
        })
    }

    /// Begins to talk, the first time that this is called.
    pub(in crate::hub) fn start(&self, core: &Arc<Core>) {
        if let Some(inbox) = self.inbox.lock().unwrap_or_else(PoisonError::into_inner).take() {
            tokio::spawn(task::run(Arc::downgrade(core), Arc::clone(&self.wake), inbox));
        }
    }

    /// Something may have changed that the others have to know.
    pub(in crate::hub) fn wake(&self) {
        self.wake.notify_one();
    }

    /// Asks the others for what they have kept of a topic.
    pub(in crate::hub) fn ask(&self, topic: &Arc<str>, count: usize) {
        self.asks.add(Arc::clone(topic), count);
        self.wake();
    }

    /// Tells the others that this node has polled a topic, and whether what it keeps is stale now.
    pub(in crate::hub) fn polled(&self, topic: &str, stale: Option<&Stale>) {
        let stale = stale.map(|stale| (micros(stale.since), stale.error.clone()));
        self.send(&Talk::Polled { topic: topic.into(), stale }.encode());
    }

    /// Says goodbye. It is not taken back.
    pub(in crate::hub) fn leave(&self) {
        if !self.has_left.swap(true, Ordering::AcqRel) {
            self.send(&Talk::Bye.encode());
        }
    }

    /// Sends a message to the nodes that want it.
    pub(in crate::hub) fn publish(&self, core: &Core, peers: &[&Arc<Peer>], message: &dyn Carried) {
        let head = message.head();
        let bytes = match json(message) {
            Ok(json) => message::sent(head, json),
            Err(error) => {
                metrics::counter!("firecrest_hub_dropped_total", "reason" => "encode").increment(1);
                if core.noise.is_news("encode") {
                    tracing::error!(
                        topic = &*head.topic,
                        error,
                        "a message has no form in JSON: other nodes miss it"
                    );
                }
                return;
            }
        };
        let Some(bytes) = bytes else { return };
        metrics::counter!("firecrest_hub_messages_total", "direction" => "out").increment(1);
        if peers.len() > 1 && peers.len() == self.peers.len() {
            return self.send(&bytes);
        }
        peers.iter().for_each(|peer| self.send_to(peer.node.name(), &bytes));
    }

    /// Sends something to all other nodes.
    pub(super) fn send(&self, bytes: &[u8]) {
        sent(self.pubsub.send(SERVICE, bytes));
    }

    pub(super) fn send_to(&self, node: &str, bytes: &[u8]) {
        sent(self.pubsub.send_to(node, SERVICE, bytes));
    }

    fn hear(&self, core: &Core, from: &Node, bytes: Bytes) {
        match message::decode(self.own.name(), from.name(), bytes) {
            Some(Heard::Sent(letter)) => core.hear(letter),
            Some(Heard::Kept(letter)) => {
                let entry = core.known(&letter.head().topic, false);
                if let Some(entry) = entry.filter(|entry| entry.shelf.keeps() > 0) {
                    entry.shelf.put(&(Arc::new(letter) as _));
                }
            }
            Some(Heard::Talk(talk)) => {
                if self.talk.try_send((from.clone(), talk)).is_err() {
                    metrics::counter!("firecrest_hub_dropped_total", "reason" => "talk").increment(1);
                }
            }
            None => {
                metrics::counter!("firecrest_hub_dropped_total", "reason" => "unreadable").increment(1);
                if core.noise.is_news("unreadable") {
                    tracing::warn!(node = &**from.name(), "a message of another node's hub cannot be read");
                }
            }
        }
    }

    fn resync(&self) {
        self.is_lost.store(true, Ordering::Release);
        self.wake();
    }
}

/// What cannot be sent is lost; without a connection nobody is there to miss it.
fn sent(sent: Result<(), Refused>) {
    let reason = match sent {
        Ok(()) | Err(Refused::Offline) => return,
        Err(Refused::TooLarge { .. }) => "too_large",
        Err(_) => "cluster",
    };
    metrics::counter!("firecrest_hub_dropped_total", "reason" => reason).increment(1);
}

/// What other nodes say to this one. It does not keep the hub.
struct Ear(Weak<Core>);

impl Ear {
    fn tell(&self, tell: impl FnOnce(&Core, &Link)) {
        if let Some(core) = self.0.upgrade()
            && let Some(link) = &core.link
        {
            tell(&core, link);
        }
    }
}

impl Service for Ear {
    fn receive(&self, from: &Node, message: Bytes) {
        self.tell(|core, link| link.hear(core, from, message));
    }

    fn connected(&self) {
        self.tell(|_, link| link.resync());
    }

    fn gap(&self, _: &Gap) {
        self.tell(|_, link| link.resync());
    }
}
