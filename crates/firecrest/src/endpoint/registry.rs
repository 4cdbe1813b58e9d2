//! The connections of this node.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use slab::Slab;

use crate::connection::{CloseReason, Shared};
use crate::telemetry::meter::Open;

/// All connections of a node: to count them, and to drain them.
#[derive(Default)]
pub(crate) struct Registry(Mutex<State>);

#[derive(Default)]
struct State {
    connections: Slab<Arc<Shared>>,
    /// Whether the node is leaving: who connects now is told to go at once.
    draining: bool,
}

/// A connection's place in the registry, given up when dropped.
pub(crate) struct Registration {
    registry: Arc<Registry>,
    key: usize,
    _open: Option<Open>,
}

impl Registry {
    pub(crate) fn register(self: &Arc<Self>, connection: Arc<Shared>) -> Registration {
        let mut state = self.lock();
        if state.draining {
            connection.outbox.close(CloseReason::Draining);
        }
        let open = Open::connection(connection.transport);
        let key = state.connections.insert(connection);
        drop(state);
        Registration { registry: Arc::clone(self), key, _open: open }
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().connections.len()
    }

    /// Whether the node is leaving.
    pub(crate) fn is_draining(&self) -> bool {
        self.lock().draining
    }

    /// Takes in connections again.
    pub(super) fn open(&self) {
        self.lock().draining = false;
    }

    /// All connections there are now. Those that come later are drained at once.
    pub(super) fn start_draining(&self) -> Vec<Arc<Shared>> {
        let mut state = self.lock();
        state.draining = true;
        state.all()
    }

    /// All connections there are now.
    pub(crate) fn all(&self) -> Vec<Arc<Shared>> {
        self.lock().all()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn all(&self) -> Vec<Arc<Shared>> {
        self.connections.iter().map(|(_, connection)| Arc::clone(connection)).collect()
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.registry.lock().connections.remove(self.key);
    }
}
