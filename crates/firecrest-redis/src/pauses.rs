//! How long to wait before trying again.

use std::ops::RangeInclusive;
use std::time::Duration;

/// Ever longer pauses, up to a longest, a bit at random.
#[derive(Clone)]
pub(crate) struct Pauses {
    range: RangeInclusive<Duration>,
    /// A try that has lasted longer was not in vain.
    success: Duration,
    next: Duration,
}

impl Pauses {
    /// Pauses of these lengths; `limit` is how long a try that is in vain may take.
    pub(crate) fn new(range: RangeInclusive<Duration>, limit: Duration) -> Self {
        let (next, success) = (*range.start(), limit.saturating_add(*range.end()));
        Pauses { range, success, next }
    }

    /// How long to wait after a try that has lasted so long.
    pub(crate) fn after(&mut self, lasted: Duration) -> Duration {
        if lasted > self.success {
            self.next = *self.range.start();
        }
        let pause = self.next;
        self.next = pause.saturating_mul(2).min(*self.range.end());
        pause.mul_f64(rand::random_range(0.5..=1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_the_longest_and_begin_anew_after_a_success() {
        let [ms, s] = [Duration::from_millis(1), Duration::from_secs(1)];
        let mut pauses = Pauses::new(100 * ms..=s, 5 * s);
        for longest in [100, 200, 400, 800, 1000, 1000].map(|number| number * ms) {
            let pause = pauses.after(5 * s);
            assert!((longest / 2..=longest).contains(&pause), "{pause:?} of {longest:?}");
        }
        assert!(pauses.after(7 * s) <= 100 * ms);
    }
}
