//! How many messages there were.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::core::Subscription;

/// Counts the messages of a topic or a pattern, until it is dropped. Nothing waits and nobody is woken for it; a publisher whose
/// messages are only counted does not even make them.
#[must_use = "it counts until it is dropped"]
pub struct Counted {
    count: Arc<AtomicU64>,
    taken: AtomicU64,
    _subscription: Subscription,
}

impl Counted {
    pub(super) fn new(subscribe: impl FnOnce(Arc<AtomicU64>) -> Subscription) -> Self {
        let count = Arc::<AtomicU64>::default();
        Counted { _subscription: subscribe(Arc::clone(&count)), count, taken: AtomicU64::new(0) }
    }

    /// How many there were since this began to count.
    pub fn total(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// How many there were since this was asked last.
    pub fn take(&self) -> u64 {
        let total = self.total();
        total.saturating_sub(self.taken.swap(total, Ordering::Relaxed))
    }
}

impl fmt::Debug for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Counted").field("total", &self.total()).finish_non_exhaustive()
    }
}
