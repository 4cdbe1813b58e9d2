//! How long answers took.

use hdrhistogram::Histogram;
use serde::Serialize;

/// The longest time told apart, in nanoseconds: an hour. What takes longer counts as this.
const LONGEST: u64 = 3_600_000_000_000;

/// Times with three significant digits; about 270 KB.
#[derive(Debug)]
pub(crate) struct Latency(Histogram<u64>);

/// The distribution in microseconds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Summary {
    pub(crate) p50: f64,
    pub(crate) p90: f64,
    pub(crate) p99: f64,
    pub(crate) p999: f64,
    pub(crate) max: f64,
    pub(crate) mean: f64,
    pub(crate) count: u64,
}

impl Latency {
    /// Nothing recorded.
    pub(crate) fn new() -> Latency {
        // The arguments are constants that the constructor accepts.
        Latency(Histogram::new_with_bounds(1, LONGEST, 3).expect("constant bounds are valid"))
    }

    /// Records a time in nanoseconds.
    pub(crate) fn record(&mut self, nanos: u64) {
        self.0.saturating_record(nanos);
    }

    /// Forgets all.
    pub(crate) fn reset(&mut self) {
        self.0.reset();
    }

    /// The distribution; none when nothing was recorded.
    pub(crate) fn summary(&self) -> Option<Summary> {
        let quantile = |quantile| micros(self.0.value_at_quantile(quantile) as f64);
        (!self.0.is_empty()).then(|| Summary {
            p50: quantile(0.5),
            p90: quantile(0.9),
            p99: quantile(0.99),
            p999: quantile(0.999),
            max: micros(self.0.max() as f64),
            mean: micros(self.0.mean()),
            count: self.0.len(),
        })
    }
}

/// To a tenth of a microsecond; more would be noise.
fn micros(nanos: f64) -> f64 {
    (nanos / 100.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_is_in_microseconds() {
        let mut latency = Latency::new();
        assert_eq!(latency.summary(), None);
        for micros in 1..=1000 {
            latency.record(micros * 1000);
        }
        let summary = latency.summary().unwrap();
        assert_eq!(summary.count, 1000);
        for (value, expected) in [(summary.p50, 500.0), (summary.p99, 990.0), (summary.max, 1000.0)] {
            assert!((value - expected).abs() <= expected * 0.002, "{value} {expected}");
        }
        latency.record(u64::MAX);
        latency.reset();
        assert_eq!(latency.summary(), None);
    }
}
