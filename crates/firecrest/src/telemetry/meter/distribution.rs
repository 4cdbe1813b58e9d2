//! How long things take, or how large they are.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use super::count::number;

/// How many linear parts there are between a power of two and the next: a value is told with an error of 1/32 at most.
const PARTS: u64 = 1 << PART_BITS;
const PART_BITS: u32 = 4;

/// Values below are told exactly.
const EXACT: u64 = 2 * PARTS;

/// Larger values count as this: 2⁴⁰ nanoseconds are eighteen minutes, 2⁴⁰ bytes a tebibyte.
const LARGEST: u64 = (1 << 40) - 1;

/// How many buckets there are.
const BUCKETS: usize = bucket(LARGEST) + 1;

/// How many threads count apart from each other.
const STRIPES: usize = 4;

/// How often which values were seen. The memory for them, 5 KiB for each stripe, is taken at the first value.
pub(crate) struct Distribution {
    stripes: [OnceLock<Box<[AtomicU64]>>; STRIPES],
    /// What was handed out by [`take_new`](Self::take_new).
    taken: Mutex<Vec<u64>>,
}

impl Distribution {
    pub(crate) const fn new() -> Self {
        Distribution { stripes: [const { OnceLock::new() }; STRIPES], taken: Mutex::new(Vec::new()) }
    }

    /// Counts a value.
    pub(crate) fn record(&self, value: u64) {
        let buckets = self.stripes[number() % STRIPES]
            .get_or_init(|| (0..BUCKETS).map(|_| AtomicU64::new(0)).collect());
        buckets[bucket(value)].fetch_add(1, Relaxed);
    }

    /// Counts a time, in nanoseconds.
    pub(crate) fn record_time(&self, time: Duration) {
        // Cheaper than `as_nanos`, which has 128 bits.
        self.record(time.as_secs().saturating_mul(1_000_000_000).saturating_add(time.subsec_nanos().into()));
    }

    /// Every value that was counted since the last time, and how often.
    pub(crate) fn take_new(&self) -> Vec<(u64, usize)> {
        let mut new = Vec::new();
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let stripes: Vec<_> = self.stripes.iter().filter_map(OnceLock::get).collect();
        if stripes.is_empty() {
            return new;
        }
        taken.resize(BUCKETS, 0);
        for (bucket, taken) in taken.iter_mut().enumerate() {
            let now: u64 = stripes.iter().map(|stripe| stripe[bucket].load(Relaxed)).sum();
            if now > *taken {
                new.push((middle(bucket), usize::try_from(now - *taken).unwrap_or(usize::MAX)));
                *taken = now;
            }
        }
        new
    }
}

const fn bucket(value: u64) -> usize {
    if value < EXACT {
        return value as usize;
    }
    let value = if value > LARGEST { LARGEST } else { value };
    let power = value.ilog2();
    let part = (value >> (power - PART_BITS)) - PARTS;
    (EXACT + (power - PART_BITS - 1) as u64 * PARTS + part) as usize
}

/// The value in the middle of a bucket.
const fn middle(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    if bucket < EXACT {
        return bucket;
    }
    let (power, part) = ((bucket - EXACT) / PARTS + 1, (bucket - EXACT) % PARTS);
    ((PARTS + part) << power) + (1 << (power - 1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn values_are_told_with_an_error_of_four_percent_at_most(value in 0..=LARGEST) {
            let told = middle(bucket(value));
            prop_assert!(told.abs_diff(value) * 100 <= value * 4, "{value} is told as {told}");
        }

        #[test]
        fn larger_values_are_in_later_buckets(a: u64, b: u64) {
            prop_assert!(a > b || bucket(a) <= bucket(b));
        }
    }

    #[test]
    fn every_value_is_told_once() {
        let distribution = Distribution::new();
        assert!(distribution.take_new().is_empty());
        [3, 7, 3].into_iter().for_each(|value| distribution.record(value));
        assert_eq!(distribution.take_new(), [(3, 2), (7, 1)]);
        std::thread::scope(|scope| {
            (0..8).for_each(|_| drop(scope.spawn(|| distribution.record(3))));
        });
        assert_eq!(distribution.take_new(), [(3, 8)]);
        assert!(distribution.take_new().is_empty());
    }

    #[test]
    fn what_is_larger_than_anything_is_counted_too() {
        let distribution = Distribution::new();
        distribution.record(u64::MAX);
        distribution.record_time(Duration::MAX);
        assert_eq!(distribution.take_new().into_iter().map(|(_, times)| times).sum::<usize>(), 2);
    }
}
