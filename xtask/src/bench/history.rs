//! The verdicts of earlier runs, which the report carries on.

use super::table::Table;

/// Most runs that are kept.
const KEPT: usize = 20;

const HEADER: [&str; 5] = ["date (UTC)", "commit", "rounds", "within target", "verdict"];

/// Verdicts of complete runs, the oldest first.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct History(Vec<Entry>);

/// The verdict of one run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) date: String,
    pub(crate) commit: String,
    pub(crate) rounds: usize,
    pub(crate) within: usize,
    pub(crate) of: usize,
}

impl Entry {
    pub(crate) fn is_passed(&self) -> bool {
        self.within == self.of
    }

    fn cells(&self) -> Vec<String> {
        let sign = if self.is_passed() { "✓" } else { "✗" };
        let score = format!("{} of {}", self.within, self.of);
        vec![self.date.clone(), self.commit.clone(), self.rounds.to_string(), score, sign.to_owned()]
    }

    fn parse(line: &str) -> Option<Self> {
        let cells: Vec<_> = line.trim().strip_prefix('|')?.split('|').map(str::trim).collect();
        let (within, of) = cells.get(3)?.split_once(" of ")?;
        Some(Self {
            date: cells[0].to_owned(),
            commit: cells[1].to_owned(),
            rounds: cells[2].parse().ok()?,
            within: within.parse().ok()?,
            of: of.parse().ok()?,
        })
    }
}

impl History {
    /// The verdicts that a written report holds.
    pub(crate) fn parse(report: &str) -> Self {
        let header = format!("| {} |", HEADER.join(" | "));
        let lines = report.lines().skip_while(|line| *line != header).skip(2);
        let mut history = Self::default();
        lines.map_while(Entry::parse).for_each(|entry| history.push(entry));
        history
    }

    pub(crate) fn push(&mut self, entry: Entry) {
        self.0.push(entry);
        self.0.drain(..self.0.len().saturating_sub(KEPT));
    }

    /// One line for each run.
    pub(crate) fn table(&self) -> Table {
        let mut table = Table::new(&HEADER);
        self.0.iter().for_each(|entry| table.push(entry.cells()));
        table
    }

    /// How many of the latest runs, all of the same commit, had every figure within its target.
    pub(crate) fn passed_in_a_row(&self) -> usize {
        let latest = self.0.last().map(|entry| &entry.commit);
        self.0.iter().rev().take_while(|entry| entry.is_passed() && Some(&entry.commit) == latest).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(commit: &str, within: usize) -> Entry {
        Entry { date: "2026-01-02 03:04".to_owned(), commit: commit.to_owned(), rounds: 3, within, of: 12 }
    }

    fn history(entries: &[Entry]) -> History {
        History(entries.to_vec())
    }

    #[test]
    fn what_is_written_is_read_again() {
        let history = history(&[entry("abc, with changes", 11), entry("def", 12)]);
        let report =
            format!("# Title\n\n| row | x |\n| --- | --- |\n\n{}\nmore | text\n", history.table().markdown());
        assert_eq!(History::parse(&report), history);
        assert_eq!(History::parse("nothing of the kind"), History::default());
    }

    #[test]
    fn a_row_counts_from_the_end_and_for_one_commit() {
        assert_eq!(history(&[entry("a", 12), entry("b", 12), entry("b", 12)]).passed_in_a_row(), 2);
        assert_eq!(history(&[entry("b", 12), entry("b", 11), entry("b", 12)]).passed_in_a_row(), 1);
        assert_eq!(history(&[entry("b", 12), entry("b", 11)]).passed_in_a_row(), 0);
        assert_eq!(history(&[]).passed_in_a_row(), 0);
    }

    #[test]
    fn a_missed_target_shows_in_the_line() {
        assert_eq!(entry("a", 11).cells()[3..], ["11 of 12", "✗"]);
        assert_eq!(entry("a", 12).cells()[3..], ["12 of 12", "✓"]);
    }

    #[test]
    fn old_runs_are_dropped() {
        let mut long = History::default();
        (0..=KEPT).for_each(|number| long.push(entry(&number.to_string(), 12)));
        assert_eq!((long.0.len(), long.0[0].commit.as_str()), (KEPT, "1"));
    }
}
