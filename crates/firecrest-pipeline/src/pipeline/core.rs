//! What the workers share.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::key::{Key, KeyOf};
use super::line::{Joined, Keys};
use super::listeners::Listeners;
use super::meters::Meters;
use super::pushed::Pushed;
use super::restart::Restarts;
use super::shard::Shard;
use super::stats::{Done, Dropped, Stats};
use super::worker::discard;
use crate::drops::Drops;

/// Least time between two lines about items that have failed.
const COMPLAIN_EVERY: Duration = Duration::from_secs(1);

/// A pipeline without its intake.
pub(super) struct Core<T> {
    pub(super) name: Box<str>,
    pub(super) shards: Box<[Shard<T>]>,
    pub(super) keys: KeysOf<T>,
    pub(super) timeout: Option<Duration>,
    pub(super) expire_after: Option<Duration>,
    pub(super) restarts: Option<Restarts<T>>,
    pub(super) listeners: Option<Listeners<T>>,
    pub(super) meters: Meters,
    pub(super) drops: Arc<Drops>,
    pub(super) counts: Counts,
    pub(super) is_failed: AtomicBool,
    pub(super) failed: CancellationToken,
    pub(super) tasks: TaskTracker,
    pub(super) aborts: Mutex<Vec<AbortHandle>>,
    pub(super) complained: Mutex<Option<Instant>>,
}

/// What items are told apart by.
pub(super) struct KeysOf<T> {
    pub(super) partition: Option<KeyOf<T>>,
    pub(super) fair: Option<KeyOf<T>>,
    pub(super) coalesce: Option<KeyOf<T>>,
}

/// What is counted beside the shards, in items.
#[derive(Default)]
pub(super) struct Counts {
    oldest: AtomicU64,
    newest: AtomicU64,
    expired: AtomicU64,
    coalesced: AtomicU64,
    restarts: AtomicU64,
}

impl<T> Core<T> {
    pub(super) fn push(&self, item: T) -> Pushed<T> {
        let (shard, keys) = self.place(&item);
        let joined = shard.push(item, Instant::now(), keys);
        self.account(joined)
    }

    pub(super) async fn push_wait(&self, item: T) -> Pushed<T> {
        let (shard, keys) = self.place(&item);
        let joined = shard.push_wait(item, keys).await;
        self.account(joined)
    }

    /// Takes nothing any more.
    pub(super) fn close(&self) {
        self.shards.iter().for_each(|shard| shard.close(false));
        self.tasks.close();
    }

    /// Ends without doing what waits.
    pub(super) fn fail(&self) {
        if self.is_failed.swap(true, Ordering::Relaxed) {
            return;
        }
        self.shards.iter().for_each(|shard| shard.close(true));
        self.tasks.close();
        self.failed.cancel();
        tracing::error!(
            pipeline = &*self.name,
            depth = self.depth(),
            "the pipeline has failed: too many restarts"
        );
    }

    /// Discards what is left; how many that is.
    pub(super) fn discard(&self) -> usize {
        let left = self.shards.iter().map(|shard| {
            let (waiting, out) = shard.empty();
            self.meters.depth.decrement(waiting.len() as f64);
            let left = waiting.len() + out;
            discard(waiting);
            left
        });
        left.sum()
    }

    pub(super) fn abort(&self) {
        let tasks = self.aborts.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.iter().for_each(AbortHandle::abort);
    }

    pub(super) fn depth(&self) -> usize {
        self.shards.iter().map(Shard::depth).sum()
    }

    pub(super) fn active(&self) -> usize {
        self.shards.iter().map(Shard::active).sum()
    }

    pub(super) fn dropped(&self) -> Dropped {
        let count = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let Counts { oldest, newest, expired, coalesced, .. } = &self.counts;
        Dropped {
            oldest: count(oldest),
            newest: count(newest),
            expired: count(expired),
            coalesced: count(coalesced),
        }
    }

    pub(super) fn stats(&self) -> Stats {
        let mut done = Done::default();
        self.shards.iter().for_each(|shard| done.add(shard.done()));
        Stats {
            depth: self.depth(),
            active: self.active(),
            ok: done.ok,
            failed: done.failed,
            timeouts: done.timeouts,
            skipped: done.skipped,
            restarts: self.counts.restarts.load(Ordering::Relaxed),
            dropped: self.dropped(),
        }
    }

    pub(super) fn has_restarted(&self) {
        self.counts.restarts.fetch_add(1, Ordering::Relaxed);
        self.meters.restarts.increment(1);
    }

    pub(super) fn has_failed(&self) -> bool {
        self.is_failed.load(Ordering::Relaxed)
    }

    pub(super) fn has_expired(&self, items: u64) {
        self.meters.expired.increment(items);
        self.counts.expired.fetch_add(items, Ordering::Relaxed);
    }

    /// Whether it is time for a line about an item that has failed; one in a second is enough.
    pub(super) fn may_complain(&self) -> bool {
        let mut last = self.complained.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let may = last.is_none_or(|last| now.saturating_duration_since(last) >= COMPLAIN_EVERY);
        if may {
            *last = Some(now);
        }
        may
    }

    fn place(&self, item: &T) -> (&Shard<T>, Keys) {
        let key = |of: &Option<KeyOf<T>>| -> Option<Key> { of.as_ref().map(|of| of(item)) };
        let shard = key(&self.keys.partition).map_or(0, |key| key.part(self.shards.len()));
        (&self.shards[shard], Keys { fair: key(&self.keys.fair), coalesce: key(&self.keys.coalesce) })
    }

    fn account(&self, joined: Result<Joined<T>, T>) -> Pushed<T> {
        match joined {
            Ok(Joined::Added) => {
                self.meters.depth.increment(1.0);
                Pushed::Accepted
            }
            Ok(Joined::Replaced(_)) => {
                self.meters.coalesced.increment(1);
                self.counts.coalesced.fetch_add(1, Ordering::Relaxed);
                Pushed::Coalesced
            }
            Ok(Joined::Displaced(_)) => {
                self.meters.oldest.increment(1);
                self.counts.oldest.fetch_add(1, Ordering::Relaxed);
                self.drops.add(1);
                Pushed::DroppedOldest
            }
            Ok(Joined::Refused(item)) => {
                self.meters.newest.increment(1);
                self.counts.newest.fetch_add(1, Ordering::Relaxed);
                self.drops.add(1);
                Pushed::Refused(item)
            }
            Err(item) => Pushed::Closed(item),
        }
    }
}
