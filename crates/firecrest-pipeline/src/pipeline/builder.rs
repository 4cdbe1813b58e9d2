//! What users choose.

use std::fmt::Display;
use std::hash::Hash;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::core::{Core, Counts, KeysOf};
use super::error::ConfigError;
use super::handle::Pipeline;
use super::job::Job;
use super::key::key_of;
use super::line::Line;
use super::listeners::Listeners;
use super::meters::Meters;
use super::restart::{Restart, Restarts};
use super::shard::Shard;
use super::worker::work;
use crate::Keep;
use crate::drops::{Drops, OnDrop};

/// Most workers of one pipeline.
pub const MAX_WORKERS: usize = 10_000;

/// A pipeline that has not been started.
#[must_use = "nothing is worked on until it is started"]
pub struct Builder<T> {
    name: String,
    capacity: usize,
    key_capacity: Option<usize>,
    keep: Keep,
    max_demand: usize,
    min_demand: Option<usize>,
    timeout: Option<Duration>,
    expire_after: Option<Duration>,
    restarts: Option<Restarts<T>>,
    keys: KeysOf<T>,
    listeners: Option<Listeners<T>>,
    on_drop: Option<OnDrop>,
}

impl<T: Send + 'static> Builder<T> {
    pub(super) fn new(name: String) -> Self {
        Builder {
            name,
            capacity: 10_000,
            key_capacity: None,
            keep: Keep::Newest,
            max_demand: 10,
            min_demand: None,
            timeout: None,
            expire_after: None,
            restarts: None,
            keys: KeysOf { partition: None, fair: None, coalesce: None },
            listeners: None,
            on_drop: None,
        }
    }

    /// How many items may wait; 10,000 by default. Those that workers have in hand come in addition: up to 32 each.
    pub fn capacity(mut self, items: usize) -> Self {
        self.capacity = items;
        self
    }

    /// Which of them are kept when more come; the newest by default.
    pub fn keep(mut self, keep: Keep) -> Self {
        self.keep = keep;
        self
    }

    /// How many workers there are, and so how many items are worked on at once at most; 10 by default, 10,000 at most. Each is a
    /// task, started with the pipeline.
    pub fn max_demand(mut self, workers: usize) -> Self {
        self.max_demand = workers;
        self
    }

    /// How many workers must have finished before they ask for more, all together; half of [`max_demand`](Self::max_demand) by
    /// default, and below it. 0 or 1: each asks for itself. Without meaning when items are
    /// [partitioned](Self::partition_by): each worker has its own then.
    pub fn min_demand(mut self, workers: usize) -> Self {
        self.min_demand = Some(workers);
        self
    }

    /// How long a handler may take for one item; as long as it likes by default. One that takes longer is dropped, and the item
    /// counted as `timeout`.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// How long an item may wait; for ever by default. One that has waited for longer is dropped before work and counted (G058).
    pub fn expire_after(mut self, limit: Duration) -> Self {
        self.expire_after = Some(limit);
        self
    }

    /// Of all items with the same key only the newest waits; it takes the place of the one before (G059). One that is being worked on
    /// does not wait any more: to have the newest end last, [partition](Self::partition_by) by the same key. The key is a function
    /// of the item and nothing else.
    pub fn coalesce_by<K: Hash>(mut self, key: impl Fn(&T) -> K + Send + Sync + 'static) -> Self {
        self.keys.coalesce = Some(key_of(key));
        self
    }

    /// Items with the same key are worked on by the same worker, one after another, in the order they came (G027, G045). Each
    /// worker has a buffer of its own, an equal part of the [capacity](Self::capacity) and at least one item: whose buffer is
    /// full stops nobody else (G029).
    pub fn partition_by<K: Hash>(mut self, key: impl Fn(&T) -> K + Send + Sync + 'static) -> Self {
        self.keys.partition = Some(key_of(key));
        self
    }

    /// Keys take turns, an item each, however many items others have (G060). When the buffer is full and the newest are kept,
    /// the oldest of the key with most items is dropped. When the oldest are kept, give a
    /// [`key_capacity`](Self::key_capacity), or one key can fill the buffer.
    pub fn fair_by<K: Hash>(mut self, key: impl Fn(&T) -> K + Send + Sync + 'static) -> Self {
        self.keys.fair = Some(key_of(key));
        self
    }

    /// How many items of the same [fair](Self::fair_by) key may wait; as many as fit by default.
    pub fn key_capacity(mut self, items: usize) -> Self {
        self.key_capacity = Some(items);
        self
    }

    /// Asks before an item is worked on whether anybody wants it. On `false` it is left out and counted; on an error, a panic, or
    /// after five seconds, it is worked on (G061).
    pub fn listeners<L, F, E>(mut self, check: L) -> Self
    where
        L: Fn(&T) -> F + Send + Sync + 'static,
        F: Future<Output = Result<bool, E>> + Send + 'static,
        E: 'static,
    {
        self.listeners = Some(Listeners::new(check));
        self
    }

    /// Is told how many items a full buffer has cost since the last time, once a second at most. When it gives false, no line
    /// in the log says so.
    pub fn on_drop(mut self, hook: impl Fn(u64) -> bool + Send + Sync + 'static) -> Self {
        self.on_drop = Some(Box::new(hook));
        self
    }

    /// Starts the workers, each of which calls the handler with one item after another. Metrics go to the recorder that is
    /// installed by then.
    ///
    /// # Errors
    /// When numbers make no sense, or outside of a tokio runtime.
    pub fn start<H, F, E>(self, handler: H) -> Result<Pipeline<T>, ConfigError>
    where
        H: Fn(Job<T>) -> F + Send + Sync + 'static,
        F: Future<Output = Result<(), E>> + Send + 'static,
        E: Display + Send + 'static,
    {
        self.check()?;
        let runtime = Handle::try_current().map_err(|_| ConfigError::NoRuntime)?;
        let (workers, is_partitioned) = (self.max_demand, self.keys.partition.is_some());
        let (core, handler) = (Arc::new(self.core()), Arc::new(handler));
        let mut aborts = Vec::with_capacity(workers);
        for worker in 0..workers {
            let (shard, worker) = if is_partitioned { (worker, 0) } else { (0, worker) };
            let work = work(Arc::clone(&core), shard, worker, Arc::clone(&handler));
            aborts.push(core.tasks.spawn_on(work, &runtime).abort_handle());
        }
        *core.aborts.lock().unwrap_or_else(PoisonError::into_inner) = aborts;
        Ok(Pipeline::new(core))
    }

    fn check(&self) -> Result<(), ConfigError> {
        let max = self.max_demand;
        if self.capacity == 0 || self.key_capacity == Some(0) {
            return Err(ConfigError::Capacity);
        }
        if !(1..=MAX_WORKERS).contains(&max) {
            return Err(ConfigError::MaxDemand(max));
        }
        match self.min_demand {
            Some(min) if min >= max => Err(ConfigError::MinDemand { max, min }),
            _ => Ok(()),
        }
    }

    fn core(self) -> Core<T> {
        let shards = self.shards();
        Core {
            shards,
            keys: self.keys,
            timeout: self.timeout,
            expire_after: self.expire_after,
            restarts: self.restarts,
            listeners: self.listeners,
            meters: Meters::new(&self.name),
            drops: Drops::new(&self.name, self.on_drop),
            counts: Counts::default(),
            is_failed: AtomicBool::new(false),
            failed: CancellationToken::new(),
            tasks: TaskTracker::new(),
            aborts: Mutex::default(),
            complained: Mutex::default(),
            name: self.name.into(),
        }
    }

    fn shards(&self) -> Box<[Shard<T>]> {
        let workers = self.max_demand;
        if self.keys.partition.is_none() {
            let refill = self.min_demand.unwrap_or(workers / 2);
            return [Shard::new(self.line(self.capacity), workers, refill)].into();
        }
        (0..workers).map(|_| Shard::new(self.line((self.capacity / workers).max(1)), 1, 1)).collect()
    }

    fn line(&self, capacity: usize) -> Line<T> {
        match self.keys.fair {
            Some(_) => Line::fair(capacity, self.keep, self.key_capacity.unwrap_or(capacity)),
            None => Line::new(capacity, self.keep),
        }
    }
}

impl<T: Clone + Send + 'static> Builder<T> {
    /// What becomes of an item whose handler fails; by default it is only counted. To be begun again, items are cloned.
    pub fn restart(mut self, restart: Restart) -> Self {
        self.restarts = match restart {
            Restart::Temporary => None,
            Restart::Transient { max, within } => Some(Restarts::new(max, within, T::clone)),
        };
        self
    }
}

impl<T> std::fmt::Debug for Builder<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder").field("name", &self.name).finish_non_exhaustive()
    }
}
