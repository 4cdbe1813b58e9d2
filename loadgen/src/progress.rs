//! How far it is, on standard error.

use std::io::{IsTerminal as _, Write as _, stderr};

/// How often a terminal's line is rewritten, in nanoseconds.
const REWRITE: u64 = 200_000_000;

/// How often a line is written to anything else.
const REPEAT: u64 = 2_000_000_000;

/// Says how far it is: one line that is rewritten on a terminal, else a line every two seconds, nothing when quiet.
#[derive(Debug)]
pub(crate) struct Progress {
    style: Style,
    due: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    Lines,
    Quiet,
    Rewrite,
}

impl Progress {
    /// For this run.
    pub(crate) fn new(quiet: bool) -> Progress {
        let style = match quiet {
            true => Style::Quiet,
            false if stderr().is_terminal() => Style::Rewrite,
            false => Style::Lines,
        };
        Progress { style, due: REPEAT }
    }

    /// Says it if it is time to.
    pub(crate) fn say(&mut self, now: u64, text: impl FnOnce() -> String) {
        if now < self.due {
            return;
        }
        let (period, shown) = match self.style {
            Style::Quiet => (u64::MAX / 2, Ok(())),
            Style::Lines => (REPEAT, writeln!(stderr(), "{}", text())),
            Style::Rewrite => (REWRITE, write!(stderr(), "\r\x1b[K{}", text())),
        };
        // A closed standard error is no reason to end a measurement.
        shown.unwrap_or_default();
        self.due = now.saturating_add(period);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.style == Style::Rewrite {
            // As above.
            write!(stderr(), "\r\x1b[K").unwrap_or_default();
        }
    }
}
