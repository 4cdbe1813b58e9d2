//! The hub's clock: which of two messages is the newer, on whichever nodes they were sent.

use std::sync::atomic::{AtomicU64, Ordering};

use super::parcel::now;

/// How many microseconds a clock may be ahead of this node's: a day. One that is further ahead is not followed.
const MAX_AHEAD: u64 = 24 * 60 * 60 * 1_000_000;

/// When a message was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    /// By the wall clock of its node, in microseconds since the epoch.
    pub(super) at: u64,
    /// Its place among all messages: later than whatever its node had sent or heard before.
    pub(super) order: u64,
}

/// Follows the wall clock, and never goes back while that is right: what is sent after another message was heard is later than that,
/// whatever the clocks of the nodes say.
#[derive(Default)]
pub(super) struct Clock(AtomicU64);

impl Stamp {
    /// That of a message whose place does not matter.
    pub(super) fn unordered() -> Self {
        let at = now();
        Stamp { at, order: at }
    }
}

impl Clock {
    /// The stamp of what is sent now. No two are the same.
    pub(super) fn stamp(&self) -> Stamp {
        self.stamp_at(now())
    }

    fn stamp_at(&self, at: u64) -> Stamp {
        // If the clock was wrong by far, and is right again, nobody follows what it said.
        let next = |last: u64| if is_sound_at(last, at) { at.max(last.saturating_add(1)) } else { at };
        let last = self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, |last| Some(next(last)));
        Stamp { at, order: last.map_or(at, next) }
    }

    /// Another node has come so far.
    pub(super) fn see(&self, order: u64) {
        if is_sound(order) {
            self.0.fetch_max(order, Ordering::AcqRel);
        }
    }

    /// How far it has come.
    pub(super) fn last(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }
}

/// Whether a clock that says so is not ahead by far.
pub(super) fn is_sound(order: u64) -> bool {
    is_sound_at(order, now())
}

pub(super) fn is_sound_at(order: u64, now: u64) -> bool {
    order <= now.saturating_add(MAX_AHEAD)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_clock_that_was_ahead_by_far_comes_back() {
        let clock = Clock::default();
        let today = now();
        let (hour, week) = (MAX_AHEAD / 24, 7 * MAX_AHEAD);
        assert_eq!(clock.stamp_at(today + hour).order, today + hour);
        assert_eq!(clock.stamp_at(today), Stamp { at: today, order: today + hour + 1 });
        assert_eq!(clock.stamp_at(today + week).order, today + week);
        assert_eq!(clock.stamp_at(today + 1), Stamp { at: today + 1, order: today + 1 });
    }

    #[test]
    fn nobody_follows_a_clock_that_is_ahead_by_far() {
        let clock = Clock::default();
        clock.see(now() + MAX_AHEAD / 2);
        let followed = clock.last();
        assert!(clock.stamp().order == followed + 1 && followed > now());
        clock.see(now() + 2 * MAX_AHEAD);
        clock.see(u64::MAX);
        assert_eq!(clock.last(), followed + 1);
    }

    proptest! {
        #[test]
        fn no_stamp_comes_twice_or_before_another(steps in vec(0u64..5_000, 1..50), start in 0u64..u64::MAX) {
            let clock = Clock::default();
            // The wall clock goes back and forth.
            let stamps: Vec<_> = steps.iter().map(|step| clock.stamp_at(start.saturating_sub(*step)).order).collect();
            prop_assert!(stamps.windows(2).all(|two| two[0] < two[1]), "{stamps:?}");
        }
    }
}
