//! What a measurement is, and what a figure of it is judged by. [`measurements`](super::measurements) has them all.

use super::loadgen::Outcome;
use super::server::{Door, Server};

/// One way to run the load generator against every server that can be loaded so.
pub(crate) struct Measurement {
    /// How `--only` names it.
    pub(crate) name: &'static str,
    pub(crate) door: Door,
    pub(crate) scenario: &'static str,
    pub(crate) connections: u64,
    pub(crate) options: &'static str,
    /// How often it is run in a round, each time against a server that was just started; the run with the median of the
    /// first row's figure counts. More than once where a process differs from the next by more than what is looked for.
    pub(crate) repeats: usize,
    /// The figures that are read from it.
    pub(crate) rows: &'static [Row],
}

/// One figure.
pub(crate) struct Row {
    pub(crate) title: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) metric: Metric,
    pub(crate) target: Target,
}

/// Where a figure is found in the load generator's report.
#[derive(Clone, Copy)]
pub(crate) enum Metric {
    /// Microseconds of the server's processor time for each unit of work.
    Cpu,
    /// The same for leaving.
    LeaveCpu,
    /// KiB for each connection.
    Memory,
    /// Percent of the memory's growth that was kept.
    Kept,
    /// Median latency in microseconds.
    P50,
    /// Latency in microseconds that 99 of 100 stayed within.
    P99,
    /// Bytes of a delivered message.
    Bytes,
    /// How often a page was rendered, in all.
    Renders,
}

impl Metric {
    /// The figure, where the report has it.
    pub(crate) fn of(self, outcome: &Outcome) -> Option<f64> {
        let server = outcome.server.as_ref();
        let latency = outcome.latency_us.as_ref();
        let figure = match self {
            Self::Cpu => server?.cpu_us_per_unit,
            Self::LeaveCpu => outcome.leave.as_ref()?.cpu_us_per_unit,
            Self::Memory => server?.bytes_per_connection.map(|bytes| bytes / 1024.0),
            Self::Kept => server?.kept_fraction.map(|fraction| fraction * 100.0),
            Self::P50 => latency.map(|latency| latency.p50),
            Self::P99 => latency.map(|latency| latency.p99),
            Self::Bytes => outcome.delivery_bytes,
            Self::Renders => outcome.renders,
        };
        figure.filter(|figure| figure.is_finite())
    }
}

/// What Firecrest's figure must not exceed.
#[derive(Clone, Copy)]
pub(crate) enum Target {
    /// A figure in the row's unit.
    AtMost(f64),
    /// That many times another server's figure of the same round.
    Times(f64, Server),
    /// That many times Firecrest's figure of the same round in the row with this title.
    TimesRow(f64, &'static str),
    /// Nothing: the figure is only shown, also as a multiple of Firecrest's figure in the row with this title.
    Beside(&'static str),
    /// Nothing: the figure is only shown.
    Shown,
}

impl Target {
    /// The title of the row that it names.
    pub(crate) fn row(&self) -> Option<&'static str> {
        match *self {
            Self::TimesRow(_, title) | Self::Beside(title) => Some(title),
            Self::AtMost(_) | Self::Times(..) | Self::Shown => None,
        }
    }
}

impl Measurement {
    /// Whether one of its targets names a row of the other.
    pub(crate) fn needs(&self, other: &Self) -> bool {
        let is_named = |title| other.rows.iter().any(|row| row.title == title);
        self.rows.iter().any(|row| row.target.row().is_some_and(is_named))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::loadgen;

    #[test]
    fn figures_are_read_in_the_units_of_the_table() {
        let outcome = loadgen::parse(
            r#"{"latency_us": {"p50": 11, "p99": 22},
                "server": {"cpu_us_per_unit": 4.8, "bytes_per_connection": 3072, "kept_fraction": 0.15},
                "leave": {"cpu_us_per_unit": 2.5}, "delivery_bytes": 66, "renders": 1}"#,
        )
        .unwrap();
        let all = [
            (Metric::Cpu, 4.8),
            (Metric::LeaveCpu, 2.5),
            (Metric::Memory, 3.0),
            (Metric::Kept, 15.0),
            (Metric::P50, 11.0),
            (Metric::P99, 22.0),
            (Metric::Bytes, 66.0),
            (Metric::Renders, 1.0),
        ];
        assert!(all.iter().all(|(metric, figure)| metric.of(&outcome) == Some(*figure)));
        let empty = loadgen::parse("{}").unwrap();
        assert!(all.iter().all(|(metric, _)| metric.of(&empty).is_none()));
    }
}
