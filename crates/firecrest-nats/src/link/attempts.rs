//! Which server comes next, and when.

use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

/// Goes from server to server: all of them in a row, and then again after a wait that is twice as long each time.
#[derive(Debug)]
pub(crate) struct Attempts {
    servers: usize,
    next: usize,
    /// How many there were, counted anew, as if each had failed once, after a connection that lasted; nothing before the first.
    tries: Option<u32>,
    min: Duration,
    max: Duration,
}

impl Attempts {
    /// Among so many servers, beginning with any.
    pub(crate) fn new(servers: usize, (min, max): (Duration, Duration)) -> Self {
        let next = usize::try_from(random() % servers as u64).unwrap_or_default();
        Attempts { servers, next, tries: None, min, max }
    }

    /// The next server, and how long to wait before.
    pub(crate) fn next(&mut self) -> (usize, Duration) {
        let server = self.next;
        self.next = (server + 1) % self.servers;
        let tries = self.tries.replace(self.tries.map_or(1, |tries| tries.saturating_add(1)));
        (server, tries.map_or(Duration::ZERO, |tries| self.wait(tries)))
    }

    /// A connection has lasted for so long. One that was lost at once is no better than none.
    pub(crate) fn lasted(&mut self, time: Duration) {
        if time >= self.max {
            self.tries = u32::try_from(self.servers).ok();
        }
    }

    fn wait(&self, tries: u32) -> Duration {
        let servers = u32::try_from(self.servers).unwrap_or(u32::MAX);
        if !tries.is_multiple_of(servers) {
            return Duration::ZERO;
        }
        let times = 1_u32.checked_shl((tries / servers).saturating_sub(1)).unwrap_or(u32::MAX);
        // Not all nodes at once.
        let share = u16::try_from(random() % 1_000).unwrap_or_default();
        self.min.saturating_mul(times).min(self.max).mul_f64(1.0 - f64::from(share) / 2_000.0)
    }
}

/// The standard library's maps are seeded with random numbers.
fn random() -> u64 {
    RandomState::new().hash_one(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIN: Duration = Duration::from_millis(100);
    const MAX: Duration = Duration::from_secs(5);

    #[test]
    fn all_servers_are_tried_before_the_wait_which_doubles_up_to_its_bound() {
        let mut attempts = Attempts::new(3, (MIN, MAX));
        let first = attempts.next;
        for round in 0..100_u32 {
            for step in 0..3 {
                let (server, wait) = attempts.next();
                assert_eq!(server, (first + step) % 3);
                let longest = match (round, step) {
                    (0, _) | (_, 1..) => Duration::ZERO,
                    _ => MAX.min(MIN * 2_u32.pow((round - 1).min(10))),
                };
                assert!(wait <= longest && wait >= longest / 2, "round {round}: {wait:?}");
            }
        }
        attempts.lasted(MAX - MIN);
        assert!(attempts.next().1 >= MAX / 2);
    }

    #[test]
    fn a_connection_that_has_lasted_makes_the_next_wait_short() {
        let mut attempts = Attempts::new(1, (MIN, MAX));
        for _ in 0..10 {
            attempts.next();
        }
        attempts.lasted(MAX);
        let (_, wait) = attempts.next();
        assert!(wait <= MIN && wait >= MIN / 2, "{wait:?}");
    }

    #[test]
    fn not_all_nodes_begin_with_the_same_server() {
        let firsts: std::collections::HashSet<_> =
            (0..100).map(|_| Attempts::new(2, (MIN, MAX)).next().0).collect();
        assert_eq!(firsts.len(), 2);
    }
}
