//! Medians, ranges, and how a figure is written.

/// Farthest that a point of a flat curve may be from the curve's median, as a part of it.
pub(crate) const FLAT: f64 = 0.20;

/// The middle and the ends of some figures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Summary {
    pub(crate) median: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
}

impl Summary {
    /// Nothing when there are no figures.
    pub(crate) fn of(figures: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut sorted: Vec<f64> = figures.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        let (min, max) = (*sorted.first()?, *sorted.last()?);
        let middle = sorted.len() / 2;
        let median = if sorted.len() % 2 == 1 {
            sorted[middle]
        } else {
            f64::midpoint(sorted[middle - 1], sorted[middle])
        };
        Some(Self { median, min, max })
    }

    /// Whether no figure is farther than [`FLAT`] from the median.
    pub(crate) fn is_flat(&self) -> bool {
        self.min >= self.median * (1.0 - FLAT) && self.max <= self.median * (1.0 + FLAT)
    }

    /// The median, with the range in brackets where there is one.
    pub(crate) fn text(&self) -> String {
        let [median, min, max] = [self.median, self.min, self.max].map(figure);
        if min == max { median } else { format!("{median} ({min}–{max})") }
    }
}

/// A figure with about three digits.
pub(crate) fn figure(value: f64) -> String {
    match value.abs() {
        ..9.995 => format!("{value:.2}"),
        ..99.95 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

/// One bar for each figure, as high as its part of the highest.
pub(crate) fn bars(figures: &[f64]) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let highest = figures.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    // A float too large or not a number becomes the end of the integer's range, so the index is always valid.
    let bar = |figure: &f64| BARS[((figure / highest * 8.0).ceil() as usize).clamp(1, 8) - 1];
    figures.iter().map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_figure_or_the_mean_of_two() {
        assert_eq!(Summary::of([3.0, 1.0, 2.0]).unwrap(), Summary { median: 2.0, min: 1.0, max: 3.0 });
        assert_eq!(Summary::of([4.0, 1.0, 2.0, 9.0]).unwrap().median, 3.0);
        assert_eq!(Summary::of([]), None);
    }

    #[test]
    fn a_summary_shows_its_range_unless_it_is_one_figure() {
        assert_eq!(Summary::of([3.456, 3.401, 12.34]).unwrap().text(), "3.46 (3.40–12.3)");
        assert_eq!(Summary::of([250.4]).unwrap().text(), "250");
    }

    #[test]
    fn flat_is_within_a_fifth_of_the_median_on_both_sides() {
        assert!(Summary::of([8.1, 10.0, 11.9]).unwrap().is_flat());
        assert!(!Summary::of([10.0, 10.0, 12.1]).unwrap().is_flat());
        assert!(!Summary::of([7.9, 10.0, 10.0]).unwrap().is_flat());
    }

    #[test]
    fn figures_have_about_three_digits() {
        assert_eq!(
            [0.0, 9.994, 9.996, 99.94, 99.96, 1234.5].map(figure),
            ["0.00", "9.99", "10.0", "99.9", "100", "1234"]
        );
    }

    #[test]
    fn bars_are_as_high_as_their_part() {
        assert_eq!(bars(&[1.0, 2.0, 4.0, 8.0, 0.0]), "▁▂▄█▁");
        assert_eq!(bars(&[0.0, 0.0]), "▁▁");
        assert_eq!(bars(&[]), "");
    }
}
