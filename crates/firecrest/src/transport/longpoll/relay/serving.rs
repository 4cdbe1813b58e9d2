//! What other nodes wait for.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

use crate::telemetry::meter::{Limit, reached};

/// Most requests of other nodes that are worked on: 100,000, as many as a node has sessions. Beyond it they are told so, and
/// answer their clients with HTTP 503. Worst-case memory: a task each, and the bodies of POSTs.
const MAX_SERVED: usize = 100_000;

/// A request of another node: its life and the number.
pub(super) type Key = (u128, u64);

/// Requests that are being worked on.
#[derive(Default)]
pub(super) struct Serving(Mutex<HashMap<Key, CancellationToken>>);

/// Whether work begins.
pub(super) enum Begun {
    /// It does, until this is cancelled.
    New(CancellationToken),
    /// It has.
    Already,
    /// There is too much.
    Full,
}

impl Serving {
    pub(super) fn begin(&self, key: Key) -> Begun {
        let mut serving = self.lock();
        if serving.contains_key(&key) {
            return Begun::Already;
        }
        if serving.len() >= MAX_SERVED {
            reached(Limit::LongPollServed);
            return Begun::Full;
        }
        let given_up = CancellationToken::new();
        serving.insert(key, given_up.clone());
        Begun::New(given_up)
    }

    /// The work is done.
    pub(super) fn end(&self, key: Key) {
        self.lock().remove(&key);
    }

    /// Nobody waits for it any more.
    pub(super) fn give_up(&self, key: Key) {
        if let Some(given_up) = self.lock().remove(&key) {
            given_up.cancel();
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, CancellationToken>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_bound_and_nothing_begins_twice() {
        let serving = Serving::default();
        let Begun::New(first) = serving.begin((1, 0)) else { panic!("it is the first") };
        assert!(matches!(serving.begin((1, 0)), Begun::Already));
        for number in 1..MAX_SERVED as u64 {
            assert!(matches!(serving.begin((1, number)), Begun::New(_)));
        }
        let before = Limit::LongPollServed.total();
        assert!(matches!(serving.begin((2, 0)), Begun::Full) && Limit::LongPollServed.total() > before);
        serving.give_up((1, 0));
        assert!(first.is_cancelled() && matches!(serving.begin((2, 0)), Begun::New(_)));
        serving.end((2, 0));
        assert!(matches!(serving.begin((1, 0)), Begun::New(_)));
    }
}
