//! The bounds of a query.

use std::time::Duration;

/// How often a query asks, how long it waits, how much is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueryOptions {
    /// Least time from one evaluation of a question to its next. The first touch after a pause is answered at once, what is
    /// touched meanwhile with the next evaluation, and the last touch always. Default: 100 ms, which is ten evaluations a second.
    pub min_interval: Duration,
    /// How long an evaluation may take; then it is dropped and counts as failed. Default: 10 s.
    pub timeout: Duration,
    /// Most questions, which is different arguments, that are watched at the same time; one more is refused with
    /// [`QueryError::TooMany`](super::QueryError::TooMany). Each takes a task, its arguments and its answer. Default: 10,000.
    pub max_watched: usize,
}

impl Default for QueryOptions {
    fn default() -> Self {
        QueryOptions {
            min_interval: Duration::from_millis(100),
            timeout: Duration::from_secs(10),
            max_watched: 10_000,
        }
    }
}

impl QueryOptions {
    /// Replaces [`min_interval`](Self::min_interval).
    #[must_use]
    pub fn min_interval(self, min_interval: Duration) -> Self {
        QueryOptions { min_interval, ..self }
    }

    /// Replaces [`timeout`](Self::timeout).
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        QueryOptions { timeout, ..self }
    }

    /// Replaces [`max_watched`](Self::max_watched).
    #[must_use]
    pub fn max_watched(self, max_watched: usize) -> Self {
        QueryOptions { max_watched, ..self }
    }
}
