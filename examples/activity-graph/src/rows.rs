//! The ticks as a table: what the line says, for those who do not see it.

use std::fmt;

use firecrest::activity::Tick;

/// Seconds that a row stands for. Rows begin at a quarter of a minute by the clock, so that a tick changes only the newest.
const SPAN: u64 = 15;

/// Most rows: 150 s with the newest, which is not over yet.
const ROWS: usize = 10;

/// What was counted in some seconds.
#[derive(Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) from: Clock,
    pub(crate) requests: u64,
    /// How many were open at the end.
    pub(crate) sockets: u64,
    pub(crate) messages: u64,
}

/// A second, since 1970. It is written as the time of day, in UTC.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Clock(pub(crate) u64);

/// The newest rows, newest first. The ticks come oldest first.
pub(crate) fn rows(ticks: &[Tick]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::with_capacity(ROWS);
    for tick in ticks.iter().rev() {
        let from = Clock(tick.at / 1000 / SPAN * SPAN);
        let is_full = rows.len() == ROWS;
        match rows.last_mut() {
            Some(row) if row.from == from => {
                row.requests += tick.requests;
                row.messages += tick.messages;
            }
            _ if is_full => break,
            _ => {
                let Tick { requests, messages, sockets, .. } = *tick;
                rows.push(Row { from, requests, sockets, messages });
            }
        }
    }
    rows
}

impl Clock {
    /// The end of the row that begins here.
    pub(crate) fn end(self) -> Clock {
        Clock(self.0 + SPAN)
    }
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Clock(seconds) = self;
        write!(f, "{:02}:{:02}:{:02}", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tick each 750 ms from a second on, with one request each, and sockets that say when it was.
    fn ticks(from: u64, count: u64) -> Vec<Tick> {
        let tick = |number| {
            let mut tick = Tick::default();
            (tick.number, tick.at) = (number, 1000 * from + 750 * number);
            (tick.requests, tick.messages, tick.sockets) = (1, 2, number);
            tick
        };
        (0..count).map(tick).collect()
    }

    #[test]
    fn a_row_has_the_sums_of_its_seconds_and_the_sockets_of_their_end() {
        let row =
            |from, requests, sockets| Row { from: Clock(from), requests, sockets, messages: 2 * requests };
        assert_eq!(rows(&ticks(90, 30)), [row(105, 10, 29), row(90, 20, 19)]);
        assert_eq!(rows(&[]), []);
    }

    #[test]
    fn ten_rows_are_kept_and_only_the_newest_is_not_whole() {
        let rows = rows(&ticks(97, 200));
        assert_eq!(rows.len(), ROWS);
        assert!(rows[1..].iter().all(|row| row.requests == 20), "{rows:?}");
        assert_eq!(rows[0].from, Clock(240));
    }

    #[test]
    fn a_tick_changes_the_newest_row_or_begins_another() {
        let ticks = ticks(3, 200);
        for newest in 1..200 {
            let (before, after) = (rows(&ticks[..newest]), rows(&ticks[..=newest]));
            let same = after.iter().filter(|row| before.contains(row)).count();
            assert_eq!(same, after.len() - 1, "{before:?} {after:?}");
        }
    }

    #[test]
    fn a_time_of_day_is_in_utc() {
        assert_eq!(Clock(0).to_string(), "00:00:00");
        assert_eq!(Clock(1_732_213_875).to_string(), "18:31:15");
        assert_eq!(Clock(86_385).end().to_string(), "00:00:00");
    }
}
