//! What is known of another node.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::message::Version;
use crate::origin::Origin;
use crate::staging::Staging;
use crate::{Incarnation, NodeId, Options, Status};

#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) id: NodeId,
    pub(crate) status: Status,
    /// When it last gossiped.
    pub(crate) heard: u64,
    pub(crate) origin: Origin,
    /// How far it says to be, by the name of the node, itself included.
    pub(crate) versions: Versions,
    pub(crate) want: Want,
    /// Whether all its rows are to be had again, because there is room for them now.
    pub(crate) anew: bool,
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
    pub(crate) fn new(id: NodeId, now: u64, options: &Options) -> Self {
        Self {
            origin: Origin::new(id.incarnation(), options.log_ops, options.remote_rows),
            id,
            status: Status::Up,
            heard: now,
            versions: Versions::default(),
            want: Want::default(),
            anew: false,
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
        self.is_up() && (self.anew || self.want.target > self.origin.version())
    }

    /// What of it is here, for those who are asked for the rest.
    pub(crate) fn have(&self) -> u64 {
        if self.anew { 0 } else { self.origin.version() }
    }

    /// Whether this snapshot of it brings something.
    pub(crate) fn needs(&self, at: u64) -> bool {
        at > self.origin.version() || (self.anew && at == self.origin.version())
    }

    /// Notes that somebody is this far in its operations.
    pub(crate) fn want(&mut self, version: u64, due: u64) {
        if !self.lacks() && version > self.origin.version() {
            self.want = Want { target: version, due, ..Want::default() };
        }
        self.want.target = self.want.target.max(version);
    }

    /// Notes how many rows it has at some version, when those here are not all.
    pub(crate) fn recount(&mut self, at: u64, rows: u64, max: usize, due: u64) {
        let here = self.origin.len() as u64;
        if self.origin.version() == at && here == rows {
            self.origin.complete();
            self.anew = false;
            self.settle();
        } else if rows > max as u64 {
            self.anew = false;
            self.settle();
        } else if !self.anew {
            if !self.lacks() {
                self.want = Want { target: at, due, ..Want::default() };
            }
            self.anew = true;
        }
    }

    /// Tidies up after something of it was taken over.
    pub(crate) fn settle(&mut self) {
        if self.staging.as_ref().is_some_and(|staging| !self.needs(staging.at())) {
            self.staging = None;
        }
        if !self.lacks() {
            self.want = Want { target: self.origin.version(), ..Want::default() };
        }
    }

    /// How far it says to be in the operations of this node.
    pub(crate) fn has(&self, node: &NodeId) -> u64 {
        self.versions.get(node)
    }
}

/// How far a node says to be in the operations of each node, by name.
#[derive(Debug, Default)]
pub(crate) struct Versions(BTreeMap<Arc<str>, (Incarnation, u64)>);

impl Versions {
    pub(crate) fn get(&self, node: &NodeId) -> u64 {
        let version = self.0.get(node.name());
        version.filter(|version| version.0 == node.incarnation()).map_or(0, |version| version.1)
    }

    /// Takes over what is said now. What was said of a node that is now left out stays while `known` knows its name.
    pub(crate) fn take_over<'a>(
        &mut self,
        versions: &[Version],
        max: usize,
        known: impl Fn(&str) -> Option<&'a Arc<str>>,
    ) {
        for Version { node, version } in versions {
            if let Some((life, held)) = self.0.get_mut(node.name()) {
                *held = if *life == node.incarnation() { *version.max(held) } else { *version };
                *life = node.incarnation();
            } else if self.0.len() < max {
                let name = known(node.name()).unwrap_or_else(|| node.name());
                self.0.insert(name.clone(), (node.incarnation(), *version));
            }
        }
        if self.0.len() > versions.len() {
            self.0.retain(|name, _| known(name).is_some());
        }
    }
}
