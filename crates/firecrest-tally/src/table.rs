//! All counters of a tally.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use tokio::sync::OnceCell;

use crate::TallyError;
use crate::cell::Cell;
use crate::erased::ErasedStore;

/// Longest name of a counter, in bytes.
const MAX_NAME: usize = 255;

/// How often a counter is loaded while others write it: nobody can tell which is newer, what was loaded or what they have
/// written meanwhile. A counter that is written more often than that is soon written again, and known then.
const MAX_LOADS: usize = 8;

/// The counters that were asked for, by name. None is ever forgotten: whoever asks for a name again gets the same one.
pub(crate) struct Table {
    slots: RwLock<HashMap<Arc<str>, Slot>>,
    max_counters: usize,
}

#[derive(Clone)]
enum Slot {
    Loading(Arc<Loading>),
    Ready(Arc<Cell>),
}

/// A counter that is being loaded, once for all who ask for it.
struct Loading {
    name: Arc<str>,
    cell: OnceCell<Arc<Cell>>,
    /// Whether others have written it since the store was asked. Written under the table's lock.
    changed: AtomicBool,
}

impl Table {
    pub(crate) fn new(max_counters: usize) -> Self {
        Table { slots: RwLock::default(), max_counters }
    }

    /// The counter, which is loaded unless it has been.
    pub(crate) async fn counter(&self, name: &str, store: &dyn ErasedStore) -> Result<Arc<Cell>, TallyError> {
        if let Some(Slot::Ready(cell)) = self.read().get(name) {
            return Ok(Arc::clone(cell));
        }
        let request = match self.enter(name)? {
            Slot::Ready(cell) => return Ok(cell),
            Slot::Loading(loading) => Request { table: self, loading },
        };
        let loading = &*request.loading;
        loading.cell.get_or_try_init(|| self.load(loading, store)).await.map(Arc::clone)
    }

    /// Takes what others have written.
    pub(crate) fn learn(&self, name: &str, stored: i64) {
        let slots = self.read();
        match slots.get(name) {
            Some(Slot::Ready(cell)) => cell.learn(stored),
            Some(Slot::Loading(loading)) => loading.changed.store(true, Ordering::Relaxed),
            None => {}
        }
    }

    /// The slot of a counter, which is a new one if there was none.
    fn enter(&self, name: &str) -> Result<Slot, TallyError> {
        if name.is_empty() || name.len() > MAX_NAME || name.contains('\0') {
            return Err(TallyError::Name(name.len()));
        }
        let mut slots = self.write();
        if let Some(slot) = slots.get(name) {
            return Ok(slot.clone());
        }
        if slots.len() >= self.max_counters {
            return Err(TallyError::TooManyCounters(self.max_counters));
        }
        let name = Arc::<str>::from(name);
        let loading =
            Loading { name: Arc::clone(&name), cell: OnceCell::new(), changed: AtomicBool::new(false) };
        let slot = Slot::Loading(Arc::new(loading));
        slots.insert(name, slot.clone());
        Ok(slot)
    }

    async fn load(&self, loading: &Loading, store: &dyn ErasedStore) -> Result<Arc<Cell>, TallyError> {
        let names = [loading.name.to_string()];
        let mut attempts = 1..=MAX_LOADS;
        loop {
            loading.changed.store(false, Ordering::Relaxed);
            let values =
                store.load_erased(&names).await.map_err(|error| TallyError::Store(Arc::new(error)))?;
            let last = attempts.next() == Some(MAX_LOADS);
            let mut slots = self.write();
            if last || !loading.changed.load(Ordering::Relaxed) {
                let value = values.first().copied().unwrap_or(0);
                let cell = Arc::new(Cell::new(Arc::clone(&loading.name), value));
                slots.insert(Arc::clone(&loading.name), Slot::Ready(Arc::clone(&cell)));
                metrics::gauge!("firecrest_tally_counters").set(slots.len() as f64);
                return Ok(cell);
            }
        }
    }

    /// Nobody panics halfway through a change, so poison means nothing.
    fn read(&self) -> RwLockReadGuard<'_, HashMap<Arc<str>, Slot>> {
        self.slots.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<Arc<str>, Slot>> {
        self.slots.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody who asks for a counter. The last one who gives up takes the slot away.
struct Request<'a> {
    table: &'a Table,
    loading: Arc<Loading>,
}

impl Drop for Request<'_> {
    fn drop(&mut self) {
        if self.loading.cell.initialized() {
            return;
        }
        let mut slots = self.table.write();
        // The table's and this one.
        let last = Arc::strong_count(&self.loading) == 2;
        let name = &self.loading.name;
        let ours =
            matches!(slots.get(name), Some(Slot::Loading(loading)) if Arc::ptr_eq(loading, &self.loading));
        if last && ours {
            slots.remove(name);
        }
    }
}
