//! What went right and what went wrong.

use crate::latency::Latency;

/// How many error texts are kept.
const MAX_ERRORS: usize = 10;

/// The counts of a run.
#[derive(Debug)]
pub(crate) struct Tally {
    /// What was measured: joins, replies, deliveries; once each.
    pub(crate) units: u64,
    /// What should have come and did not.
    pub(crate) lost: u64,
    /// What came more than once.
    pub(crate) duplicated: u64,
    /// What came after something later.
    pub(crate) out_of_order: u64,
    /// Connections, upgrades and joins that were refused or not answered in time.
    pub(crate) refused: u64,
    /// All errors, those whose text was not kept included.
    pub(crate) error_count: u64,
    /// The texts of the first few.
    pub(crate) errors: Vec<String>,
    /// How long the units took.
    pub(crate) latency: Latency,
}

impl Tally {
    /// Nothing happened yet.
    pub(crate) fn new() -> Tally {
        Tally {
            units: 0,
            lost: 0,
            duplicated: 0,
            out_of_order: 0,
            refused: 0,
            error_count: 0,
            errors: Vec::new(),
            latency: Latency::new(),
        }
    }

    /// Counts one unit that took so many nanoseconds.
    pub(crate) fn unit(&mut self, nanos: u64) {
        self.units += 1;
        self.latency.record(nanos);
    }

    /// Counts one that came after something later, which is an error.
    pub(crate) fn late(&mut self, what: &str, connection: usize) {
        self.out_of_order += 1;
        self.error(|| format!("connection {connection}: {what} out of order"));
    }

    /// Counts an error and keeps its text if it is one of the first.
    pub(crate) fn error(&mut self, text: impl FnOnce() -> String) {
        self.error_count += 1;
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(text());
        }
    }

    /// Forgets the measurements, not what went wrong: the warm-up is over.
    pub(crate) fn start_measuring(&mut self) {
        self.units = 0;
        self.latency.reset();
    }

    /// Whether nothing went wrong.
    pub(crate) fn is_clean(&self) -> bool {
        self.lost + self.duplicated + self.out_of_order + self.refused + self.error_count == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_texts_are_kept_and_all_errors_counted() {
        let mut tally = Tally::new();
        for number in 0..100 {
            tally.error(|| number.to_string());
        }
        assert_eq!((tally.error_count, tally.errors.len()), (100, 10));
    }

    #[test]
    fn anything_wrong_is_not_clean_and_a_warm_up_hides_nothing() {
        let wrongs: [fn(&mut Tally); 5] = [
            |tally| tally.lost += 1,
            |tally| tally.duplicated += 1,
            |tally| tally.refused += 1,
            |tally| tally.late("a reply", 3),
            |tally| tally.error(String::new),
        ];
        for wrong in wrongs {
            let mut tally = Tally::new();
            tally.unit(5);
            assert!(tally.is_clean());
            wrong(&mut tally);
            tally.start_measuring();
            assert!(!tally.is_clean() && tally.units == 0);
        }
    }
}
