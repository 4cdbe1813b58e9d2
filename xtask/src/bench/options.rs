//! What the command line of the benchmark says.

use clap::Args;

/// Rounds that a report of record needs at least.
const ROUNDS_OF_RECORD: usize = 3;

/// Options of `cargo xtask bench`.
#[derive(Args)]
pub(crate) struct Options {
    /// How often every figure is measured; with three or more, BENCHMARKS.md is written.
    #[arg(long, default_value_t = 3, value_parser = rounds, conflicts_with = "quick")]
    rounds: usize,
    /// One round and fewer sizes of the growth curves; BENCHMARKS.md is not written.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Only the measurements whose name contains this; no growth curves, and BENCHMARKS.md is not written.
    #[arg(long, value_name = "ROW")]
    pub(crate) only: Option<String>,
    /// How often in a row the whole benchmark runs; BENCHMARKS.md shows the last, and a verdict for each.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=20))]
    pub(crate) runs: u32,
    /// Leave BENCHMARKS.md alone.
    #[arg(long)]
    no_write: bool,
}

impl Options {
    /// How often every figure is measured.
    pub(crate) fn rounds(&self) -> usize {
        if self.quick { 1 } else { self.rounds }
    }

    /// Whether the result is complete enough to be kept, and wanted.
    pub(crate) fn writes(&self) -> bool {
        !self.no_write && self.only.is_none() && self.rounds() >= ROUNDS_OF_RECORD
    }
}

fn rounds(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|rounds| (1..=100).contains(rounds)).ok_or_else(|| "from 1 to 100".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: Options,
    }

    fn parse(words: &[&str]) -> Options {
        Line::try_parse_from(std::iter::once(&"bench").chain(words)).unwrap().options
    }

    #[test]
    fn only_a_complete_benchmark_of_three_rounds_is_written() {
        assert!(parse(&[]).writes());
        assert!(parse(&["--rounds", "5", "--runs", "3"]).writes());
        for partial in [&["--quick"][..], &["--rounds", "2"], &["--only", "echo"], &["--no-write"]] {
            assert!(!parse(partial).writes(), "{partial:?}");
        }
    }

    #[test]
    fn quick_is_one_round() {
        assert_eq!(parse(&["--quick"]).rounds(), 1);
        assert_eq!(parse(&[]).rounds(), 3);
        assert!(Line::try_parse_from(["bench", "--rounds", "0"]).is_err());
        assert!(Line::try_parse_from(["bench", "--rounds", "2", "--quick"]).is_err());
    }
}
