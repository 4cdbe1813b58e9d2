//! A cluster within one process.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use slab::Slab;
use tokio::sync::mpsc;

use super::{Cluster, Gap, Health, Node, Reached, Receiver, Refused};

/// Most messages that wait for one node; those beyond are lost, and the node is told of a gap.
const MAX_WAITING: usize = 65_536;

/// Most bytes of a message.
const MAX_MESSAGE: usize = 8 * 1024 * 1024;

/// Connects nodes that live in one process. Clones are the same cluster.
///
/// ```
/// use firecrest_pubsub::cluster::InProcess;
///
/// let cluster = InProcess::new();
/// let (here, there) = (cluster.node(), cluster.node());
/// ```
///
/// Nodes can be [cut off](Self::cut) and [connected](Self::heal) again, as a broken network would do it.
#[derive(Clone, Default)]
pub struct InProcess(Arc<Mutex<Members>>);

type Members = Slab<Member>;

/// A node that has been started.
struct Member {
    name: Arc<str>,
    subjects: HashSet<String>,
    inbox: mpsc::Sender<Heard>,
    is_cut: bool,
}

enum Heard {
    Connected,
    Message(Bytes),
    Gap(Gap),
}

/// One node's way to the others; made by [`InProcess::node`].
pub struct InProcessNode {
    cluster: InProcess,
    state: Mutex<State>,
}

enum State {
    /// Not started yet; these subjects are wanted.
    New(HashSet<String>),
    /// Started, as this member.
    Started(usize),
    Closed,
}

impl InProcess {
    /// A cluster without nodes.
    pub fn new() -> Self {
        Self::default()
    }

    /// The way to the others for one more node.
    pub fn node(&self) -> InProcessNode {
        InProcessNode { cluster: self.clone(), state: Mutex::new(State::New(HashSet::new())) }
    }

    /// Cuts a node off, by its name: it hears nobody, and nobody hears it.
    pub fn cut(&self, node: &str) {
        for member in named(&mut self.members(), node) {
            member.is_cut = true;
        }
    }

    /// Connects a node that was cut off. It is told that it may have missed something, and that others may have missed it.
    pub fn heal(&self, node: &str) {
        for member in named(&mut self.members(), node).filter(|member| member.is_cut) {
            member.is_cut = false;
            for heard in [Heard::Connected, Heard::Gap(Gap::In), Heard::Gap(Gap::Out)] {
                // A queue that is full ends with a gap anyway.
                let _ = member.inbox.try_send(heard);
            }
        }
    }

    fn members(&self) -> MutexGuard<'_, Members> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members = self.members();
        f.debug_list().entries(members.iter().map(|(_, member)| &member.name)).finish()
    }
}

/// The nodes of a name: more than one only by mistake.
fn named<'a>(members: &'a mut Members, name: &str) -> impl Iterator<Item = &'a mut Member> {
    members.iter_mut().map(|(_, member)| member).filter(move |member| *member.name == *name)
}

impl InProcessNode {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn member(&self) -> Option<usize> {
        match &*self.state() {
            State::Started(member) => Some(*member),
            State::New(_) | State::Closed => None,
        }
    }

    /// Hands a message to the others for whom `wants` holds.
    fn send(&self, message: &Bytes, wants: impl Fn(&Member) -> bool) -> Result<(), Refused> {
        let own = self.member().ok_or(Refused::Offline)?;
        if message.len() > MAX_MESSAGE {
            return Err(Refused::TooLarge { len: message.len(), max: MAX_MESSAGE });
        }
        let members = self.cluster.members();
        if members.get(own).is_none_or(|own| own.is_cut) {
            return Err(Refused::Offline);
        }
        for (_, member) in members.iter().filter(|(other, _)| *other != own) {
            if !member.is_cut && wants(member) {
                member.hear(message.clone());
            }
        }
        Ok(())
    }
}

impl Member {
    fn hear(&self, message: Bytes) {
        // One place is kept for the gap that stands for what had none.
        match self.inbox.capacity() {
            0 => {}
            1 => drop(self.inbox.try_send(Heard::Gap(Gap::In))),
            _ => drop(self.inbox.try_send(Heard::Message(message))),
        }
    }
}

impl Cluster for InProcessNode {
    fn start(&self, node: Node, receiver: Arc<dyn Receiver>) {
        let mut state = self.state();
        let State::New(subjects) = &mut *state else { return };
        let (inbox, mut waiting) = mpsc::channel(MAX_WAITING);
        let name = Arc::clone(node.name());
        let member = Member { name, subjects: std::mem::take(subjects), inbox, is_cut: false };
        *state = State::Started(self.cluster.members().insert(member));
        drop(state);
        tokio::spawn(async move {
            receiver.connected();
            while let Some(heard) = waiting.recv().await {
                match heard {
                    Heard::Connected => receiver.connected(),
                    Heard::Message(message) => receiver.receive(message),
                    Heard::Gap(gap) => receiver.gap(gap),
                }
            }
        });
    }

    fn publish(&self, subject: &str, message: Bytes) -> Result<(), Refused> {
        self.send(&message, |member| member.subjects.contains(subject))
    }

    fn direct(&self, node: &str, message: Bytes) -> Result<(), Refused> {
        self.send(&message, |member| *member.name == *node)
    }

    fn subscribe(&self, subject: &str, reached: Reached) {
        match &mut *self.state() {
            State::New(subjects) => drop(subjects.insert(subject.to_owned())),
            State::Started(member) => {
                if let Some(member) = self.cluster.members().get_mut(*member) {
                    member.subjects.insert(subject.to_owned());
                }
            }
            State::Closed => {}
        }
        reached.set();
    }

    fn unsubscribe(&self, subject: &str) {
        match &mut *self.state() {
            State::New(subjects) => drop(subjects.remove(subject)),
            State::Started(member) => {
                if let Some(member) = self.cluster.members().get_mut(*member) {
                    member.subjects.remove(subject);
                }
            }
            State::Closed => {}
        }
    }

    fn health(&self) -> Health {
        let member = match &*self.state() {
            State::New(_) => return Health::Connecting { since: std::time::SystemTime::now(), error: None },
            State::Started(member) => *member,
            State::Closed => return Health::Closed,
        };
        match self.cluster.members().get(member) {
            Some(member) if !member.is_cut => Health::Connected,
            _ => Health::Disconnected { since: std::time::SystemTime::now(), error: "cut off".into() },
        }
    }

    fn max_message(&self) -> usize {
        MAX_MESSAGE
    }

    fn close(&self) -> BoxFuture<'static, ()> {
        let state = std::mem::replace(&mut *self.state(), State::Closed);
        if let State::Started(member) = state {
            self.cluster.members().remove(member);
        }
        std::future::ready(()).boxed()
    }
}

/// As a process that ends.
impl Drop for InProcessNode {
    fn drop(&mut self) {
        if let Some(member) = self.member() {
            self.cluster.members().try_remove(member);
        }
    }
}

impl fmt::Debug for InProcessNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InProcessNode").field("member", &self.member()).finish_non_exhaustive()
    }
}
