//! Who hears what is sent to a topic.

use std::sync::Arc;

use super::listener::{Kind, Listener};

/// The listeners of a topic as they were at some time: first what keeps messages, so that whoever is told finds them kept.
#[derive(Default)]
pub(super) struct Route {
    /// Of which state of the router it is.
    pub(super) generation: u64,
    pub(super) listeners: Vec<Arc<Listener>>,
    /// Whether anybody wants the message itself: those who count do not.
    pub(super) needs_message: bool,
    /// Whether a message's place among others matters to anybody: who keeps it, here or on other nodes.
    pub(super) needs_order: bool,
}

impl Route {
    /// Of the listeners that were found for a topic, some perhaps more than once; of a topic that stays on this node if so.
    pub(super) fn new(generation: u64, mut listeners: Vec<Arc<Listener>>, stays: bool) -> Self {
        if stays {
            listeners.retain(|listener| !listener.leads_out());
        }
        listeners.sort_unstable_by_key(|listener| (!matches!(listener.kind, Kind::Shelf(_)), listener.id));
        listeners.dedup_by_key(|listener| listener.id);
        let needs_message = listeners.iter().any(|listener| !matches!(listener.kind, Kind::Count(_)));
        let orders = |listener: &Arc<Listener>| matches!(listener.kind, Kind::Shelf(_) | Kind::Peer(_));
        let needs_order = listeners.iter().any(orders);
        Route { generation, listeners, needs_message, needs_order }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.listeners.is_empty()
    }

    /// Whether somebody on this node waits for messages.
    pub(super) fn is_watched(&self) -> bool {
        self.listeners.iter().any(|listener| matches!(listener.kind, Kind::Queue(_) | Kind::Bridge(_)))
    }
}
