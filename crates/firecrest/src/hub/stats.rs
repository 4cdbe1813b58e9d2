//! What consumers and pollers have done (M026, M034).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, SystemTime};

use super::consumer::ConsumerRecord;
use super::poller::PollerRecord;

/// The counters of a hub's consumers and pollers on this node, in the order in which they were made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct HubStats {
    /// Those of consumers that have not ended.
    pub consumers: Vec<ConsumerStats>,
    /// Those of pollers that have not ended.
    pub pollers: Vec<PollerStats>,
}

/// What a consumer has done since it was made. Times are of the last 1,024 messages.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConsumerStats {
    /// Its name: its first pattern, unless it was given another.
    pub name: String,
    /// How many messages wait.
    pub backlog: usize,
    /// How many it has taken.
    pub received: u64,
    /// How many it has handled.
    pub handled: u64,
    /// How many were dropped because they were not valid.
    pub invalid: u64,
    /// How many were dropped because they did not fit its type.
    pub mistyped: u64,
    /// How many ended with an error.
    pub failed: u64,
    /// How many ended with a panic.
    pub panicked: u64,
    /// How many were dropped because too many waited.
    pub dropped: u64,
    /// The last error or panic, or why the last message was not valid; 500 bytes at most.
    pub last_error: Option<String>,
    /// How long handling took half of the time at most; nothing when nothing was handled.
    pub median: Option<Duration>,
    /// How long handling took at most in 95 of 100 cases.
    pub p95: Option<Duration>,
}

/// What a poller has done since it was made. Times are of the last 1,024 runs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PollerStats {
    /// Its topic.
    pub name: String,
    /// How often it has asked.
    pub runs: u64,
    /// How often there was an answer.
    pub answered: u64,
    /// How often there was none: an error, a panic, or no time left.
    pub failed: u64,
    /// How often there was none since there last was one.
    pub failures_in_a_row: u32,
    /// The last error; 500 bytes at most.
    pub last_error: Option<String>,
    /// When it last began to ask.
    pub last_run: Option<SystemTime>,
    /// How long asking took half of the time at most; nothing when it was never asked.
    pub median: Option<Duration>,
    /// How long asking took at most in 95 of 100 cases.
    pub p95: Option<Duration>,
}

/// The records of what runs.
#[derive(Default)]
pub(super) struct Reports {
    consumers: Mutex<Vec<Weak<ConsumerRecord>>>,
    pollers: Mutex<Vec<Weak<PollerRecord>>>,
}

impl Reports {
    pub(super) fn add_consumer(&self, record: Weak<ConsumerRecord>) {
        living(&self.consumers).push(record);
    }

    pub(super) fn add_poller(&self, record: Weak<PollerRecord>) {
        living(&self.pollers).push(record);
    }

    pub(super) fn stats(&self) -> HubStats {
        let (consumers, pollers) = (all(&self.consumers), all(&self.pollers));
        HubStats {
            consumers: consumers.iter().map(|one| one.stats()).collect(),
            pollers: pollers.iter().map(|one| one.stats()).collect(),
        }
    }
}

/// The records themselves: the last pointer to one may be that which is made here, and must not be dropped under the lock.
fn all<T>(records: &Mutex<Vec<Weak<T>>>) -> Vec<Arc<T>> {
    living(records).iter().filter_map(Weak::upgrade).collect()
}

/// The records of those that have not ended; the others are forgotten.
fn living<T>(records: &Mutex<Vec<Weak<T>>>) -> MutexGuard<'_, Vec<Weak<T>>> {
    let mut records = records.lock().unwrap_or_else(PoisonError::into_inner);
    records.retain(|record| record.strong_count() > 0);
    records
}
