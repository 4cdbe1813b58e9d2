//! How long to wait before trying again.

use std::time::Duration;

/// Delays between attempts: a table whose last entry is repeated for ever, and jitter.
#[derive(Clone, Debug, PartialEq)]
pub struct Backoff {
    delays: Vec<Duration>,
    jitter: f64,
}

impl Backoff {
    /// A table of delays. An empty one means no delay at all. Jitter: 0.5.
    pub fn new(delays: impl IntoIterator<Item = Duration>) -> Self {
        Backoff { delays: delays.into_iter().collect(), jitter: 0.5 }
    }

    /// The official client's table for connections (spec §3.16): 10, 50, 100, 150, 200, 250, 500, 1,000, 2,000, then
    /// 5,000 ms.
    pub fn reconnect() -> Self {
        Self::new([10, 50, 100, 150, 200, 250, 500, 1_000, 2_000, 5_000].map(Duration::from_millis))
    }

    /// The official client's table for joins (spec §3.16): 1, 2, 5, then 10 s.
    pub fn rejoin() -> Self {
        Self::new([1, 2, 5, 10].map(Duration::from_secs))
    }

    /// The largest part of a delay that chance may take off it, between 0 and 1; it keeps the clients of a server that
    /// restarts apart. 0 is what the official client does. Default: 0.5.
    #[must_use]
    pub fn jitter(mut self, jitter: f64) -> Self {
        self.jitter = jitter.clamp(0.0, 1.0);
        self
    }

    /// The delay after this many failures in a row.
    pub(crate) fn delay(&self, failures: usize) -> Duration {
        let Some(delay) = self.delays.get(failures).or(self.delays.last()) else { return Duration::ZERO };
        delay.mul_f64(1.0 - self.jitter * rand::random::<f64>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Spec §3.16.
    #[test]
    fn the_tables_of_the_official_client() {
        let millis = |backoff: Backoff| {
            let exact = backoff.jitter(0.0);
            (0..12).map(|failures| exact.delay(failures).as_millis()).collect::<Vec<_>>()
        };
        let expected = [10, 50, 100, 150, 200, 250, 500, 1_000, 2_000, 5_000, 5_000, 5_000];
        assert_eq!(millis(Backoff::reconnect()), expected);
        assert_eq!(millis(Backoff::rejoin())[..6], [1_000, 2_000, 5_000, 10_000, 10_000, 10_000]);
    }

    #[test]
    fn jitter_only_shortens() {
        let backoff = Backoff::new([Duration::from_millis(1_000)]).jitter(0.3);
        let delays: Vec<_> = (0..100).map(|_| backoff.delay(0).as_millis()).collect();
        assert!(delays.iter().all(|delay| (700..=1_000).contains(delay)), "{delays:?}");
        assert!(delays.iter().any(|delay| *delay != delays[0]));
    }

    #[test]
    fn no_delays_is_no_delay() {
        assert_eq!(Backoff::new([]).delay(3), Duration::ZERO);
    }
}
