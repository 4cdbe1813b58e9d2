//! What a handler is given.

use std::time::Duration;

use tokio::time::Instant;

use crate::Stamp;

/// One item to work on.
#[derive(Debug)]
pub struct Job<T> {
    pub(super) item: T,
    pub(super) at: Instant,
    pub(super) queued: Duration,
    pub(super) attempt: u32,
}

impl<T> Job<T> {
    /// What was pushed.
    pub fn item(&self) -> &T {
        &self.item
    }

    /// What was pushed, to keep.
    pub fn into_item(self) -> T {
        self.item
    }

    /// How long it waited for a worker.
    pub fn queued(&self) -> Duration {
        self.queued
    }

    /// How often it was begun, this time included: 1 unless it was [restarted](crate::Restart).
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// When it was pushed, to be sent along.
    pub fn stamp(&self) -> Stamp {
        Stamp::at(self.at)
    }
}
