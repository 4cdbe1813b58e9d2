//! What becomes of this node's rows when it ends, and when it begins again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use firecrest_presence::Replica;

use super::service::Service;
use super::{Mode, Shutdown};

#[derive(Default)]
pub(super) struct Leaving {
    /// Whether rows of channels that end are kept for the other nodes.
    hands_off: AtomicBool,
    /// Whether this node has left its cluster, so that nothing is sent any more.
    has_left: AtomicBool,
    /// The rows that nobody holds any more; no more than this node may have.
    kept: Mutex<Vec<Kept>>,
}

/// A row whose channel has ended.
pub(super) struct Kept {
    pub(super) mode: Mode,
    pub(super) topic: Arc<str>,
    pub(super) key: Arc<str>,
    pub(super) number: u64,
}

impl Leaving {
    pub(super) fn has_left(&self) -> bool {
        self.has_left.load(Ordering::Acquire)
    }

    /// Whether rows are kept: then this one is.
    pub(super) fn keeps(&self, row: impl FnOnce() -> Kept) -> bool {
        let hands_off = self.hands_off.load(Ordering::Acquire);
        if hands_off {
            self.kept.lock().unwrap_or_else(PoisonError::into_inner).push(row());
        }
        hands_off
    }
}

impl Service {
    /// The connections of this node are told to go.
    pub(crate) fn drain(&self) {
        self.leaving.hands_off.store(self.options.shutdown == Shutdown::Handoff, Ordering::Release);
    }

    /// The node leaves its cluster: it says goodbye, unless its rows are to be found until it is missed. It does not come back in this life,
    /// and says no more.
    pub(crate) fn leave(self: &Arc<Self>) {
        if self.options.shutdown == Shutdown::Handoff {
            // What the others keep is what they have been told.
            self.write_quietly(|replica| replica.hurry(0));
            let _ = self.turn();
        }
        let has_left = self.leaving.has_left.swap(true, Ordering::AcqRel);
        if has_left || self.options.shutdown == Shutdown::Handoff {
            return;
        }
        let id = self.read(|replica| replica.id().clone());
        // The replica itself is for those who are still here; another of the same name says it.
        if let Ok(leaving) = Replica::new(id, firecrest_presence::Options::default(), 0) {
            leaving.leave().outgoing.iter().for_each(|outgoing| self.send(outgoing));
        }
    }

    /// The endpoint is served, for the first time or again.
    pub(super) fn come_back(&self) {
        self.leaving.hands_off.store(false, Ordering::Release);
        let kept = std::mem::take(&mut *self.leaving.kept.lock().unwrap_or_else(PoisonError::into_inner));
        for Kept { mode, topic, key, number } in kept {
            self.end(mode, &topic, &key, number);
        }
    }
}
