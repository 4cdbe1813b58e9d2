//! The scale of a bar chart (B013).

/// Most marks on it.
const MARKS: u64 = 6;

/// A scale from 0 to a tenth more than the largest value.
#[derive(Debug)]
pub(crate) struct Axis {
    end: f64,
    /// The least of 1, 2, 5, 10, 20, … of which there are not too many.
    step: u64,
}

impl Axis {
    /// The scale for values up to this one.
    pub(crate) fn new(largest: u64) -> Self {
        let end = largest.max(1) as f64 * 1.1;
        let mut steps =
            (0_u32..).flat_map(|power| [1, 2, 5].map(|first| first * 10_u64.saturating_pow(power)));
        let step = steps.find(|step| end / *step as f64 <= (MARKS - 1) as f64).unwrap_or(u64::MAX);
        Axis { end, step }
    }

    /// How far along the scale a value is, in percent.
    pub(crate) fn percent(&self, value: u64) -> f64 {
        (value as f64 / self.end * 1000.0).round() / 10.0
    }

    /// The values that are marked, from 0 on.
    pub(crate) fn marks(&self) -> impl Iterator<Item = u64> {
        let count = (self.end / self.step as f64) as u64;
        (0..=count).map(|number| number * self.step)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn marks(largest: u64) -> Vec<u64> {
        Axis::new(largest).marks().collect()
    }

    #[test]
    fn b013_marks_are_round_numbers() {
        assert_eq!(marks(0), [0, 1]);
        assert_eq!(marks(4), [0, 1, 2, 3, 4]);
        assert_eq!(marks(9), [0, 2, 4, 6, 8]);
        assert_eq!(marks(1234), [0, 500, 1000]);
    }

    proptest! {
        #[test]
        fn b013_the_longest_bar_leaves_a_tenth_of_itself_free(largest in 1_u64..1 << 50) {
            let axis = Axis::new(largest);
            prop_assert_eq!(axis.percent(largest), 90.9);
            prop_assert_eq!(axis.percent(0), 0.0);
            let marks: Vec<_> = axis.marks().collect();
            prop_assert!((2..=MARKS as usize).contains(&marks.len()), "{:?}", marks);
            prop_assert!(marks.iter().all(|mark| axis.percent(*mark) <= 100.0), "{:?}", marks);
        }
    }
}
