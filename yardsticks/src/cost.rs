//! Processor time per unit of work.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use serde::{Serialize, Serializer};

/// Processor time after which a cost is known well enough.
pub const ENOUGH: Duration = Duration::from_millis(500);

/// What some work has cost so far. Serialized, it is the nanoseconds per unit.
#[derive(Debug, Default)]
pub struct Cost {
    spent: Duration,
    units: u64,
}

impl Cost {
    /// Does work that consists of so many units, and counts it.
    pub fn of<T>(&mut self, units: usize, work: impl FnOnce() -> T) -> T {
        let start = processor_time();
        let result = work();
        self.spent += processor_time().saturating_sub(start);
        self.units += units as u64;
        result
    }

    /// Whether as much processor time was counted.
    pub fn is(&self, enough: Duration) -> bool {
        self.spent >= enough
    }

    /// How many units were counted.
    pub fn units(&self) -> u64 {
        self.units
    }

    /// Nanoseconds per unit.
    fn per_unit(&self) -> f64 {
        self.spent.as_nanos() as f64 / self.units.max(1) as f64
    }
}

impl Serialize for Cost {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.per_unit())
    }
}

/// Processor time of this process, user and system, all threads.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_is_the_time_divided_by_the_units() {
        let cost = Cost { spent: Duration::from_micros(3), units: 2 };
        assert_eq!(serde_json::to_string(&cost).unwrap(), "1500.0");
        assert!(cost.is(Duration::from_micros(3)) && !cost.is(Duration::from_micros(4)));
    }

    #[test]
    fn work_adds_its_time_and_units_and_gives_its_result() {
        let mut cost = Cost::default();
        let work = || (0..100_000_u64).fold(0, |sum, number| std::hint::black_box(sum + number));
        assert_eq!(cost.of(2, work), 4_999_950_000);
        let once = cost.spent;
        cost.of(3, work);
        assert!(!once.is_zero() && cost.spent > once);
        assert_eq!(cost.units, 5);
    }

    #[test]
    fn without_work_the_cost_is_zero() {
        assert_eq!(Cost::default().per_unit(), 0.0);
    }
}
