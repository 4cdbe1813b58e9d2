//! What connects the sessions of this node with the requests at others, and the other way round.

use std::sync::{Arc, Weak};

use bytes::Bytes;
use firecrest_pubsub::cluster::{Gap, Node};
use firecrest_pubsub::{PubSub, Service};
use tokio::sync::{Notify, Semaphore};
use tokio_util::task::TaskTracker;

use super::asked::Asked;
use super::heard::Heard;
use super::message::{Answer, Request};
use super::pieces::{Gathered, Gathering, HEADER_LEN, Piece, cut};
use super::seal::{SEAL_LEN, Seal, To};
use super::serving::Serving;
use crate::token::SecretKeyBase;
use crate::transport::longpoll::sessions::Table;

/// The name of the service that nodes send each other's requests to.
const SERVICE: &str = "longpoll";

/// Bytes of POSTs that may be on their way to other nodes and not answered yet, whatever they are; those beyond are answered 503. They
/// share the way with everybody's broadcasts, which must not be lost for their sake.
const MAX_PUSHED: usize = 8 * 1024 * 1024;

/// The way to the sessions of other nodes, and theirs to ours.
pub(in crate::transport::longpoll) struct Relay {
    pub(super) node: Node,
    pub(super) sessions: Table,
    pub(super) tracker: TaskTracker,
    pub(super) asked: Asked,
    pub(super) serving: Serving,
    pub(super) heard: Heard,
    pub(super) gathering: Gathering,
    /// Tells polls of other nodes' sessions that this node goes.
    pub(super) leaving: Notify,
    /// Room for bytes of POSTs.
    pub(super) room: Semaphore,
    pubsub: PubSub,
    seal: Seal,
}

impl Relay {
    /// Nothing when there are no other nodes.
    pub(in crate::transport::longpoll) fn new(
        pubsub: &PubSub,
        sessions: Table,
        secret: &SecretKeyBase,
        tracker: &TaskTracker,
    ) -> Option<Arc<Self>> {
        let relay = Arc::new(Relay {
            node: pubsub.node()?.clone(),
            sessions,
            tracker: tracker.clone(),
            asked: Asked::default(),
            serving: Serving::default(),
            heard: Heard::default(),
            gathering: Gathering::default(),
            leaving: Notify::new(),
            room: Semaphore::new(MAX_PUSHED),
            pubsub: pubsub.clone(),
            seal: Seal::new(secret),
        });
        // Requests come to a node by its name, and to nobody through a subject: there is nothing to wait for.
        let _ = pubsub.serve(SERVICE, Arc::new(Ear(Arc::downgrade(&relay))));
        Some(relay)
    }

    /// This node's name.
    pub(in crate::transport::longpoll) fn name(&self) -> &Arc<str> {
        self.node.name()
    }

    /// Answers the polls of other nodes' sessions that hang here with nothing, so that they are made elsewhere.
    pub(in crate::transport::longpoll) fn send_home(&self) {
        self.leaving.notify_waiters();
    }

    /// Asks a node. It may never hear of it.
    pub(super) fn ask(&self, node: &str, number: u64, request: &Request) {
        self.send(To::Name(node), false, number, &request.encode());
    }

    /// Answers a node. It may never hear of it.
    pub(super) fn answer(&self, node: &Node, number: u64, answer: &Answer) {
        self.send(To::Node(node), true, number, &answer.encode());
    }

    fn send(&self, to: To<'_>, is_answer: bool, number: u64, whole: &[u8]) {
        let most = self.pubsub.max_message(SERVICE).unwrap_or_default();
        for mut piece in cut(is_answer, number, whole, most.saturating_sub(HEADER_LEN + SEAL_LEN)) {
            let seal = self.seal.sign(&self.node, to, &piece);
            piece.extend_from_slice(&seal);
            // Whoever waits for an answer notices that there is none.
            let _ = self.pubsub.send_to(to.name(), SERVICE, &piece);
        }
    }

    /// Hears what a node says; nothing when it is not one of ours, or does not make sense.
    fn hear(self: &Arc<Self>, from: &Node, mut message: Bytes) -> Option<()> {
        let seal = message.split_off(message.len().checked_sub(SEAL_LEN)?);
        let piece = Piece::read(message.clone())?;
        let (is_answer, number) = (piece.is_answer, piece.number);
        let to = if is_answer { To::Node(&self.node) } else { To::Name(self.name()) };
        if !self.seal.is_right(from, to, &message, &seal) {
            return None;
        }
        if is_answer && !self.asked.is_waiting(number, from) {
            return Some(());
        }
        match self.gathering.add(from.life(), piece) {
            Gathered::Part => {}
            Gathered::Full if is_answer => self.asked.answer(number, Answer::Busy),
            Gathered::Full => self.answer(from, number, &Answer::Busy),
            Gathered::Whole(whole) if is_answer => self.asked.answer(number, Answer::decode(whole)?),
            Gathered::Whole(whole) => self.serve(from, number, Request::decode(whole)?),
        }
        Some(())
    }
}

/// What other nodes say to this one. It does not keep the relay.
struct Ear(Weak<Relay>);

impl Service for Ear {
    fn receive(&self, from: &Node, message: Bytes) {
        let Some(relay) = self.0.upgrade() else { return };
        if relay.hear(from, message).is_none() {
            metrics::counter!("firecrest_longpoll_unreadable_total").increment(1);
        }
    }

    /// Whoever waits for what was lost notices by itself.
    fn gap(&self, _: &Gap) {}
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::Endpoint;
    use crate::transport::longpoll::SessionId;
    use firecrest_pubsub::cluster::InProcess;

    fn relay(name: &str, secret: &str) -> Arc<Relay> {
        let endpoint = Endpoint::builder()
            .node(name)
            .secret_key_base(secret.repeat(64))
            .cluster(InProcess::new().node());
        let endpoint = endpoint.build().unwrap();
        Arc::clone(endpoint.sessions().relay().unwrap())
    }

    /// A message as a node sends it.
    fn sealed(relay: &Relay, to: To<'_>, is_answer: bool, whole: &[u8]) -> Bytes {
        let mut piece = cut(is_answer, 1, whole, 1_000).next().unwrap();
        let seal = relay.seal.sign(&relay.node, to, &piece);
        piece.extend_from_slice(&seal);
        piece.into()
    }

    #[test]
    fn only_nodes_that_know_the_secret_are_heard_and_only_by_whom_they_mean() {
        let (here, there, stranger) = (relay("here", "s"), relay("there", "s"), relay("there", "t"));
        let poll = Request::Poll(SessionId(1)).encode();
        let to = To::Name("here");
        assert!(here.hear(&there.node, sealed(&there, to, false, &poll)).is_some());
        assert!(here.hear(&stranger.node, sealed(&stranger, to, false, &poll)).is_none());
        assert!(here.hear(&there.node, sealed(&stranger, to, false, &poll)).is_none());
        assert!(here.hear(&there.node, sealed(&there, To::Name("elsewhere"), false, &poll)).is_none());
        assert!(here.hear(&stranger.node, sealed(&there, to, false, &poll)).is_none(), "another life");
        let answer = Answer::Gone.encode();
        let former = Node::new("here", 1);
        assert!(here.hear(&there.node, sealed(&there, To::Node(&here.node), true, &answer)).is_some());
        assert!(here.hear(&there.node, sealed(&there, To::Node(&former), true, &answer)).is_none());
    }

    #[test]
    fn who_was_not_asked_is_not_heard() {
        let (here, there, other) = (relay("here", "s"), relay("there", "s"), relay("other", "s"));
        let (number, mut answered) = here.asked.add(there.name()).unwrap();
        assert_eq!(number, 1);
        let answer = Answer::Gone.encode();
        here.hear(&other.node, sealed(&other, To::Node(&here.node), true, &answer)).unwrap();
        assert!(answered.try_recv().is_err());
        here.hear(&there.node, sealed(&there, To::Node(&here.node), true, &answer)).unwrap();
        assert_eq!(answered.try_recv(), Ok(Answer::Gone));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Whatever the broker says, nothing panics and nothing is done.
        #[test]
        fn garbage_is_not_heard(
            messages in vec(vec(any::<u8>(), 0..120), 1..8),
            flips in vec((any::<prop::sample::Index>(), 1u8..), 8),
        ) {
            let (here, there) = (relay("here", "s"), relay("there", "s"));
            for message in messages {
                prop_assert!(here.hear(&there.node, message.into()).is_none());
            }
            let good = sealed(&there, To::Name("here"), false, &Request::Poll(SessionId(1)).encode());
            for (at, flip) in flips {
                let mut bad = good.to_vec();
                bad[at.index(good.len())] ^= flip;
                prop_assert!(here.hear(&there.node, bad.into()).is_none());
                let cut = good.slice(..at.index(good.len()));
                prop_assert!(here.hear(&there.node, cut).is_none());
            }
            // What is signed and makes no sense is no better.
            let nonsense = sealed(&there, To::Name("here"), false, &[77]);
            prop_assert!(here.hear(&there.node, nonsense).is_none());
        }
    }
}
