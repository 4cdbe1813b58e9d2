//! The expected counts, and what to say of others.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// How far a count may be from what is expected, in percent. Much less than that comes of another processor or another
/// memory allocator.
const TOLERANCE: u64 = 10;

const HEAD: &str = "\
# How many instructions the hot paths take. CI fails when a count is more than 10 % above; `cargo xtask guards --renew`
# writes this file. A name that ends in a number stands for one of as many: `subscribers_1000` is the share of one
# subscriber.

";

/// Instructions by name.
pub(crate) type Counts = BTreeMap<String, u64>;

/// The file of expected counts.
#[derive(Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expected {
    /// The version of Rust they were measured with.
    pub(crate) rustc: String,
    /// The platform they were measured on; they mean nothing on another.
    pub(crate) host: String,
    pub(crate) counts: Counts,
}

impl Expected {
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        toml::from_str(text)
            .map_err(|error| Failure::new(format!("the expected counts cannot be read: {error}")))
    }

    /// The file's text.
    pub(crate) fn text(&self) -> Result<String, Failure> {
        let text = toml::to_string(self);
        text.map(|text| format!("{HEAD}{text}")).map_err(|error| Failure::new(error.to_string()))
    }
}

/// One count beside what is expected.
#[derive(Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) name: String,
    /// None where nothing is expected.
    pub(crate) expected: Option<u64>,
    /// None where nothing was counted.
    pub(crate) found: Option<u64>,
}

/// What a row means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    AsExpected,
    /// More than the tolerance above.
    More,
    /// More than the tolerance below.
    Fewer,
    /// There is no benchmark or no expectation of this name.
    Unknown,
}

impl Verdict {
    pub(crate) fn is_failure(self) -> bool {
        matches!(self, Verdict::More | Verdict::Unknown)
    }

    pub(crate) fn is_fewer(self) -> bool {
        self == Verdict::Fewer
    }
}

impl Row {
    pub(crate) fn verdict(&self) -> Verdict {
        match (self.expected, self.found) {
            (Some(expected), Some(found)) if found * 100 > expected * (100 + TOLERANCE) => Verdict::More,
            (Some(expected), Some(found)) if found * 100 < expected * (100 - TOLERANCE) => Verdict::Fewer,
            (Some(_), Some(_)) => Verdict::AsExpected,
            _ => Verdict::Unknown,
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |count: Option<u64>| count.map_or_else(|| "none".into(), |count| count.to_string());
        let (expected, found) = (number(self.expected), number(self.found));
        let remark = match self.verdict() {
            Verdict::AsExpected => "",
            Verdict::More => ", too many",
            Verdict::Fewer => ", fewer",
            Verdict::Unknown => ", not comparable",
        };
        write!(f, "{:<30} {found:>8} instructions, expected {expected:>8}{remark}", self.name)
    }
}

/// A row for every name, in order.
pub(crate) fn compare(expected: &Counts, found: &Counts) -> Vec<Row> {
    let names: std::collections::BTreeSet<_> = expected.keys().chain(found.keys()).collect();
    let row = |name: &String| Row {
        name: name.clone(),
        expected: expected.get(name).copied(),
        found: found.get(name).copied(),
    };
    names.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(expected: Option<u64>, found: Option<u64>) -> Verdict {
        Row { name: String::new(), expected, found }.verdict()
    }

    #[test]
    fn ten_percent_are_tolerated() {
        assert_eq!(verdict(Some(1_000), Some(1_100)), Verdict::AsExpected);
        assert_eq!(verdict(Some(1_000), Some(1_101)), Verdict::More);
        assert_eq!(verdict(Some(1_000), Some(900)), Verdict::AsExpected);
        assert_eq!(verdict(Some(1_000), Some(899)), Verdict::Fewer);
    }

    #[test]
    fn only_too_many_and_the_unknown_are_failures() {
        assert!(Verdict::More.is_failure() && Verdict::Unknown.is_failure());
        assert!(!Verdict::Fewer.is_failure() && !Verdict::AsExpected.is_failure());
    }

    #[test]
    fn a_benchmark_without_expectation_and_the_other_way_round_are_seen() {
        let (one, other) = (Counts::from([("a".into(), 1)]), Counts::from([("b".into(), 1)]));
        let rows = compare(&one, &other);
        assert_eq!(rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert!(rows.iter().all(|row| row.verdict() == Verdict::Unknown));
    }

    #[test]
    fn the_file_is_read_as_it_is_written() {
        let counts = Counts::from([("decode.v2_text".into(), 3_920), ("echo.v2_text".into(), 9_969)]);
        let expected = Expected { rustc: "1.95.0".into(), host: "x86_64-unknown-linux-gnu".into(), counts };
        assert_eq!(Expected::parse(&expected.text().unwrap()).unwrap(), expected);
    }
}
