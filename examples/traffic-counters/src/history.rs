//! How many were there in the last seconds, as a line.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::time::Duration;

/// Seconds that are remembered.
const SECONDS: usize = 150;

/// Below this many the line does not fill its height: one visitor is no crowd.
const CROWD: usize = 4;

/// How many were there, a number for each second. Before the first there was nobody.
pub(crate) struct History(VecDeque<usize>);

impl Default for History {
    fn default() -> Self {
        History(VecDeque::from(vec![0; SECONDS]))
    }
}

impl History {
    /// How far back it goes.
    pub(crate) const SPAN: Duration = Duration::from_secs(SECONDS as u64);

    /// A second has passed, and so many are there.
    pub(crate) fn add(&mut self, count: usize) {
        self.0.pop_front();
        self.0.push_back(count);
    }

    /// The most there were, `now` among them.
    pub(crate) fn peak(&self, now: usize) -> usize {
        self.0.iter().copied().fold(now, usize::max)
    }

    /// The line up to now, as the points of an SVG polyline in a box of 150 by 100, closed below it so that it can be filled. Only
    /// its corners, so that a line without any news is the same text a second later.
    pub(crate) fn points(&self, now: usize) -> String {
        let full = self.peak(now).max(CROWD);
        let height = |count: usize| 100 - count * 96 / full;
        let mut points = "-9,109 -9,".to_owned();
        let mut last = height(self.0[0]);
        let _ = write!(points, "{last}");
        for (second, count) in self.0.iter().copied().chain([now]).enumerate() {
            if height(count) != last {
                let _ = write!(points, " {second},{last} {second},{}", height(count));
                last = height(count);
            }
        }
        let _ = write!(points, " 159,{last} 159,109");
        points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quiet_line_is_two_corners_and_does_not_change() {
        let mut history = History::default();
        let flat = "-9,109 -9,100 159,100 159,109";
        assert_eq!(history.points(0), flat);
        history.add(0);
        assert_eq!(history.points(0), flat);
    }

    #[test]
    fn who_comes_and_goes_wanders_from_right_to_left_and_out_of_sight() {
        let mut history = History::default();
        assert_eq!(history.points(2), "-9,109 -9,100 150,100 150,52 159,52 159,109");
        history.add(2);
        assert_eq!(history.points(0), "-9,109 -9,100 149,100 149,52 150,52 150,100 159,100 159,109");
        (1..SECONDS).for_each(|_| history.add(0));
        assert_eq!(history.points(0), "-9,109 -9,52 1,52 1,100 159,100 159,109");
        history.add(0);
        assert_eq!(history.points(0), "-9,109 -9,100 159,100 159,109");
    }

    #[test]
    fn a_crowd_fills_the_height_and_is_the_peak_until_it_is_forgotten() {
        let mut history = History::default();
        history.add(1_000_000);
        assert!(
            history.points(500_000).ends_with("150,4 150,52 159,52 159,109"),
            "{}",
            history.points(500_000)
        );
        assert_eq!((history.peak(7), history.peak(2_000_000)), (1_000_000, 2_000_000));
        (0..SECONDS).for_each(|_| history.add(0));
        assert_eq!(history.peak(7), 7);
    }

    #[test]
    fn it_never_grows() {
        let mut history = History::default();
        (0..10 * SECONDS).for_each(|count| history.add(count));
        assert_eq!(history.0.len(), SECONDS);
    }
}
