//! Time that neither goes back nor leaps.

/// Follows the caller's clock, but a step back counts for nothing and a leap for no more than `max_step`, all in
/// milliseconds.
///
/// After a pause of this node, or a correction of its clock, the silence of the others looks no longer than a leap.
#[derive(Debug)]
pub(crate) struct Clock {
    heard: u64,
    now: u64,
    max_step: u64,
}

impl Clock {
    pub(crate) fn new(heard: u64, max_step: u64) -> Self {
        Self { heard, now: 0, max_step }
    }

    pub(crate) fn advance(&mut self, heard: u64) {
        let step = heard.saturating_sub(self.heard).min(self.max_step);
        self.now = self.now.saturating_add(step);
        self.heard = heard;
    }

    pub(crate) fn now(&self) -> u64 {
        self.now
    }

    /// What the caller's clock will show then.
    pub(crate) fn to_caller(&self, deadline: u64) -> u64 {
        self.heard.saturating_add(deadline.saturating_sub(self.now))
    }
}

#[cfg(test)]
mod tests {
    use super::Clock;

    #[test]
    fn p084_a_step_back_stands_still_and_a_leap_is_cut_short() {
        let mut clock = Clock::new(1000, 100);
        for (heard, now) in [(1050, 50), (20, 50), (30, 60), (90_000, 160), (90_001, 161)] {
            clock.advance(heard);
            assert_eq!(clock.now(), now);
        }
        assert_eq!(clock.to_caller(171), 90_011);
        assert_eq!(clock.to_caller(3), 90_001);
    }
}
