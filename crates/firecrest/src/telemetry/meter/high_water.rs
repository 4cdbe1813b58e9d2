//! The most there was lately.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The most bytes that have waited in one outbox.
pub(crate) static OUTBOX: HighWater = HighWater::new();

/// How long a mark is told at least; at most it is twice as long. Whoever asks once a minute misses none.
const WINDOW: Duration = Duration::from_secs(60);

/// The highest of many numbers, of the last minute or two.
pub(crate) struct HighWater {
    current: AtomicU64,
    before: Mutex<Before>,
}

struct Before {
    /// When the current window began.
    since: Option<Instant>,
    /// The mark of the window before.
    mark: u64,
}

impl HighWater {
    pub(crate) const fn new() -> Self {
        HighWater { current: AtomicU64::new(0), before: Mutex::new(Before { since: None, mark: 0 }) }
    }

    /// A number. It costs a look as long as it is not the highest.
    #[inline]
    pub(crate) fn note(&self, number: u64) {
        if number > self.current.load(Relaxed) {
            self.current.fetch_max(number, Relaxed);
        }
    }

    /// The highest number of the last minute or two.
    pub(crate) fn mark(&self, now: Instant) -> u64 {
        let mut before = self.before.lock().unwrap_or_else(PoisonError::into_inner);
        let since = *before.since.get_or_insert(now);
        let age = now.saturating_duration_since(since);
        if age < WINDOW {
            return before.mark.max(self.current.load(Relaxed));
        }
        let ended = self.current.swap(0, Relaxed);
        *before = Before { since: Some(now), mark: ended };
        ended
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_told_for_a_minute_at_least_and_two_at_most() {
        let water = HighWater::new();
        let begin = Instant::now();
        let mark = |seconds| water.mark(begin + Duration::from_secs(seconds));
        water.note(3);
        water.note(9);
        water.note(5);
        assert_eq!([mark(0), mark(59), mark(60)], [9, 9, 9]);
        water.note(4);
        assert_eq!([mark(119), mark(120), mark(181)], [9, 4, 0]);
    }
}
