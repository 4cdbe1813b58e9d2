//! What can be chosen.

use std::time::Duration;

/// How a [`Tally`](crate::Tally) gathers and keeps.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TallyOptions {
    /// How long increments are gathered for one commit, from the first one on. Default: 20 ms. Longer means fewer writes,
    /// later answers, and more that [`add_later`](crate::Counter::add_later) can lose in a crash; with zero every commit
    /// takes what came during the one before it. While a commit takes longer than this, the next one follows at once.
    pub commit_interval: Duration,
    /// How many increments may wait for the same commit before it is made without waiting for the interval to pass. Default:
    /// 1,000: a commit's price is shared well enough by then.
    pub commit_size: usize,
    /// How many increments may wait at the same time, at least 1. Default: 65,536. Each costs its own future and nothing
    /// else. Further ones wait for room, in order, before they are counted;
    /// [`add_later`](crate::Counter::add_later) never waits. Metric: `firecrest_tally_pending`.
    pub max_pending: usize,
    /// How many counters may be in use, at least 1. Default: 1,000,000; each takes about 300 bytes and its name, and
    /// stays until the tally is dropped. Further ones are
    /// [`TallyError::TooManyCounters`](crate::TallyError::TooManyCounters). Metric: `firecrest_tally_counters`.
    pub max_counters: usize,
    /// How long [`close`](crate::Tally::close) tries to reach a store that is away. Default: 10 s. Then what is pending is
    /// lost, and says so.
    pub close_within: Duration,
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
