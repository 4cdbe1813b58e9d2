//! The connections of this node.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use slab::Slab;

use crate::connection::Shared;

/// All connections of a node: to count them, and to drain them.
#[derive(Default)]
pub(crate) struct Registry(Mutex<Slab<Arc<Shared>>>);

/// A connection's place in the registry, given up when dropped.
pub(crate) struct Registration {
    registry: Arc<Registry>,
    key: usize,
}

impl Registry {
    pub(crate) fn register(self: &Arc<Self>, connection: Arc<Shared>) -> Registration {
        let key = self.lock().insert(connection);
        Registration { registry: Arc::clone(self), key }
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().len()
    }

    /// All connections there are now.
    pub(super) fn all(&self) -> Vec<Arc<Shared>> {
        self.lock().iter().map(|(_, connection)| Arc::clone(connection)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Slab<Arc<Shared>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.registry.lock().remove(self.key);
    }
}
