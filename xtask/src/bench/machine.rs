//! What the figures were measured on.

use std::fs;
use std::thread;

use crate::command::{command, output};

/// The file that the report is written to, which therefore does not count as a change of the tree.
pub(crate) const REPORT: &str = "BENCHMARKS.md";

/// The machine, the tools and the tree.
pub(crate) struct Machine {
    pub(crate) processor: String,
    pub(crate) cores: usize,
    /// Whole memory in GiB.
    pub(crate) memory: f64,
    pub(crate) kernel: String,
    pub(crate) compiler: String,
    /// Other work at the start, in runnable programs over the last minute.
    pub(crate) load: String,
}

impl Machine {
    pub(crate) fn here() -> Self {
        let file = |path| fs::read_to_string(path).unwrap_or_default();
        Self {
            processor: field(&file("/proc/cpuinfo"), "model name").unwrap_or_else(unknown),
            cores: thread::available_parallelism().map_or(1, usize::from),
            memory: field(&file("/proc/meminfo"), "MemTotal").map_or(0.0, |text| gibibytes(&text)),
            kernel: word(&file("/proc/sys/kernel/osrelease")),
            compiler: output(&mut command("rustc", &["--version"])).unwrap_or_else(unknown),
            load: word(&file("/proc/loadavg")),
        }
    }
}

/// Date and time in UTC.
pub(crate) fn date() -> String {
    output(&mut command("date", &["-u", "+%Y-%m-%d %H:%M"])).unwrap_or_else(unknown)
}

/// The commit, and whether the tree differs from it.
pub(crate) fn commit() -> String {
    let commit = output(&mut command("git", &["rev-parse", "--short=10", "HEAD"])).unwrap_or_else(unknown);
    let exclusion = format!(":!{REPORT}");
    let changes = output(&mut command("git", &["status", "--porcelain", "--", ".", &exclusion]));
    if changes.is_none_or(|changes| changes.is_empty()) { commit } else { format!("{commit}, with changes") }
}

fn field(text: &str, name: &str) -> Option<String> {
    let is_named = |line: &&str| line.split(':').next().is_some_and(|own| own.trim() == name);
    text.lines().find(is_named)?.split_once(':').map(|(_, value)| value.trim().to_owned())
}

/// GiB of a text such as `24689264 kB`.
fn gibibytes(text: &str) -> f64 {
    text.split(' ').next().and_then(|number| number.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0 / 1024.0
}

/// The first word.
fn word(text: &str) -> String {
    text.split_whitespace().next().map_or_else(unknown, str::to_owned)
}

fn unknown() -> String {
    "unknown".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_by_their_whole_name() {
        let text = "model\t\t: 85\nmodel name\t: Some Processor @ 2 GHz\n";
        assert_eq!(field(text, "model name").as_deref(), Some("Some Processor @ 2 GHz"));
        assert_eq!(field(text, "name"), None);
    }

    #[test]
    fn memory_is_in_gibibytes() {
        assert_eq!(gibibytes("25165824 kB"), 24.0);
        assert_eq!(gibibytes(""), 0.0);
    }

    #[test]
    fn the_first_word_or_unknown() {
        assert_eq!([word("0.52 0.58 0.59\n"), word("\n")], ["0.52", "unknown"]);
    }
}
