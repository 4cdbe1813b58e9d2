//! What can be chosen.

use std::time::Duration;

use tokio::sync::Semaphore;

/// How a [`Tally`](crate::Tally) gathers and keeps.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TallyOptions {
    /// How long increments are gathered for one commit, from the first one on. Default: 20 ms, at most a day. Longer means
    /// fewer writes, later answers, and more that [`add_later`](crate::Counter::add_later) can lose in a crash; with zero
    /// every commit takes what came during the one before it. While a commit takes longer than this, the next one follows
    /// at once.
    pub commit_interval: Duration,
    /// How many increments that wait for the same commit have it made before the interval has passed. Default: 1,000, which
    /// share the price of a commit well enough; at least 1, at most `max_pending`.
    pub commit_size: usize,
    /// How many increments may wait at the same time. Default: 65,536, at least 1. Each costs its own future and nothing
    /// else. Further ones wait for room, in order, before they are counted;
    /// [`add_later`](crate::Counter::add_later) never waits. Metric: `firecrest_tally_pending`.
    pub max_pending: usize,
    /// How many counters may be in use. Default: 1,000,000, at least 1. Each takes about 300 bytes and its name, and stays
    /// until the tally is dropped. Further ones are
    /// [`TallyError::TooManyCounters`](crate::TallyError::TooManyCounters). Metric: `firecrest_tally_counters`.
    pub max_counters: usize,
    /// How long [`close`](crate::Tally::close) tries to reach a store that is away. Default: 10 s, at most a day. Then what
    /// is pending is lost, and `close` says so.
    pub close_within: Duration,
}

const DAY: Duration = Duration::from_hours(24);

impl TallyOptions {
    /// Values that are of no use become the nearest that are.
    pub(crate) fn within_bounds(self) -> Self {
        let max_pending = self.max_pending.clamp(1, Semaphore::MAX_PERMITS);
        TallyOptions {
            commit_interval: self.commit_interval.min(DAY),
            commit_size: self.commit_size.clamp(1, max_pending),
            max_pending,
            max_counters: self.max_counters.max(1),
            close_within: self.close_within.min(DAY),
        }
    }
}

impl Default for TallyOptions {
    fn default() -> Self {
        TallyOptions {
            commit_interval: Duration::from_millis(20),
            commit_size: 1_000,
            max_pending: 65_536,
            max_counters: 1_000_000,
            close_within: Duration::from_secs(10),
        }
    }
}
