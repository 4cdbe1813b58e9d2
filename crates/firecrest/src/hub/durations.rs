//! How long things took lately.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How many of the newest durations are kept (M026).
const KEPT: usize = 1_024;

/// The newest durations, in microseconds.
#[derive(Default)]
pub(super) struct Durations(Mutex<Ring>);

#[derive(Default)]
struct Ring {
    micros: Vec<u32>,
    /// Where the next goes, once there are enough.
    next: usize,
}

impl Durations {
    pub(super) fn add(&self, duration: Duration) {
        let micros = u32::try_from(duration.as_micros()).unwrap_or(u32::MAX);
        let mut ring = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if ring.micros.len() < KEPT {
            ring.micros.push(micros);
        } else {
            let next = ring.next;
            ring.micros[next] = micros;
            ring.next = (next + 1) % KEPT;
        }
    }

    /// The median, and what 95 of 100 do not exceed; nothing when there is none.
    pub(super) fn summary(&self) -> Option<(Duration, Duration)> {
        let mut micros = self.0.lock().unwrap_or_else(PoisonError::into_inner).micros.clone();
        micros.sort_unstable();
        let at = |percent: usize| {
            let micros = micros.get((micros.len() * percent).div_ceil(100).saturating_sub(1))?;
            Some(Duration::from_micros(u64::from(*micros)))
        };
        Some((at(50)?, at(95)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn m026_the_last_1024_durations_count() {
        let durations = Durations::default();
        assert_eq!(durations.summary(), None);
        (1..=100).for_each(|ms| durations.add(Duration::from_millis(ms)));
        assert_eq!(durations.summary(), Some((Duration::from_millis(50), Duration::from_millis(95))));
        (0..1_024).for_each(|_| durations.add(Duration::from_secs(1)));
        assert_eq!(durations.summary(), Some((Duration::from_secs(1), Duration::from_secs(1))));
    }
}
