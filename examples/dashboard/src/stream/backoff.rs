//! How long to wait before a stream is asked for again.

use std::time::Duration;

/// What is waited at first, unless the stream says otherwise by `retry:`.
const FIRST: Duration = Duration::from_secs(1);

/// Least and most that a stream may ask for.
const LEAST: Duration = Duration::from_millis(100);
pub(super) const MOST: Duration = Duration::from_secs(60);

/// Doubles from try to try.
#[derive(Debug)]
pub(super) struct Backoff {
    first: Duration,
    failures: u32,
}

impl Default for Backoff {
    fn default() -> Self {
        Backoff { first: FIRST, failures: 0 }
    }
}

impl Backoff {
    /// The stream has said how long to wait.
    pub(super) fn retry(&mut self, first: Duration) {
        self.first = first.clamp(LEAST, MOST);
    }

    /// The stream works.
    pub(super) fn reset(&mut self) {
        self.failures = 0;
    }

    /// How long to wait now; `share`, between 0 and 1, is luck, so that not all who have lost a stream are back at once.
    pub(super) fn next(&mut self, share: f64) -> Duration {
        let whole = self.first.saturating_mul(1 << self.failures.min(16)).min(MOST);
        self.failures += 1;
        whole.mul_f64(0.5 + share / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_doubles_up_to_a_minute_and_begins_anew_when_the_stream_works() {
        let mut backoff = Backoff::default();
        let waits: Vec<_> = (0..8).map(|_| backoff.next(1.0).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(backoff.next(0.0), Duration::from_secs(30), "half of it at least");
        backoff.reset();
        backoff.retry(Duration::from_secs(3));
        assert_eq!(backoff.next(1.0), Duration::from_secs(3));
        backoff.reset();
        backoff.retry(Duration::MAX);
        assert_eq!(backoff.next(1.0), MOST);
    }
}
