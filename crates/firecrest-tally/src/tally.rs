//! The counters of a process.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Once};

use tokio::sync::Semaphore;

use crate::erased::ErasedStore;
use crate::health::Shown;
use crate::queue::{Queue, Round};
use crate::table::Table;
use crate::watchers::Watchers;
use crate::writer::Writer;
use crate::{Counter, EmbeddedStore, Health, MemoryStore, OpenError, Store, TallyError, TallyOptions};

/// The counters of a process, and who writes them. Clones are the same tally.
///
/// One is enough for a process: [`counter`](Self::counter) gives the same counter for the same name. The writer is a task that
/// is started, on the runtime of whoever is first, when a counter is asked for. When the tally is dropped with all its clones
/// and counters, without [`close`](Self::close), the writer writes what is pending and ends; if the runtime ends before it is
/// done, what nobody waited for may be lost, as in a crash.
#[derive(Clone)]
pub struct Tally {
    handle: Arc<Handle>,
}

/// What keeps the writer alive.
pub(crate) struct Handle {
    pub(crate) shared: Arc<Shared>,
}

/// What handles and the writer share.
pub(crate) struct Shared {
    pub(crate) store: Box<dyn ErasedStore>,
    pub(crate) options: TallyOptions,
    pub(crate) table: Table,
    pub(crate) queue: Queue,
    pub(crate) watchers: Watchers,
    pub(crate) health: Shown,
    /// For as many increments as may wait.
    pub(crate) room: Semaphore,
    started: Once,
    /// Concluded when the writer has ended.
    pub(crate) ended: Round,
}

impl Tally {
    /// Opens the counters in a file, which is created if there is none: an [`EmbeddedStore`] with the default options.
    ///
    /// # Errors
    ///
    /// See [`EmbeddedStore::open`].
    pub async fn open(path: impl AsRef<Path>) -> Result<Tally, OpenError> {
        Ok(Self::with_store(EmbeddedStore::open(path).await?, TallyOptions::default()))
    }

    /// Counters that end with the process, for tests and development. The log says so, once.
    pub fn in_memory() -> Tally {
        static WARNED: Once = Once::new();
        WARNED.call_once(|| tracing::warn!("counters are kept in memory only: they end with the process"));
        Self::with_store(MemoryStore::default(), TallyOptions::default())
    }

    /// Counters in a store, such as one that several nodes share.
    pub fn with_store(store: impl Store, options: TallyOptions) -> Tally {
        let options = options.within_bounds();
        let shared = Shared {
            store: Box::new(store),
            table: Table::new(options.max_counters),
            queue: Queue::new(options.commit_size),
            watchers: Watchers::default(),
            health: Shown::new(),
            room: Semaphore::new(options.max_pending),
            started: Once::new(),
            ended: Round::default(),
            options,
        };
        Tally { handle: Arc::new(Handle { shared: Arc::new(shared) }) }
    }

    /// A counter; one that nobody has added to is 0 (B003). It is loaded when it is asked for the first time, later calls
    /// return the same from memory.
    ///
    /// # Errors
    ///
    /// * [`TallyError::Name`], when the name does not have 1 to 255 bytes, or has the character 0.
    /// * [`TallyError::TooManyCounters`], at [`max_counters`](TallyOptions::max_counters).
    /// * [`TallyError::Store`], when it cannot be loaded.
    /// * [`TallyError::Closed`].
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub async fn counter(&self, name: &str) -> Result<Counter, TallyError> {
        let shared = &self.handle.shared;
        if shared.queue.is_closed() {
            return Err(TallyError::Closed);
        }
        self.start();
        let cell = shared.table.counter(name, &*shared.store).await?;
        Ok(Counter::new(cell, Arc::clone(&self.handle)))
    }

    /// Waits until everything is written that was added before, at once instead of after the interval.
    ///
    /// # Errors
    ///
    /// [`TallyError::Store`], when a commit was refused. [`TallyError::Closed`], when the writer has ended without being
    /// closed. After closing, those of [`close`](Self::close).
    pub async fn flush(&self) -> Result<(), TallyError> {
        let shared = &self.handle.shared;
        for round in shared.queue.hurry() {
            round.outcome().await?;
        }
        if shared.queue.is_closed() { shared.ended.outcome().await } else { Ok(()) }
    }

    /// Writes what is pending, closes the store and ends the writer. From the call on, counters answer
    /// [`TallyError::Closed`]. Calling it again waits for the same end.
    ///
    /// # Errors
    ///
    /// [`TallyError::Store`], when something could not be written and is lost, or the store could not be closed; with a
    /// store that is away, after [`close_within`](TallyOptions::close_within). The log says which counters have lost what.
    pub async fn close(&self) -> Result<(), TallyError> {
        self.start();
        self.handle.shared.close();
        self.handle.shared.ended.outcome().await
    }

    /// How the store is doing.
    pub fn health(&self) -> Health {
        self.handle.shared.health.get()
    }

    /// Starts the writer, once.
    fn start(&self) {
        let shared = &self.handle.shared;
        // Others wait for the first one: it listens to others' changes before anything is loaded.
        shared.started.call_once_force(|_| {
            tokio::spawn(Writer::new(Arc::clone(shared)).run());
        });
    }
}

impl Shared {
    /// Takes no more increments.
    pub(crate) fn close(&self) {
        self.room.close();
        self.queue.close();
    }

    /// Shows how many increments wait.
    pub(crate) fn show_pending(&self) {
        let pending = self.options.max_pending.saturating_sub(self.room.available_permits());
        metrics::gauge!("firecrest_tally_pending").set(pending as f64);
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.close();
    }
}

impl fmt::Debug for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tally").field("health", &self.health()).finish_non_exhaustive()
    }
}
