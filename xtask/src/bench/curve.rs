//! The cost of one unit of work at several sizes, and whether it grows.

use super::judge::{Verdict, ratios};
use super::statistics::{FLAT, Summary, figure};
use crate::failure::Failure;

/// The cost of one unit of work at growing sizes.
pub(crate) struct Curve {
    pub(crate) title: &'static str,
    pub(crate) unit: &'static str,
    /// What does the same work beside Firecrest.
    pub(crate) beside: &'static str,
    pub(crate) points: Vec<Point>,
    pub(crate) failures: Vec<String>,
}

/// One size of a curve.
#[derive(Default)]
pub(crate) struct Point {
    pub(crate) size: u64,
    /// Firecrest's figures by round, in the curve's unit; nothing where the measurement failed.
    pub(crate) own: Vec<Option<f64>>,
    /// The same of what runs beside it.
    pub(crate) beside: Vec<Option<f64>>,
}

/// Whose cost is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Own,
    Beside,
}

impl Point {
    pub(crate) fn cost(&self) -> Option<Summary> {
        Summary::of(self.own.iter().copied().flatten())
    }

    /// Firecrest's figures as parts of those beside it, each of the same round.
    pub(crate) fn ratio(&self) -> Option<Summary> {
        Summary::of(ratios(&self.own, &self.beside).into_iter().flatten())
    }

    fn side(&mut self, side: Side) -> &mut Vec<Option<f64>> {
        match side {
            Side::Own => &mut self.own,
            Side::Beside => &mut self.beside,
        }
    }
}

impl Curve {
    /// A curve without figures.
    fn new(title: &'static str, unit: &'static str, beside: &'static str, sizes: &[u64]) -> Self {
        let point = |size: &u64| Point { size: *size, ..Point::default() };
        Self { title, unit, beside, points: sizes.iter().map(point).collect(), failures: Vec::new() }
    }

    /// Keeps, and says, what a round has found out about the point at this place.
    fn take(&mut self, place: usize, round: usize, side: Side, taken: Result<f64, String>) {
        let name = self.name(side);
        let point = &mut self.points[place];
        point.side(side).push(taken.as_ref().ok().copied());
        match taken {
            Ok(taken) => println!("    {name:<9}  {} {}", figure(taken), self.unit),
            Err(reason) => {
                println!("    {name:<9}  ✗ {reason}");
                let (title, size) = (self.title, point.size);
                self.failures.push(format!("{title}, {name}, N = {size}, round {}: {reason}", round + 1));
            }
        }
    }

    pub(crate) fn name(&self, side: Side) -> &'static str {
        match side {
            Side::Own => "Firecrest",
            Side::Beside => self.beside,
        }
    }

    /// The medians of the points' costs.
    pub(crate) fn costs(&self) -> Vec<f64> {
        self.points.iter().filter_map(|point| Some(point.cost()?.median)).collect()
    }

    /// The medians of the points' ratios.
    pub(crate) fn ratios(&self) -> Vec<f64> {
        self.points.iter().filter_map(|point| Some(point.ratio()?.median)).collect()
    }

    /// Within when every point was measured and either the cost is flat, or it grows no faster than that beside it.
    pub(crate) fn verdict(&self) -> Verdict {
        let is_measured = |point: &Point| !point.own.contains(&None) && !point.beside.contains(&None);
        let is_flat = Summary::of(self.costs()).is_some_and(|summary| summary.is_flat());
        let is_complete = self.points.iter().all(is_measured);
        Verdict::of(is_complete && (is_flat || !has_grown(&self.ratios())))
    }
}

/// Whether a figure is more than [`FLAT`] above the first; true without figures.
fn has_grown(figures: &[f64]) -> bool {
    figures.first().is_none_or(|first| figures.iter().any(|figure| *figure > first * (1.0 + FLAT)))
}

/// How far figures are from their median, in percent.
pub(crate) fn spread(medians: Vec<f64>) -> String {
    // Adding zero makes a negative zero positive.
    let part = |end: f64, median: f64| format!("{:+.0} %", ((end / median - 1.0) * 100.0).round() + 0.0);
    Summary::of(medians).filter(|summary| summary.median > 0.0).map_or_else(
        || "–".to_owned(),
        |Summary { median, min, max }| format!("{} to {}", part(min, median), part(max, median)),
    )
}

/// What one series of samples is taken for.
pub(crate) struct Wanted<M: 'static> {
    pub(crate) name: &'static str,
    /// What does the same work beside Firecrest.
    pub(crate) beside: &'static str,
    /// Title, unit, and what the figure is.
    pub(crate) curves: &'static [(&'static str, &'static str, M)],
}

/// Takes a sample of both sides at every size `count` times, and from each sample the figure of every curve.
pub(crate) fn repeat<M, S>(
    wanted: &Wanted<M>,
    sizes: &[u64],
    count: usize,
    sample: impl Fn(Side, u64) -> Result<S, Failure>,
    figure: impl Fn(&M, &S) -> Option<f64>,
) -> Vec<Curve> {
    let curve =
        |(title, unit, _): &(&'static str, &'static str, M)| Curve::new(title, unit, wanted.beside, sizes);
    let mut curves: Vec<_> = wanted.curves.iter().map(curve).collect();
    for number in 0..count {
        for (place, size) in sizes.iter().enumerate() {
            println!("growth, round {} of {count}: {} at {size}", number + 1, wanted.name);
            for side in order(number) {
                let sample = sample(side, *size);
                for (curve, (_, _, metric)) in curves.iter_mut().zip(wanted.curves) {
                    let taken = match &sample {
                        Ok(sample) => figure(metric, sample).ok_or_else(|| "not in the report".to_owned()),
                        Err(failure) => Err(failure.to_string()),
                    };
                    curve.take(place, number, side, taken);
                }
            }
        }
    }
    curves
}

fn order(number: usize) -> [Side; 2] {
    if number.is_multiple_of(2) { [Side::Beside, Side::Own] } else { [Side::Own, Side::Beside] }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Rounds = [Option<f64>];

    fn curve(figures: &[(&Rounds, &Rounds)]) -> Curve {
        let mut curve = Curve::new("t", "u", "b", &[]);
        curve.points = (1..)
            .zip(figures)
            .map(|(size, (own, beside))| Point { size, own: own.to_vec(), beside: beside.to_vec() })
            .collect();
        curve
    }

    #[test]
    fn a_curve_is_judged_by_the_medians_of_its_points() {
        let beside: &Rounds = &[Some(5.0), Some(5.0), Some(5.0)];
        let flat = curve(&[
            (&[Some(10.0), Some(50.0), Some(10.0)], beside),
            (&[Some(11.0)], beside),
            (&[Some(9.0)], beside),
        ]);
        assert_eq!((flat.verdict(), spread(flat.costs())), (Verdict::Within, "-10 % to +10 %".to_owned()));
        let growing = curve(&[(&[Some(10.0)], beside), (&[Some(10.0)], beside), (&[Some(13.0)], beside)]);
        assert_eq!(
            (growing.verdict(), spread(growing.costs())),
            (Verdict::Missed, "+0 % to +30 %".to_owned())
        );
    }

    #[test]
    fn a_cost_may_grow_as_the_cost_beside_it_does() {
        let both = curve(&[(&[Some(10.0)], &[Some(5.0)]), (&[Some(40.0)], &[Some(20.0)])]);
        assert_eq!((both.verdict(), both.ratios()), (Verdict::Within, vec![2.0, 2.0]));
        let faster = curve(&[(&[Some(10.0)], &[Some(5.0)]), (&[Some(40.0)], &[Some(10.0)])]);
        assert_eq!((faster.verdict(), faster.ratios()), (Verdict::Missed, vec![2.0, 4.0]));
        let slower = curve(&[(&[Some(10.0)], &[Some(5.0)]), (&[Some(40.0)], &[Some(80.0)])]);
        assert_eq!((slower.verdict(), slower.ratios()), (Verdict::Within, vec![2.0, 0.5]));
    }

    #[test]
    fn one_sample_has_the_figures_of_all_curves() {
        let sample = |side, size| match (side, size) {
            (Side::Own, 3) => Err(Failure::new("lost")),
            (Side::Own, size) => Ok(size as f64),
            (Side::Beside, _) => Ok(1.0),
        };
        let wanted = Wanted { name: "n", beside: "other", curves: &[("a", "u", 10.0), ("b", "u", 0.0)] };
        let figure = |times: &f64, sample: &f64| (*times > 0.0).then_some(times * sample);
        let curves = repeat(&wanted, &[2, 3], 2, sample, figure);
        assert_eq!(curves[0].points[0].own, [Some(20.0), Some(20.0)]);
        assert_eq!(curves[0].points[0].beside, [Some(10.0), Some(10.0)]);
        assert_eq!(curves[0].points[1].own, [None, None]);
        let lost = ["a, Firecrest, N = 3, round 1: lost", "a, Firecrest, N = 3, round 2: lost"];
        assert_eq!(curves[0].failures, lost);
        assert_eq!(curves[1].failures[0], "b, other, N = 2, round 1: not in the report");
    }

    #[test]
    fn the_sides_take_turns_in_being_first() {
        assert_eq!([order(0)[0], order(1)[0], order(2)[0]], [Side::Beside, Side::Own, Side::Beside]);
    }

    #[test]
    fn a_failed_or_missing_measurement_misses() {
        let one: &Rounds = &[Some(10.0)];
        assert_eq!(curve(&[(&[Some(10.0), None], one), (one, one)]).verdict(), Verdict::Missed);
        assert_eq!(curve(&[(one, &[None]), (one, one)]).verdict(), Verdict::Missed);
        assert_eq!(curve(&[]).verdict(), Verdict::Missed);
        assert_eq!(spread(Vec::new()), "–");
    }
}
