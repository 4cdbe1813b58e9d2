//! A counter, as everybody holds it.

use std::fmt;
use std::sync::Arc;

use tokio::sync::watch;

use crate::TallyError;
use crate::cell::Cell;
use crate::tally::Handle;

/// A durable number that many add to. Cheap to clone; clones, and all that [`Tally::counter`](crate::Tally::counter) returns for
/// the same name, are the same counter.
#[derive(Clone)]
pub struct Counter {
    cell: Arc<Cell>,
    tally: Arc<Handle>,
}

impl Counter {
    pub(crate) fn new(cell: Arc<Cell>, tally: Arc<Handle>) -> Self {
        Counter { cell, tally }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.cell.name()
    }

    /// The value: everything that has been added in this process, whether it is written or not, and what others have
    /// written, as far as it is known here. One read from memory.
    pub fn get(&self) -> i64 {
        self.cell.value()
    }

    /// Adds, and returns the value right after that when it is written (B004).
    ///
    /// # Errors
    ///
    /// Those of [`add`](Self::add).
    pub async fn increment(&self, by: u64) -> Result<i64, TallyError> {
        self.add(i64::try_from(by).map_err(|_| TallyError::Overflow)?).await
    }

    /// Adds, and returns the value right after that when it is written. [`get`](Self::get) has it at once, unless
    /// [`max_pending`](crate::TallyOptions::max_pending) others wait; as long as it waits for room, it is not counted.
    ///
    /// The value is the one on this node: increments that others make at the same time may or may not be in it. No two
    /// increments of one counter that are made through the same tally and are all positive return the same value, unless one
    /// of them failed.
    ///
    /// A future that is dropped before it is done takes nothing back: what was counted stays counted.
    ///
    /// # Errors
    ///
    /// * [`TallyError::Overflow`], when the value would be outside of `i64`.
    /// * [`TallyError::Store`], when the store refused the commit; the value goes back.
    /// * [`TallyError::Closed`], when the tally is closed.
    ///
    /// While the store is away this waits; [`Tally::health`](crate::Tally::health) shows it.
    pub async fn add(&self, by: i64) -> Result<i64, TallyError> {
        let shared = &self.tally.shared;
        let room = shared.room.acquire().await.map_err(|_| TallyError::Closed)?;
        let (value, round) = self.cell.add(by, &shared.queue)?;
        // The writer gives it back, with those of all who wait for the same commit.
        room.forget();
        round.outcome().await?;
        Ok(value)
    }

    /// Adds without waiting: an atomic operation, and a mark for the writer if the counter has none. At the end of `i64` the
    /// value stays there, and the log says so.
    ///
    /// A crash of the process loses what was added in the last [`commit_interval`](crate::TallyOptions::commit_interval),
    /// and what is in a commit under way. When a commit is refused it is tried again with the next one, until the tally is
    /// closed. After that it changes nothing but the value in memory.
    pub fn add_later(&self, by: i64) {
        self.cell.add_later(by, &self.tally.shared.queue);
    }

    /// The newest value, now and after every commit, ten times a second while the store is away, and as soon as others'
    /// commits are known here. Who is slow misses values but the newest, and slows nobody. It ends when the tally is closed.
    pub fn watch(&self) -> watch::Receiver<i64> {
        self.tally.shared.watchers.watch(&self.cell)
    }
}

impl fmt::Debug for Counter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Counter").field("name", &self.name()).field("value", &self.get()).finish()
    }
}
