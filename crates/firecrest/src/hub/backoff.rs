//! How long to wait after something has failed.

use std::time::Duration;

/// The longest wait after one failure.
const FIRST: Duration = Duration::from_millis(100);

/// The longest wait of all.
const LONGEST: Duration = Duration::from_secs(30);

/// How long to wait after so many failures in a row, at least one: anything up to 100 ms, twice as much after each further one, and 30 s
/// at most. So those that failed together do not try again together.
pub(super) fn pause(failures: u32) -> Duration {
    limit(failures).mul_f64(rand::random_range(0.0..=1.0))
}

fn limit(failures: u32) -> Duration {
    FIRST.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_become_longer_up_to_30_s() {
        for (failures, millis) in
            [(1, 100), (2, 200), (5, 1_600), (9, 25_600), (10, 30_000), (u32::MAX, 30_000)]
        {
            assert_eq!(limit(failures), Duration::from_millis(millis), "{failures}");
            assert!(pause(failures) <= limit(failures));
        }
    }
}
