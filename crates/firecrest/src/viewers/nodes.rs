//! Who looks on other nodes.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::presence::{Service, WatchedTotal};

/// Longest topic that other nodes are told as it is, in bytes; of a longer one they are told a digest.
const MAX_TOPIC: usize = 256;

/// The numbers of all nodes.
pub(super) struct Nodes(Arc<Service>);

impl Nodes {
    pub(super) fn new(service: Arc<Service>) -> Self {
        Nodes(service)
    }

    /// So many look here. Returns how many look on all nodes.
    pub(super) fn set(&self, topic: &str, here: usize) -> usize {
        let name = name(topic);
        self.0.set_count(&name, here as u64);
        saturating(self.0.total(&name)).max(here)
    }

    /// How many look on all nodes, as far as it is known here.
    pub(super) fn total(&self, topic: &str) -> usize {
        saturating(self.0.total(&name(topic)))
    }

    /// Calls `changed` whenever the total has, until what is returned is dropped.
    pub(super) fn watch(&self, topic: &str, changed: impl Fn() + Send + Sync + 'static) -> WatchedTotal {
        self.0.watch_total(&name(topic), move |_| changed())
    }
}

impl std::fmt::Debug for Nodes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Nodes")
    }
}

fn name(topic: &str) -> String {
    if topic.len() <= MAX_TOPIC {
        return format!("v:{topic}");
    }
    let digest = Sha256::digest(topic);
    digest.iter().fold("v:#".to_owned(), |name, byte| format!("{name}{byte:02x}"))
}

fn saturating(total: u64) -> usize {
    usize::try_from(total).unwrap_or(usize::MAX)
}
