//! What becomes of an item whose handler has failed.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// What becomes of an item whose handler fails, panics or takes too long. A handler that was successful is never begun again,
/// so that there is no permanent restart (G041).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Restart {
    /// It is counted as failed, and that is all. The default.
    #[default]
    Temporary,
    /// It is begun again at once, by the same worker (G038, G040). When the whole pipeline had to do that more than `max` times
    /// `within` that time, it fails: it takes nothing any more, and [`Pipeline::failed`](crate::Pipeline::failed) is ready.
    Transient {
        /// How often; 3 is usual.
        max: usize,
        /// In which time; 5 s is usual.
        within: Duration,
    },
}

/// How often items may be begun again, and when they were.
pub(super) struct Restarts<T> {
    max: usize,
    within: Duration,
    /// Never more than `max`.
    recent: Mutex<VecDeque<Instant>>,
    clone: fn(&T) -> T,
}

impl<T> Restarts<T> {
    pub(super) fn new(max: usize, within: Duration, clone: fn(&T) -> T) -> Self {
        Restarts { max, within, recent: Mutex::default(), clone }
    }

    /// Another one of an item, in case that it has to be begun again.
    pub(super) fn spare(&self, item: &T) -> T {
        (self.clone)(item)
    }

    /// Whether there may be one more now.
    pub(super) fn may(&self, now: Instant) -> bool {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        while recent.front().is_some_and(|first| now.saturating_duration_since(*first) > self.within) {
            recent.pop_front();
        }
        let may = recent.len() < self.max;
        if may {
            recent.push_back(now);
        }
        may
    }
}
