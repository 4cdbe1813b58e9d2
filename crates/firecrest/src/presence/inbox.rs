//! What other nodes send to this one's presence.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use bytes::Bytes;
use firecrest_pubsub::cluster::{Gap, Node};
use firecrest_pubsub::{PubSub, Service as Listener};
use tokio::sync::{Notify, mpsc};

use super::service::NAME;
use crate::telemetry::meter::{Limit, reached};

/// Most messages that wait to be taken. Those beyond are lost, counted (`firecrest_presence_messages_lost_total`), and asked for again
/// when they are missed.
const MAX_WAITING: usize = 1_024;

/// Most bytes that wait to be taken, at which the same happens.
const MAX_WAITING_BYTES: usize = 64 * 1024 * 1024;

/// Most bytes of a message. Ours have half of it: 256 KiB of rows, and a heartbeat as much again for the names of the other nodes. A larger one
/// is somebody else's, is not taken, and counts as unreadable (`firecrest_presence_unreadable_total`).
const MAX_BYTES: usize = 1024 * 1024;

/// What has come from the other nodes, and waits to be taken.
#[derive(Debug)]
pub(super) struct Inbox {
    messages: mpsc::Receiver<Message>,
    state: Arc<State>,
}

/// A message from another node.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) from: Arc<str>,
    pub(super) bytes: Bytes,
}

/// What is not lost however many messages there are.
#[derive(Debug, Default)]
struct State {
    /// Whether there is a connection since this was last asked.
    connected: AtomicBool,
    /// Whether there was a gap since this was last asked.
    gap: AtomicBool,
    /// Bytes of the messages that wait.
    bytes: AtomicUsize,
}

/// Takes what other nodes send from now on; `wake` is told of what is no message.
pub(super) fn open(pubsub: &PubSub, wake: &Arc<Notify>) -> Inbox {
    let (ear, inbox) = pair(wake);
    if pubsub.node().is_some() {
        // Nobody waits for others to reach this node: what it misses it asks for.
        drop(pubsub.serve(NAME, Arc::new(ear)));
    }
    inbox
}

fn pair(wake: &Arc<Notify>) -> (Ear, Inbox) {
    let (sender, messages) = mpsc::channel(MAX_WAITING);
    let state = Arc::<State>::default();
    (Ear { sender, state: Arc::clone(&state), wake: Arc::clone(wake) }, Inbox { messages, state })
}

impl Inbox {
    /// The next message; nothing when there will be none.
    pub(super) async fn next(&mut self) -> Option<Message> {
        let message = self.messages.recv().await?;
        self.state.bytes.fetch_sub(message.bytes.len(), Ordering::AcqRel);
        Some(message)
    }

    /// Whether there is a connection since this was last asked.
    pub(super) fn take_connected(&self) -> bool {
        self.state.connected.swap(false, Ordering::AcqRel)
    }

    /// Whether messages may have been lost since this was last asked.
    pub(super) fn take_gap(&self) -> bool {
        self.state.gap.swap(false, Ordering::AcqRel)
    }
}

/// It knows nothing of the service: the topics know it, and the service knows the topics.
struct Ear {
    sender: mpsc::Sender<Message>,
    state: Arc<State>,
    wake: Arc<Notify>,
}

impl Listener for Ear {
    fn receive(&self, from: &Node, message: Bytes) {
        let len = message.len();
        if len > MAX_BYTES {
            metrics::counter!("firecrest_presence_unreadable_total").increment(1);
            return;
        }
        // Given back by who takes it.
        let fits = self.state.bytes.fetch_add(len, Ordering::AcqRel) + len <= MAX_WAITING_BYTES;
        if !fits || self.sender.try_send(Message { from: from.name().clone(), bytes: message }).is_err() {
            self.state.bytes.fetch_sub(len, Ordering::AcqRel);
            reached(Limit::PresenceMessages);
            metrics::counter!("firecrest_presence_messages_lost_total").increment(1);
        }
    }

    fn connected(&self) {
        self.state.connected.store(true, Ordering::Release);
        self.wake.notify_one();
    }

    fn gap(&self, _: &Gap) {
        self.state.gap.store(true, Ordering::Release);
        self.wake.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    fn waiting(inbox: &mut Inbox) -> usize {
        std::iter::from_fn(|| inbox.next().now_or_never().flatten()).count()
    }

    #[test]
    fn messages_that_cannot_be_ours_are_not_kept() {
        let (ear, mut inbox) = pair(&Arc::default());
        let node = Node::new("a", 1);
        for len in [0, MAX_BYTES, MAX_BYTES + 1, 8 * MAX_BYTES] {
            ear.receive(&node, Bytes::from(vec![0; len]));
        }
        assert_eq!(waiting(&mut inbox), 2);
    }

    #[test]
    fn what_waits_is_bounded_in_bytes_and_in_number_and_counted_only_while_it_waits() {
        let (ear, mut inbox) = pair(&Arc::default());
        let (node, large) = (Node::new("a", 1), Bytes::from(vec![0; MAX_BYTES]));
        for _ in 0..3 {
            (0..MAX_WAITING).for_each(|_| ear.receive(&node, large.clone()));
            assert_eq!(waiting(&mut inbox), MAX_WAITING_BYTES / MAX_BYTES);
            assert!(Limit::PresenceMessages.total() > 0);
            (0..2 * MAX_WAITING).for_each(|_| ear.receive(&node, Bytes::from_static(b"small")));
            assert_eq!(waiting(&mut inbox), MAX_WAITING);
        }
    }

    #[test]
    fn gaps_and_connections_are_noticed_when_no_message_fits_any_more() {
        let (ear, inbox) = pair(&Arc::default());
        assert!(!inbox.take_gap() && !inbox.take_connected());
        (0..2 * MAX_WAITING).for_each(|_| ear.receive(&Node::new("a", 1), Bytes::new()));
        ear.gap(&Gap::In);
        ear.connected();
        assert!(inbox.take_gap() && inbox.take_connected());
        assert!(!inbox.take_gap() && !inbox.take_connected());
    }
}
