//! Who writes.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{FutureExt, StreamExt, stream};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep, sleep_until};

use crate::cell::Taken;
use crate::erased::Changes;
use crate::queue::{Due, Gathered};
use crate::tally::Shared;
use crate::{Batch, StoreError, TallyError, WriterId};

/// How long to wait before a commit that has failed is repeated: this first, twice as long each time, up to the last.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(5));

/// How often those who watch are told while a commit takes long.
const PATIENCE: Duration = Duration::from_millis(100);

/// Most changes of others that are taken before those who watch are told.
const MAX_CHANGES: usize = 1_000;

/// Most counters of a commit that are named in the log.
const MAX_LOGGED: usize = 10;

/// The task that commits what was added, and learns what others have.
pub(crate) struct Writer {
    shared: Arc<Shared>,
    changes: Changes,
    id: WriterId,
    /// Number of the last batch.
    number: u64,
    /// Since when the first counters in the queue have been there, or a little longer.
    gathering: Option<Instant>,
    /// How long to wait after the next failure.
    pause: Duration,
    /// No commit before this, after one that was refused.
    not_before: Option<Instant>,
    /// When to tell those who watch, while a commit takes long.
    patience: Interval,
    /// When to give up, once the tally is being closed.
    deadline: Option<Instant>,
    /// The first thing that could not be written while closing.
    lost: Option<TallyError>,
}

impl Writer {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        let changes = Box::pin(shared.store.changes_erased().chain(stream::pending()));
        let mut patience = interval(PATIENCE);
        patience.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Writer {
            shared,
            changes,
            id: WriterId::random(),
            number: 0,
            gathering: None,
            pause: PAUSES.0,
            not_before: None,
            patience,
            deadline: None,
            lost: None,
        }
    }

    /// Runs until the tally is closed and all is written.
    pub(crate) async fn run(mut self) {
        while self.wait().await {
            if let Some(gathered) = self.shared.queue.take() {
                self.gathering = Some(Instant::now());
                self.write(gathered).await;
            }
        }
        let closed =
            self.shared.store.close_erased().await.map_err(|error| TallyError::Store(Arc::new(error)));
        let outcome = self.lost.take().map_or(closed, Err);
        self.shared.ended.conclude(outcome);
    }

    /// Waits for a commit that is due; `false` when there will not be one. Learns meanwhile what others have written.
    async fn wait(&mut self) -> bool {
        // Commits may follow each other without a break.
        if let Some(change) = self.changes.next().now_or_never() {
            self.learn(change);
        }
        loop {
            // In this order: once it is closed, nothing more comes.
            let closed = self.shared.queue.is_closed();
            let due = self.due(closed);
            match due {
                None if closed => return false,
                Some(due) if due <= Instant::now() => return true,
                _ => {}
            }
            tokio::select! {
                () = self.shared.queue.bell.notified() => {}
                () = until(due) => {}
                change = self.changes.next() => self.learn(change),
            }
        }
    }

    /// When there must be a commit, if there is anything to commit.
    fn due(&mut self, closed: bool) -> Option<Instant> {
        let due = match self.shared.queue.due() {
            Due::Never => {
                self.gathering = None;
                return None;
            }
            Due::Now => Instant::now(),
            Due::Later => {
                *self.gathering.get_or_insert_with(Instant::now) + self.shared.options.commit_interval
            }
        };
        let earliest = self.not_before.filter(|_| !closed);
        Some(earliest.map_or(due, |earliest| due.max(earliest)))
    }

    /// Takes what others have written, as much as is there.
    fn learn(&mut self, first: Option<(String, i64)>) {
        let more = std::iter::from_fn(|| self.changes.next().now_or_never().flatten());
        for (name, stored) in first.into_iter().chain(more).take(MAX_CHANGES) {
            self.shared.table.learn(&name, stored);
        }
        self.shared.watchers.tell();
    }

    /// Commits what was gathered, and tells everybody.
    async fn write(&mut self, gathered: Gathered) {
        let queue = &self.shared.queue;
        let taken: Vec<Taken> = gathered.cells.iter().filter_map(|cell| cell.take(queue)).collect();
        // Nobody joins any more: the counters are not marked.
        let waiting = gathered.round.waiting();
        self.shared.show_pending();
        let outcome = self.commit(&taken).await;
        if let Err(error) = &outcome {
            self.refused(&taken, error);
        }
        self.shared.watchers.tell();
        let outcome = outcome.map_err(TallyError::Store);
        self.shared.queue.conclude(&gathered.round, outcome);
        self.shared.room.add_permits(waiting);
        self.shared.show_pending();
    }

    /// Commits, again and again while the store is away; the counters know of it afterwards.
    async fn commit(&mut self, taken: &[Taken]) -> Result<(), Arc<StoreError>> {
        let changed = || taken.iter().filter(|taken| taken.delta != 0);
        let deltas: Vec<_> = changed().map(|taken| (Arc::clone(taken.cell.name()), taken.delta)).collect();
        if deltas.is_empty() {
            return Ok(());
        }
        self.number += 1;
        let batch = Batch { writer: self.id, number: self.number, deltas };
        let started = std::time::Instant::now();
        let values = self.persist(&batch).await;
        metrics::histogram!("firecrest_tally_commit_seconds").record(started.elapsed());
        let result = if values.is_ok() { "ok" } else { "failed" };
        metrics::counter!("firecrest_tally_commits_total", "result" => result).increment(1);
        for (taken, value) in changed().zip(values?) {
            taken.cell.learn(value);
        }
        self.shared.health.succeeded();
        (self.pause, self.not_before) = (PAUSES.0, None);
        Ok(())
    }

    /// Has the store add a batch, and repeats that until it is known to have added it or not.
    async fn persist(&mut self, batch: &Batch) -> Result<Vec<i64>, Arc<StoreError>> {
        let shared = Arc::clone(&self.shared);
        let mut last = None;
        loop {
            let Some(answer) = self.in_time(shared.store.commit_erased(batch)).await else {
                let late =
                    || Arc::new(StoreError::unavailable("it did not answer before the counters were closed"));
                return Err(last.unwrap_or_else(late));
            };
            let error = match answer {
                Ok(values) => return Ok(values),
                Err(error) => Arc::new(error),
            };
            // Once it is unknown whether the batch has been added, being refused does not tell.
            let refused = matches!(*error, StoreError::Failed(_)) && last.is_none();
            shared.health.failed(&error, refused);
            if refused {
                return Err(error);
            }
            shared.watchers.tell();
            metrics::counter!("firecrest_tally_retries_total").increment(1);
            let pause = self.next_pause();
            self.in_time(sleep(pause)).await;
            last = Some(error);
        }
    }

    /// Waits for something, and tells those who watch meanwhile. `None` when the tally is being closed for too long.
    async fn in_time<F: Future>(&mut self, work: F) -> Option<F::Output> {
        let shared = Arc::clone(&self.shared);
        let mut work = std::pin::pin!(work);
        loop {
            let overdue = async {
                shared.queue.closed().await;
                let deadline =
                    self.deadline.get_or_insert_with(|| Instant::now() + shared.options.close_within);
                sleep_until(*deadline).await;
            };
            tokio::select! {
                biased;
                () = overdue => return None,
                result = &mut work => return Some(result),
                _ = self.patience.tick() => shared.watchers.tell(),
            }
        }
    }

    /// A commit was refused: those who wait will be told, and the rest comes with the next one, unless there is none.
    fn refused(&mut self, taken: &[Taken], error: &Arc<StoreError>) {
        if self.shared.queue.is_closed() {
            let rest = |taken: &Taken| (Arc::clone(taken.cell.name()), taken.give_back(None));
            let lost: Vec<_> = taken.iter().map(rest).filter(|(_, rest)| *rest != 0).collect();
            let some = &lost[..lost.len().min(MAX_LOGGED)];
            tracing::error!(counters = lost.len(), ?some, %error, "counters were closed before they were written");
            self.lost.get_or_insert_with(|| TallyError::Store(Arc::clone(error)));
            return;
        }
        for taken in taken {
            taken.give_back(Some(&self.shared.queue));
        }
        let pause = self.next_pause();
        self.not_before = Some(Instant::now() + pause);
    }

    /// A little less than the last one doubled, at random, so that nodes do not come back all at once.
    fn next_pause(&mut self) -> Duration {
        let pause = self.pause;
        self.pause = PAUSES.1.min(pause * 2);
        pause.mul_f64(rand::random_range(0.5..1.0))
    }
}

/// Ends what is left when the writer ends, and that is everything when its runtime ends or the store panics.
impl Drop for Writer {
    fn drop(&mut self) {
        self.shared.close();
        self.shared.queue.abandon();
        self.shared.watchers.close();
        if self.shared.ended.conclude(Err(TallyError::Closed)) {
            let error = Arc::new(StoreError::failed("who writes the counters has ended"));
            self.shared.health.failed(&error, true);
        }
    }
}

async fn until(due: Option<Instant>) {
    match due {
        Some(due) => sleep_until(due).await,
        None => std::future::pending().await,
    }
}
