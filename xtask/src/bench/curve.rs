//! The cost of one unit of work at several sizes, and whether it grows.

use super::judge::Verdict;
use super::statistics::{Summary, figure};

/// The cost of one unit of work at growing sizes.
pub(crate) struct Curve {
    pub(crate) title: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) points: Vec<Point>,
    pub(crate) failures: Vec<String>,
}

/// One size of a curve.
pub(crate) struct Point {
    pub(crate) size: u64,
    /// Microseconds by round; nothing where the measurement failed.
    pub(crate) figures: Vec<Option<f64>>,
}

impl Point {
    pub(crate) fn summary(&self) -> Option<Summary> {
        Summary::of(self.figures.iter().copied().flatten())
    }
}

impl Curve {
    /// A curve without figures.
    pub(crate) fn new(title: &'static str, unit: &'static str, sizes: &[u64]) -> Self {
        let point = |size: &u64| Point { size: *size, figures: Vec::new() };
        Self { title, unit, points: sizes.iter().map(point).collect(), failures: Vec::new() }
    }

    /// Keeps, and says, what a round has found out about the point at this place.
    pub(crate) fn take(&mut self, place: usize, round: usize, taken: Result<f64, String>) {
        let point = &mut self.points[place];
        point.figures.push(taken.as_ref().ok().copied());
        match taken {
            Ok(taken) => println!("    {} {}", figure(taken), self.unit),
            Err(reason) => {
                println!("    ✗ {reason}");
                self.failures.push(format!(
                    "{}, N = {}, round {}: {reason}",
                    self.title,
                    point.size,
                    round + 1
                ));
            }
        }
    }

    /// The medians of the points.
    pub(crate) fn medians(&self) -> Vec<f64> {
        self.points.iter().filter_map(|point| Some(point.summary()?.median)).collect()
    }

    /// Within when every point was measured and none is far from the curve's median.
    pub(crate) fn verdict(&self) -> Verdict {
        let is_complete = self.points.iter().all(|point| !point.figures.contains(&None));
        Verdict::of(is_complete && Summary::of(self.medians()).is_some_and(|summary| summary.is_flat()))
    }

    /// How far the points are from the curve's median, in percent.
    pub(crate) fn spread(&self) -> String {
        // Adding zero makes a negative zero positive.
        let part = |end: f64, median: f64| format!("{:+.0} %", ((end / median - 1.0) * 100.0).round() + 0.0);
        Summary::of(self.medians()).filter(|summary| summary.median > 0.0).map_or_else(
            || "–".to_owned(),
            |Summary { median, min, max }| format!("{} to {}", part(min, median), part(max, median)),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(figures: &[&[Option<f64>]]) -> Curve {
        let point = |(size, figures): (u64, &&[Option<f64>])| Point { size, figures: figures.to_vec() };
        Curve { title: "t", unit: "u", points: (1..).zip(figures).map(point).collect(), failures: Vec::new() }
    }

    #[test]
    fn a_curve_is_judged_by_the_medians_of_its_points() {
        let flat = curve(&[&[Some(10.0), Some(50.0), Some(10.0)], &[Some(11.0)], &[Some(9.0)]]);
        assert_eq!((flat.verdict(), flat.spread()), (Verdict::Within, "-10 % to +10 %".to_owned()));
        let growing = curve(&[&[Some(10.0)], &[Some(10.0)], &[Some(13.0)]]);
        assert_eq!((growing.verdict(), growing.spread()), (Verdict::Missed, "+0 % to +30 %".to_owned()));
    }

    #[test]
    fn a_failed_or_missing_measurement_misses() {
        assert_eq!(curve(&[&[Some(10.0), None], &[Some(10.0)]]).verdict(), Verdict::Missed);
        assert_eq!(curve(&[]).verdict(), Verdict::Missed);
        assert_eq!(curve(&[]).spread(), "–");
    }
}
