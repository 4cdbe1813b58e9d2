//! When the next one is due, for everything that happens at a fixed rate.

/// Points in time that are evenly spread: the k-th is `start + k × interval`.
///
/// What is late is still given, one by one and with the time it was *due*, so that a latency counted from there does not
/// leave out the time the sender was kept waiting (coordinated omission).
#[derive(Clone, Debug)]
pub(crate) struct Pace {
    /// Nanoseconds of the run's clock.
    start: u64,
    /// In nanoseconds; a fraction, so that a rate is kept over a long run.
    interval: f64,
    /// How many were given.
    given: u64,
    /// How many there are.
    total: u64,
}

impl Pace {
    /// `total` points, `per_second` in each second, the first at `start`. None at all when the rate is not above zero.
    pub(crate) fn new(start: u64, per_second: f64, total: u64) -> Pace {
        let some = per_second > 0.0;
        Pace {
            start,
            interval: if some { 1e9 / per_second } else { 0.0 },
            given: 0,
            total: if some { total } else { 0 },
        }
    }

    /// As many points as fit into `duration` nanoseconds.
    pub(crate) fn lasting(start: u64, per_second: f64, duration: u64) -> Pace {
        Pace::new(start, per_second, (per_second * duration as f64 / 1e9).round() as u64)
    }

    /// When the next is due, in nanoseconds of the run's clock; none when all were given.
    pub(crate) fn next(&self) -> Option<u64> {
        (self.given < self.total).then(|| self.start + (self.given as f64 * self.interval) as u64)
    }

    /// The next one if it is due: which one it is, and when it was due.
    pub(crate) fn take(&mut self, now: u64) -> Option<(u64, u64)> {
        let due = self.next().filter(|due| *due <= now)?;
        self.given += 1;
        Some((self.given - 1, due))
    }

    /// How many were not given yet.
    pub(crate) fn left(&self) -> u64 {
        self.total - self.given
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_late_is_given_with_the_time_it_was_due() {
        let mut pace = Pace::new(100, 1e9 / 50.0, 4);
        assert_eq!(pace.take(99), None);
        assert_eq!(pace.take(100), Some((0, 100)));
        assert_eq!((pace.take(149), pace.next()), (None, Some(150)));
        assert_eq!((pace.take(230), pace.take(230), pace.take(230)), (Some((1, 150)), Some((2, 200)), None));
        assert_eq!((pace.take(250), pace.take(u64::MAX), pace.left()), (Some((3, 250)), None, 0));
    }

    #[test]
    fn a_rate_over_a_duration_gives_its_product() {
        let pace = Pace::lasting(0, 3.0, 10_000_000_000);
        assert_eq!(pace.left(), 30);
        assert_eq!((Pace::lasting(0, 0.0, 1_000).left(), Pace::new(0, -1.0, 5).next()), (0, None));
    }

    #[test]
    fn rounding_does_not_add_up() {
        let mut pace = Pace::new(0, 3.0, u64::MAX);
        let last = (0..3_000_000).map(|_| pace.take(u64::MAX).unwrap().1).last().unwrap();
        assert!(last.abs_diff(1_000_000_000_000_000 - 333_333_333) < 1000, "{last}");
    }
}
