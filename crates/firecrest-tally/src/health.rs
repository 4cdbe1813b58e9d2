//! How the store is doing.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use crate::StoreError;

/// How the store is doing, as [`Tally::health`](crate::Tally::health) says it. Counting in memory goes on whatever it is.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Health {
    /// The last commit succeeded, or there was none.
    Ok,
    /// The store is away: the last commit is repeated until it succeeds, and increments wait for that.
    Retrying {
        /// When the first attempt failed.
        since: SystemTime,
        /// Why the last one did.
        error: Arc<StoreError>,
    },
    /// The store refused the last commit: those who waited for it were told. What nobody waits for is tried again.
    Failed {
        /// When the first of the commits in a row was refused.
        since: SystemTime,
        /// Why the last one was.
        error: Arc<StoreError>,
    },
}

impl Health {
    /// Whether it is [`Health::Ok`].
    pub fn is_ok(&self) -> bool {
        matches!(self, Health::Ok)
    }

    fn since(&self) -> Option<SystemTime> {
        match self {
            Health::Ok => None,
            Health::Retrying { since, .. } | Health::Failed { since, .. } => Some(*since),
        }
    }
}

/// The health that everybody sees.
pub(crate) struct Shown(Mutex<Health>);

impl Shown {
    pub(crate) fn new() -> Self {
        Shown(Mutex::new(Health::Ok))
    }

    pub(crate) fn get(&self) -> Health {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A commit succeeded. The log hears of it when the one before did not.
    pub(crate) fn succeeded(&self) {
        let before = self.replace(|_| Health::Ok);
        if !before.is_ok() {
            tracing::info!("the store of the counters is back");
        }
    }

    /// A commit was attempted in vain, and will be repeated unless it was refused. The log hears of the first one.
    pub(crate) fn failed(&self, error: &Arc<StoreError>, refused: bool) {
        let before = self.replace(|before| {
            let (since, error) = (before.since().unwrap_or_else(SystemTime::now), Arc::clone(error));
            if refused { Health::Failed { since, error } } else { Health::Retrying { since, error } }
        });
        if before.is_ok() {
            tracing::warn!(%error, "counters could not be written");
        } else {
            tracing::debug!(%error, "counters could still not be written");
        }
    }

    fn replace(&self, next: impl FnOnce(&Health) -> Health) -> Health {
        let mut health = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let next = next(&health);
        std::mem::replace(&mut health, next)
    }
}
