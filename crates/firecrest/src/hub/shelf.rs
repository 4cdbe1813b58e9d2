//! The newest messages of a topic.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::watch;
use tokio::time::Instant;

use super::parcel::{Carried, now};

/// Most messages that are kept of a topic: 1,000.
pub(super) const MAX_KEPT: usize = 1_000;

/// What a topic keeps of its messages (D009, D012).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Keep {
    /// Nothing: who comes late has missed it.
    Nothing,
    /// The last one.
    Last,
    /// So many, the newest; 1,000 at most.
    Newest(usize),
}

/// A poll has failed: what a topic holds may not be true any more (D008).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stale {
    /// When the value was last known to be true, or the first poll began when there was none.
    pub since: SystemTime,
    /// What the last poll says.
    pub error: String,
}

/// Keeps messages by the time at which they were sent, on whichever node.
pub(super) struct Shelf {
    keep: AtomicUsize,
    /// The newest time that was given or seen.
    clock: AtomicU64,
    kept: Mutex<VecDeque<Arc<dyn Carried>>>,
    stale: Mutex<Option<Stale>>,
    /// When another node was last heard to have polled, or has sent what is kept.
    elsewhere: Mutex<Option<Instant>>,
    /// Tells that there is another message, or that the last has become stale or true again.
    pub(super) news: watch::Sender<()>,
}

impl Keep {
    pub(super) fn count(self) -> usize {
        match self {
            Keep::Nothing => 0,
            Keep::Last => 1,
            Keep::Newest(count) => count.min(MAX_KEPT),
        }
    }
}

impl Shelf {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Shelf {
            keep: AtomicUsize::new(0),
            clock: AtomicU64::new(0),
            kept: Mutex::default(),
            stale: Mutex::default(),
            elsewhere: Mutex::default(),
            news: watch::Sender::new(()),
        })
    }

    /// Keeps at least so many from now on.
    pub(super) fn raise(&self, keep: Keep) {
        self.keep.fetch_max(keep.count(), Ordering::Relaxed);
    }

    pub(super) fn keeps(&self) -> usize {
        self.keep.load(Ordering::Relaxed)
    }

    /// The time of a message that is sent now: later than that of any message that is known here, so that it is the last one
    /// everywhere, whatever the clocks of the nodes say.
    pub(super) fn stamp(&self) -> u64 {
        if self.keeps() == 0 {
            return now();
        }
        let now = now();
        let next = |last: u64| Some(now.max(last.saturating_add(1)));
        let last = self.clock.fetch_update(Ordering::AcqRel, Ordering::Acquire, next);
        last.map_or(now, |last| now.max(last.saturating_add(1)))
    }

    /// Puts a message where its time says; nothing when it is here already, or older than what is kept.
    pub(super) fn put(&self, message: &Arc<dyn Carried>) {
        let age = message.head().age();
        self.clock.fetch_max(age.0, Ordering::AcqRel);
        if age.1.is_some() {
            // A time that is yet to come is that of a clock that is ahead.
            self.hear(message.head().time().elapsed().unwrap_or_default());
        }
        let mut kept = self.kept();
        let place = kept.iter().rposition(|other| other.head().age() <= age);
        if place.is_some_and(|place| kept[place].head().age() == age) {
            return;
        }
        kept.insert(place.map_or(0, |place| place + 1), Arc::clone(message));
        let excess = kept.len().saturating_sub(self.keeps());
        let oldest: Vec<_> = kept.drain(..excess).collect();
        drop(kept);
        drop(oldest);
        self.news.send_replace(());
    }

    pub(super) fn last(&self) -> Option<Arc<dyn Carried>> {
        self.kept().back().cloned()
    }

    /// The newest, so many at most, the oldest of them first.
    pub(super) fn newest(&self, count: usize) -> Vec<Arc<dyn Carried>> {
        let kept = self.kept();
        kept.iter().skip(kept.len().saturating_sub(count)).cloned().collect()
    }

    /// Another node has polled, and says whether what is kept is stale now.
    pub(super) fn polled_elsewhere(&self, stale: Option<Stale>) {
        self.hear(Duration::ZERO);
        self.mark(stale);
    }

    /// How long ago another node was heard to have polled, or has sent a message that was kept.
    pub(super) fn since_elsewhere(&self) -> Option<Duration> {
        self.elsewhere.lock().unwrap_or_else(PoisonError::into_inner).map(|at| at.elapsed())
    }

    /// Another node did something so long ago.
    fn hear(&self, ago: Duration) {
        let mut elsewhere = self.elsewhere.lock().unwrap_or_else(PoisonError::into_inner);
        *elsewhere = (*elsewhere).max(Instant::now().checked_sub(ago));
    }

    pub(super) fn stale(&self) -> Option<Stale> {
        self.stale.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Says what the last poll has found out. Returns whether that is news: stale or true again.
    pub(super) fn mark(&self, stale: Option<Stale>) -> bool {
        let mut mark = self.stale.lock().unwrap_or_else(PoisonError::into_inner);
        let (was, is) = (mark.is_some(), stale.is_some());
        *mark = stale;
        drop(mark);
        if was || is {
            self.news.send_replace(());
        }
        was != is
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<Arc<dyn Carried>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
