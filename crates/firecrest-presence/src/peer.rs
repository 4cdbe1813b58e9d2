//! What is known of another node.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::message::Version;
use crate::origin::Origin;
use crate::staging::Staging;
use crate::{Incarnation, NodeId, Status};

#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) id: NodeId,
    pub(crate) status: Status,
    /// When it last gossiped.
    pub(crate) heard: u64,
    pub(crate) origin: Origin,
    /// How far it says to be, by the name of the node, itself included.
    pub(crate) versions: BTreeMap<Arc<str>, (Incarnation, u64)>,
    pub(crate) want: Want,
    pub(crate) staging: Option<Staging>,
}

/// What is missing of a node, and who was asked for it.
#[derive(Debug, Default)]
pub(crate) struct Want {
    /// The last operation that somebody is known to have.
    pub(crate) target: u64,
    /// When to ask, or to ask another.
    pub(crate) due: u64,
    /// Whether somebody was asked and may still answer.
    pub(crate) asked: bool,
    /// Who was asked in vain or may still answer.
    pub(crate) tried: Vec<Arc<str>>,
}

impl Peer {
    pub(crate) fn new(id: NodeId, now: u64, log_ops: usize) -> Self {
        Self {
            id,
            status: Status::Up,
            heard: now,
            origin: Origin::new(log_ops),
            versions: BTreeMap::new(),
            want: Want::default(),
            staging: None,
        }
    }

    pub(crate) fn is_up(&self) -> bool {
        self.status == Status::Up
    }

    /// Whether rows of this writer are its rows. Those of a node that left come too late.
    pub(crate) fn writes(&self, origin: &NodeId) -> bool {
        self.id == *origin && self.status != Status::Left
    }

    /// Whether something is missing that can be had.
    pub(crate) fn lacks(&self) -> bool {
        self.is_up() && self.want.target > self.origin.version()
    }

    /// Notes that somebody is this far in its operations.
    pub(crate) fn want(&mut self, version: u64, due: u64) {
        if !self.lacks() && version > self.origin.version() {
            self.want = Want { target: version, due, ..Want::default() };
        }
        self.want.target = self.want.target.max(version);
    }

    /// Tidies up after something of it was taken over.
    pub(crate) fn settle(&mut self) {
        if self.staging.as_ref().is_some_and(|staging| staging.at() <= self.origin.version()) {
            self.staging = None;
        }
        if !self.lacks() {
            self.want = Want { target: self.origin.version(), ..Want::default() };
        }
    }

    /// How far it says to be in the operations of this node.
    pub(crate) fn has(&self, node: &NodeId) -> u64 {
        let version = self.versions.get(node.name());
        version.filter(|version| version.0 == node.incarnation()).map_or(0, |version| version.1)
    }

    /// Takes over how far it says to be. What it said of a node that it now leaves out stays while `known` does.
    pub(crate) fn heard_versions(&mut self, versions: &[Version], max: usize, known: impl Fn(&str) -> bool) {
        self.versions.retain(|name, _| known(name));
        for Version { node, version } in versions {
            let version = self.has(node).max(*version);
            if self.versions.len() < max || self.versions.contains_key(node.name()) {
                self.versions.insert(node.name().clone(), (node.incarnation(), version));
            }
        }
    }
}
