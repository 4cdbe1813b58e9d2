//! How long a page was seen, by the server's own clock.

use std::time::Duration;

use tokio::time::Instant;

/// Time that a page has still to be seen. It passes while the page is visible, and waits while it is not. Nothing that a page can
/// say makes it pass faster.
#[derive(Debug)]
pub(crate) struct Dwell {
    left: Duration,
    /// Since when the page is seen; nothing while it is not.
    since: Option<Instant>,
}

impl Dwell {
    /// A page that is not seen yet.
    pub(crate) fn new(time: Duration) -> Self {
        Dwell { left: time, since: None }
    }

    /// The page is seen from now on. Returns for how long it has to be; nothing when it is seen already.
    pub(crate) fn show(&mut self, now: Instant) -> Option<Duration> {
        if self.since.is_some() {
            return None;
        }
        self.since = Some(now);
        Some(self.left)
    }

    /// The page is not seen any more.
    pub(crate) fn hide(&mut self, now: Instant) {
        if let Some(since) = self.since.take() {
            self.left = self.left.saturating_sub(now - since);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    const NEEDED: Duration = Duration::from_millis(10_000);

    #[test]
    fn b009_time_out_of_sight_does_not_pass() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut dwell = Dwell::new(NEEDED);
        assert_eq!(dwell.show(at(0)), Some(Duration::from_secs(10)));
        dwell.hide(at(7));
        assert_eq!(dwell.show(at(60)), Some(Duration::from_secs(3)));
    }

    proptest! {
        /// Whatever a page says, and however often: when it is shown, what is left is what was needed without the time in which it
        /// was seen.
        #[test]
        fn b010_no_sequence_of_reports_makes_time_pass(reports in vec((any::<bool>(), 0_u64..4_000), 0..40)) {
            let (mut dwell, mut now, mut seen, mut visible) =
                (Dwell::new(NEEDED), Instant::now(), Duration::ZERO, false);
            for (is_visible, pause) in reports {
                let left = NEEDED.saturating_sub(seen);
                if is_visible {
                    prop_assert_eq!(dwell.show(now), (!visible).then_some(left));
                } else {
                    dwell.hide(now);
                }
                visible = is_visible;
                let pause = Duration::from_millis(pause);
                now += pause;
                seen += if visible { pause } else { Duration::ZERO };
            }
        }
    }
}
