//! What a replica holds, and what can be read from it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::clock::Clock;
use crate::counts::Counts;
use crate::entry::Entry;
use crate::limits::{MAX_HEAD, MAX_NAME};
use crate::message::{Body, Message};
use crate::origin::{self, Origin};
use crate::peer::Peer;
use crate::pending::Pending;
use crate::row::{ConnectionId, Count, Row};
use crate::view::View;
use crate::{Diff, NodeId, Options, OptionsError, ToldRow};

use super::output::{Outgoing, Output, Target};

/// One node's copy of who is where.
#[derive(Debug)]
pub struct Replica {
    pub(super) id: NodeId,
    pub(super) options: Options,
    pub(super) clock: Clock,
    /// The rows of this node.
    pub(super) own: Origin,
    pub(super) peers: BTreeMap<Arc<str>, Peer>,
    pub(super) view: View,
    pub(super) pending: Pending,
    pub(super) counts: Counts,
    /// Up to which name the logs of the others were pruned lately.
    pub(super) pruned: Option<Arc<str>>,
    /// The last own operation that was gossiped.
    pub(super) sent: u64,
    /// When a delta may be gossiped.
    pub(super) delta_at: u64,
    /// When a heartbeat is due.
    pub(super) heartbeat_at: u64,
    pub(super) heartbeats: u64,
    /// Most bytes of a message that can be sent.
    pub(super) max_message: usize,
}

/// Whether a node is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It was silent for too long; its rows are kept, but hidden.
    Down,
    /// It left for good; it is remembered for a while so that its late messages do not bring it back.
    Left,
    /// It is heard.
    Up,
}

/// How much a replica holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Rows of all nodes, hidden ones included.
    pub rows: usize,
    /// Topics with rows that are listed.
    pub topics: usize,
    /// Recent operations of all nodes.
    pub log: usize,
    /// Changes that wait to be told.
    pub changes: usize,
    /// Nodes of which something is missing.
    pub missing: usize,
    /// Snapshots that are still coming in.
    pub staging: usize,
    /// Numbers of topics, of all nodes.
    pub counts: usize,
    /// Other nodes.
    pub nodes: usize,
}

impl Replica {
    /// A replica without rows, at this time in milliseconds. It speaks at its first [`tick`](Self::tick).
    pub fn new(id: NodeId, options: Options, now: u64) -> Result<Self, OptionsError> {
        options.check()?;
        let len = id.name().len();
        if len == 0 || len > MAX_NAME {
            return Err(OptionsError::Name { len });
        }
        Ok(Self {
            clock: Clock::new(now, options.heartbeat_ms.saturating_mul(2)),
            own: Origin::new(id.incarnation(), options.log_ops, usize::MAX),
            peers: BTreeMap::new(),
            view: View::default(),
            pending: Pending::default(),
            counts: Counts::default(),
            pruned: None,
            sent: 0,
            delta_at: 0,
            heartbeat_at: 0,
            heartbeats: 0,
            max_message: usize::MAX,
            id,
            options,
        })
    }

    /// Who this is.
    pub fn id(&self) -> &NodeId {
        &self.id
    }

    /// Says how many bytes of a message can be sent, from now on. Rows are cut into messages that have no more, as
    /// [`Options::message_bytes`] allow; a row that is larger travels alone all the same.
    pub fn set_max_message(&mut self, bytes: usize) {
        self.max_message = bytes;
    }

    /// How many bytes of rows a message may have.
    pub fn message_bytes(&self) -> usize {
        self.options.message_bytes.min(self.max_message.saturating_sub(MAX_HEAD))
    }

    /// The rows of a topic, sorted by key, those of a key by connection (P002, P016).
    pub fn list(&self, topic: &str) -> impl Iterator<Item = Row<'_>> {
        self.view.list(topic)
    }

    /// The rows of a key in a topic (P015).
    pub fn get_by_key(&self, topic: &str, key: &str) -> impl Iterator<Item = Row<'_>> {
        self.view.get_by_key(topic, key)
    }

    /// The rows of a topic behind this one, which need not be there: the next page of [`list`](Self::list).
    pub fn list_after(
        &self,
        topic: &str,
        key: &str,
        connection: ConnectionId,
    ) -> impl Iterator<Item = Row<'_>> {
        self.view.list_after(topic, key, connection)
    }

    /// The different keys of a topic, sorted. Nothing is copied.
    pub fn keys(&self, topic: &str) -> impl Iterator<Item = &Arc<str>> {
        self.view.keys(topic)
    }

    /// How many are in a topic, without counting (P082).
    pub fn count(&self, topic: &str) -> Count {
        self.view.count(topic)
    }

    /// The topics that have rows, in no order.
    pub fn topics(&self) -> impl Iterator<Item = &Arc<str>> {
        self.view.topics()
    }

    /// The other nodes that are known, and how far their operations are.
    pub fn nodes(&self) -> impl Iterator<Item = (&NodeId, Status, u64)> {
        self.peers.values().map(|peer| (&peer.id, peer.status, peer.origin.version()))
    }

    /// How many connections all nodes together have in a topic of which only the number is known.
    pub fn total(&self, topic: &str) -> u64 {
        self.counts.total(topic)
    }

    /// Begins to tell in [`Output::totals`] how the [`total`](Self::total) of a topic changes, from what it is now.
    pub fn watch_total(&mut self, topic: &str) {
        self.counts.watch(topic);
    }

    /// Ends it.
    pub fn unwatch_total(&mut self, topic: &str) {
        self.counts.unwatch(topic);
    }

    /// Begins to tell how a topic changes, from what [`list`](Self::list) gives now.
    pub fn watch(&mut self, topic: &str) {
        self.pending.watch(topic);
    }

    /// Ends it.
    pub fn unwatch(&mut self, topic: &str) {
        self.pending.unwatch(topic);
    }

    /// What the watchers of a topic have been told so far, sorted like [`list`](Self::list).
    ///
    /// It is the list with the changes taken back that wait for the next diff. A newcomer who gets it, and then every
    /// diff that follows, knows what everybody knows (I14), without a diff for each newcomer. Give it again to everybody
    /// when a diff says [`Resync`](crate::Change::Resync); while one waits, it is the list. That of a topic that
    /// nobody watches is the list as well.
    pub fn told(&self, topic: &str) -> Vec<ToldRow> {
        self.pending.told(&self.view, topic)
    }

    /// The changes of a topic that wait to be told, at once: the next diff begins where this one ends.
    pub fn flush(&mut self, topic: &str) -> Option<Diff> {
        let next = self.clock.now().saturating_add(self.options.diff_ms);
        self.pending.take(&self.view, topic.into(), next)
    }

    /// How much it holds.
    pub fn usage(&self) -> Usage {
        let peers = || self.peers.values();
        Usage {
            rows: self.own.len() + peers().map(|peer| peer.origin.len()).sum::<usize>(),
            topics: self.view.topics().len(),
            log: self.own.log_len() + peers().map(|peer| peer.origin.log_len()).sum::<usize>(),
            changes: self.pending.len(),
            missing: peers().filter(|peer| peer.lacks()).count(),
            staging: peers().filter(|peer| peer.staging.is_some()).count(),
            counts: self.counts.len(),
            nodes: self.peers.len(),
        }
    }

    pub(super) fn send(&self, to: Target, body: Body, out: &mut Output) {
        let bytes = Message { sender: self.id.clone(), body }.encode();
        out.outgoing.push(Outgoing { to, bytes });
    }
}

/// Where rows are listed, and what waits to be told of that.
pub(super) struct Stage<'a> {
    pub(super) view: &'a mut View,
    pub(super) pending: &'a mut Pending,
    /// Most rows that wait.
    pub(super) max: usize,
}

impl Stage<'_> {
    pub(super) fn show(&mut self, change: origin::Change<'_>) {
        match change {
            origin::Change::Put(row) => self.put(row),
            origin::Change::Del(row) => self.remove(row),
        }
    }

    pub(super) fn put(&mut self, row: &Arc<Entry>) {
        let before = self.view.put(row);
        self.pending.note(row, before, self.max);
    }

    pub(super) fn remove(&mut self, row: &Arc<Entry>) {
        let before = self.view.remove(row);
        self.pending.note(row, before, self.max);
    }
}
