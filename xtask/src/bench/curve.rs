//! The cost of one unit of work at several sizes, and whether it grows.

use super::judge::Verdict;
use super::statistics::{Summary, figure};
use crate::failure::Failure;

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
    /// Figures by round, in the curve's unit; nothing where the measurement failed.
    pub(crate) figures: Vec<Option<f64>>,
}

impl Point {
    pub(crate) fn summary(&self) -> Option<Summary> {
        Summary::of(self.figures.iter().copied().flatten())
    }
}

impl Curve {
    /// A curve without figures.
    fn new(title: &'static str, unit: &'static str, sizes: &[u64]) -> Self {
        let point = |size: &u64| Point { size: *size, figures: Vec::new() };
        Self { title, unit, points: sizes.iter().map(point).collect(), failures: Vec::new() }
    }

    /// Keeps, and says, what a round has found out about the point at this place.
    fn take(&mut self, place: usize, round: usize, taken: Result<f64, String>) {
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

/// Takes a sample of every size `count` times, and from each sample the figure of every curve, which is a title, a unit and
/// what the figure is.
pub(crate) fn repeat<M, S>(
    name: &str,
    wanted: &[(&'static str, &'static str, M)],
    sizes: &[u64],
    count: usize,
    sample: impl Fn(u64) -> Result<S, Failure>,
    figure: impl Fn(&M, &S) -> Option<f64>,
) -> Vec<Curve> {
    let mut curves: Vec<_> = wanted.iter().map(|(title, unit, _)| Curve::new(title, unit, sizes)).collect();
    for number in 0..count {
        for (place, size) in sizes.iter().enumerate() {
            println!("growth, round {} of {count}: {name} at {size}", number + 1);
            let sample = sample(*size);
            for (curve, (_, _, metric)) in curves.iter_mut().zip(wanted) {
                let taken = match &sample {
                    Ok(sample) => figure(metric, sample).ok_or_else(|| "not in the report".to_owned()),
                    Err(failure) => Err(failure.to_string()),
                };
                curve.take(place, number, taken);
            }
        }
    }
    curves
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
    fn one_sample_has_the_figures_of_all_curves() {
        let sample = |size| if size == 3 { Err(Failure::new("lost")) } else { Ok(size as f64) };
        let figure = |times: &f64, sample: &f64| (*times > 0.0).then_some(times * sample);
        let curves = repeat("n", &[("a", "u", 10.0), ("b", "u", 0.0)], &[2, 3], 2, sample, figure);
        assert_eq!(curves[0].points[0].figures, [Some(20.0), Some(20.0)]);
        assert_eq!(curves[0].points[1].figures, [None, None]);
        assert_eq!(curves[0].failures, ["a, N = 3, round 1: lost", "a, N = 3, round 2: lost"]);
        assert_eq!(curves[1].failures[0], "b, N = 2, round 1: not in the report");
    }

    #[test]
    fn a_failed_or_missing_measurement_misses() {
        assert_eq!(curve(&[&[Some(10.0), None], &[Some(10.0)]]).verdict(), Verdict::Missed);
        assert_eq!(curve(&[]).verdict(), Verdict::Missed);
        assert_eq!(curve(&[]).spread(), "–");
    }
}
