//! What durable counters cost, measured without sockets.

use super::chapter::{Chapter, Figure, Program, Row, Taken, Target};

pub(crate) static CHAPTER: Chapter = Chapter {
    name: "tally",
    heading: "Counters",
    about: include_str!("tally.md"),
    programs: &[
        Program { name: WRITE, binary: BINARY, arguments: |_| words(&["write"]) },
        Program { name: SQLITE, binary: APART, arguments: |taken| Some(vec![batch(taken)?]) },
        Program { name: LATER, binary: BINARY, arguments: |_| words(&["later"]) },
        Program { name: SLOW, binary: BINARY, arguments: |_| words(&["memory", "1000"]) },
        Program { name: FAST, binary: BINARY, arguments: |_| words(&["memory", "100000"]) },
    ],
    rows: &[
        Row {
            title: "answered increments, 64 tasks with 256 in flight each, 1,000 counters",
            unit: "per second",
            figure: ANSWERED,
            target: Target::AtLeast(0.8, "redb by hand", Figure::new(WRITE, "each_per_second")),
        },
        Row {
            title: "the same beside redb by hand with increments added up",
            unit: "per second",
            figure: ANSWERED,
            target: Target::Beside("redb by hand, added up", Figure::new(WRITE, "summed_per_second")),
        },
        Row {
            title: "the same beside SQLite by hand",
            unit: "per second",
            figure: ANSWERED,
            target: Target::Beside("SQLite by hand", Figure::new(SQLITE, "each_per_second")),
        },
        Row {
            title: "the same beside SQLite by hand with increments added up",
            unit: "per second",
            figure: ANSWERED,
            target: Target::Beside("SQLite by hand, added up", Figure::new(SQLITE, "summed_per_second")),
        },
        Row { title: "increments in one commit", unit: "increments", figure: BATCH, target: Target::Shown },
        Row {
            title: "an increment that nobody waits for",
            unit: "ns",
            figure: Figure::new(LATER, "add_later_ns"),
            target: Target::Times(3.0, "a bare atomic number", Figure::new(LATER, "atomic_ns")),
        },
        Row {
            title: "memory of the process at 100,000 answered increments per second",
            unit: "MiB",
            figure: Figure::memory(FAST),
            target: Target::Times(1.2, "the same at 1,000", Figure::memory(SLOW)),
        },
    ],
};

const BINARY: &str = "yardstick-tally";

/// The program that is built apart from the others.
pub(crate) const APART: &str = "yardstick-sqlite";

const WRITE: &str = "write";
const SQLITE: &str = "sqlite";
const LATER: &str = "later";
const SLOW: &str = "slow";
const FAST: &str = "fast";

const ANSWERED: Figure = Figure::new(WRITE, "per_second");

const BATCH: Figure = Figure::new(WRITE, "batch");

fn words(words: &[&str]) -> Option<Vec<String>> {
    Some(words.iter().map(|word| (*word).to_owned()).collect())
}

/// How many increments are one transaction by hand: as many as in a commit of the tally's.
fn batch(taken: &Taken) -> Option<String> {
    Some((taken.find(BATCH).ok()? as u64).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::chapter::{Line, tests::judged};

    const WRITTEN: &str =
        r#"{"per_second": 800000, "batch": 9000, "each_per_second": 1000000, "summed_per_second": 4000000}"#;

    fn lines(written: &str, later: f64, fast: u64) -> Vec<Line> {
        let later = format!(r#"{{"add_later_ns": {later}, "atomic_ns": 5}}"#);
        let fast = format!(r#"{{"memory_bytes": {fast}}}"#);
        let by_hand = r#"{"each_per_second": 400000, "summed_per_second": 1600000}"#;
        let slow = r#"{"memory_bytes": 10485760}"#;
        judged(&CHAPTER, [(WRITE, written), (SQLITE, by_hand), (LATER, &later), (SLOW, slow), (FAST, &fast)])
    }

    fn signs(lines: &[Line]) -> String {
        lines.iter().map(|line| line.verdict.sign()).collect()
    }

    #[test]
    fn every_row_has_its_own_figure_and_ratio() {
        let lines = lines(WRITTEN, 15.0, 12 << 20);
        let own: Vec<_> = lines.iter().map(|line| line.own[0].unwrap()).collect();
        assert_eq!(own, [800_000.0, 800_000.0, 800_000.0, 800_000.0, 9000.0, 15.0, 12.0]);
        let ratios: Vec<_> = lines.iter().map(|line| line.ratio.map(|ratio| ratio.median)).collect();
        assert_eq!(ratios, [Some(0.8), Some(0.2), Some(2.0), Some(0.5), None, Some(3.0), Some(1.2)]);
        assert_eq!(signs(&lines), "✓––––✓✓");
    }

    #[test]
    fn each_target_can_be_missed() {
        let slower = WRITTEN.replace("800000", "799999");
        assert_eq!(signs(&lines(&slower, 15.1, (12 << 20) + 1)), "✗––––✗✗");
    }

    #[test]
    fn by_hand_a_transaction_is_as_large_as_a_commit() {
        let taken = Taken::from([(WRITE, r#"{"batch": 9000.7}"#)]);
        assert_eq!(batch(&taken).as_deref(), Some("9000"));
        assert_eq!(batch(&Taken::from([(WRITE, "{}")])), None);
    }
}
