//! This node's end.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use firecrest_pubsub::cluster::{Gap, Node, Refused};
use firecrest_pubsub::{PubSub, Service};
use tokio::sync::{Notify, mpsc};

use super::Peer;
use super::message::{self, Heard, Talk};
use super::peers::Peers;
use super::task;
use crate::hub::core::Core;
use crate::hub::parcel::{Carried, Letter, json};
use crate::hub::polls::Report;
use crate::telemetry::meter::{Count, add};
use crate::telemetry::{Panic, shown_error};

/// The name of the service that hubs talk through.
const SERVICE: &str = "hub";

/// How much of what nodes say about themselves waits for the task: 256 messages of 128 KiB at most. What has no room is lost: a table is made
/// good by the next lease, and a question is asked again.
const MAX_WAITING: usize = 256;

/// The way to the hubs of the other nodes.
pub(in crate::hub) struct Link {
    pub(super) own: Node,
    pub(super) peers: Peers,
    pub(super) wake: Arc<Notify>,
    /// Whether this node may have missed something of all others: it is told their tables again, and what they keep.
    pub(super) is_lost: AtomicBool,
    /// Whether the others may have missed its table.
    pub(super) is_unheard: AtomicBool,
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
            wake: Arc::default(),
            is_lost: AtomicBool::new(true),
            is_unheard: AtomicBool::new(false),
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
        // A node that becomes known later is asked for everything then.
        self.peers.ask_all(&[(Arc::clone(topic), count)]);
        self.wake();
    }

    /// Tells the others that this node begins to poll a topic, which takes so long at most.
    pub(in crate::hub) fn asks(&self, topic: &str, most: Duration) {
        self.send(&Talk::Polling { topic: topic.into(), most: message::millis(most) }.encode());
    }

    /// Tells the others what has come of that.
    pub(in crate::hub) fn polled(&self, topic: &str, report: &Report) {
        self.send(&Talk::polled(topic, report).encode());
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
                    let (topic, error) = (&*head.topic, shown_error(error));
                    tracing::error!(topic, error, "a message has no form in JSON: other nodes miss it");
                }
                return;
            }
        };
        let Some(bytes) = bytes else { return };
        add(Count::HubOut, 1);
        if peers.len() > 1 && peers.len() == self.peers.len() {
            return self.send(&bytes);
        }
        for peer in peers {
            self.send_to(peer.node.name(), &bytes);
        }
    }

    /// Sends something to all other nodes.
    pub(super) fn send(&self, bytes: &[u8]) {
        sent(self.pubsub.send(SERVICE, bytes));
    }

    /// Returns whether there was room for it. What will not be sent in any case counts as well.
    pub(super) fn send_to(&self, node: &str, bytes: &[u8]) -> bool {
        let refused = self.pubsub.send_to(node, SERVICE, bytes);
        sent(refused);
        refused != Err(Refused::Full)
    }

    /// Most bytes of a message.
    pub(super) fn max_message(&self) -> usize {
        self.pubsub.max_message(SERVICE).unwrap_or(usize::MAX)
    }

    fn hear(&self, core: &Core, from: &Node, bytes: Bytes) {
        match message::decode(self.own.name(), from.name(), bytes) {
            Some(Heard::Sent(letter)) => core.hear(letter),
            Some(Heard::Kept(letters)) => {
                self.peers.answering(from);
                letters.into_iter().for_each(|letter| keep(core, letter));
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

    /// Something may be missing. Only who has missed it asks.
    fn resync(&self, gap: &Gap) {
        match gap {
            Gap::In => self.is_lost.store(true, Ordering::Release),
            Gap::Out => self.is_unheard.store(true, Ordering::Release),
            Gap::From(node) => self.peers.suspect(node),
        }
        self.wake();
    }
}

/// Takes a message that another node has kept.
fn keep(core: &Core, letter: Letter) {
    let entry = core.known(&letter.head().topic, false);
    if let Some(entry) = entry.filter(|entry| entry.shelf.keeps() > 0) {
        core.see(&letter);
        core.shelve(&entry.shelf, &(Arc::new(letter) as _));
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
    /// What is dropped in there may be the application's, and panic: that is in nobody else's way.
    fn tell(&self, tell: impl FnOnce(&Core, &Link)) {
        let Some(core) = self.0.upgrade() else { return };
        let told = catch_unwind(AssertUnwindSafe(|| core.link.as_ref().map(|link| tell(&core, link))));
        if let Err(panic) = told {
            core.panicked(&Panic::new(panic));
        }
    }
}

impl Service for Ear {
    fn receive(&self, from: &Node, message: Bytes) {
        self.tell(|core, link| link.hear(core, from, message));
    }

    fn connected(&self) {
        self.tell(|_, link| link.resync(&Gap::In));
    }

    fn gap(&self, gap: &Gap) {
        self.tell(|_, link| link.resync(gap));
    }
}
