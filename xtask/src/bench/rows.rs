//! What is measured, and the target of each figure.

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
    /// Nothing: the figure is only shown.
    Shown,
}

const fn row(title: &'static str, unit: &'static str, metric: Metric, target: Target) -> Row {
    Row { title, unit, metric, target }
}

/// A cost that is judged as a multiple of the limit's.
const fn cpu(title: &'static str, unit: &'static str, times: f64) -> Row {
    row(title, unit, Metric::Cpu, Target::Times(times, Server::Limit))
}

/// Every measurement, in the order of the table.
pub(crate) static MEASUREMENTS: [Measurement; 13] = [
    Measurement {
        name: "memory",
        door: Door::Channel,
        scenario: "idle",
        connections: 10_000,
        options: "--topic bench:{n} --hold 2s --settle 10s",
        rows: &[
            row("memory, idle, a topic for each connection", "KiB", Metric::Memory, Target::AtMost(4.0)),
            row("memory kept 10 s after a mass disconnect", "%", Metric::Kept, Target::AtMost(20.0)),
        ],
    },
    Measurement {
        name: "memory-shared",
        door: Door::Channel,
        scenario: "idle",
        connections: 10_000,
        options: "--hold 2s --settle 1s",
        rows: &[row("memory, idle, one topic for all", "KiB", Metric::Memory, Target::AtMost(4.0))],
    },
    Measurement {
        name: "join",
        door: Door::Channel,
        scenario: "join",
        connections: 5_000,
        options: "--rounds 4",
        rows: &[cpu("connect, handshake and join", "µs per join", 1.75)],
    },
    echo("echo-50", 50, &[cpu(ECHO_50, "µs per echo", 1.35)]),
    echo("echo-500", 500, &[cpu("echo, 500 connections", "µs per echo", 1.35)]),
    fan_out(
        "fan-out-100",
        100,
        "--messages 4000 --warmup 400",
        &[cpu("fan-out to 100", "µs per delivery", 1.25)],
    ),
    fan_out(
        "fan-out-1000",
        1_000,
        "--messages 400 --warmup 40",
        &[cpu("fan-out to 1,000", "µs per delivery", 1.25)],
    ),
    fan_out(
        "fan-out-5000",
        5_000,
        "--messages 80 --warmup 8",
        &[cpu("fan-out to 5,000", "µs per delivery", 1.25)],
    ),
    fan_out(
        "fan-out-8-in-flight",
        1_000,
        "--messages 800 --warmup 80 --in-flight 8",
        &[cpu("fan-out to 1,000, 8 messages in flight", "µs per delivery", 0.6)],
    ),
    Measurement {
        name: "heartbeat",
        door: Door::Channel,
        scenario: "heartbeat",
        connections: 5_000,
        options: "--every 1s --duration 6s",
        rows: &[cpu("heartbeat, 5,000 at one per second", "µs per heartbeat", 1.3)],
    },
    fan_out(
        "latency",
        1_000,
        "--rate 10000 --duration 8s",
        &[
            row("latency at 10,000 deliveries/s, p50", "µs", Metric::P50, Target::Shown),
            row("latency at 10,000 deliveries/s, p99", "µs", Metric::P99, Target::Times(1.0, Server::ByHand)),
        ],
    ),
    live(
        "live-memory",
        10_000,
        "--hold 2s --settle 1s",
        &[row("memory, a connected counter view", "KiB", Metric::Memory, Target::AtMost(8.0))],
    ),
    live(
        "live-event",
        50,
        "--messages 100000",
        &[row(
            "live view: one event, click to diff, 50 connections",
            "µs per event",
            Metric::Cpu,
            Target::TimesRow(2.0, ECHO_50),
        )],
    ),
];

/// The row that a click in a live view is compared with.
const ECHO_50: &str = "echo, 50 connections";

const fn echo(name: &'static str, connections: u64, rows: &'static [Row]) -> Measurement {
    let options = "--payload 64 --messages 100000";
    Measurement { name, door: Door::Channel, scenario: "echo", connections, options, rows }
}

const fn fan_out(
    name: &'static str,
    connections: u64,
    options: &'static str,
    rows: &'static [Row],
) -> Measurement {
    Measurement { name, door: Door::Channel, scenario: "fanout", connections, options, rows }
}

const fn live(
    name: &'static str,
    connections: u64,
    options: &'static str,
    rows: &'static [Row],
) -> Measurement {
    Measurement { name, door: Door::Page, scenario: "live", connections, options, rows }
}

impl Measurement {
    /// Whether one of its targets names a row of the other.
    fn needs(&self, other: &Self) -> bool {
        let is_named = |title| other.rows.iter().any(|row| row.title == title);
        self.rows.iter().any(|row| matches!(row.target, Target::TimesRow(_, title) if is_named(title)))
    }
}

/// The measurements whose name contains `part`, and those that their targets need; or all.
pub(crate) fn named(part: Option<&str>) -> Vec<&'static Measurement> {
    let is_named = |measurement: &Measurement| part.is_none_or(|part| measurement.name.contains(part));
    let is_needed = |measurement: &Measurement| {
        MEASUREMENTS.iter().any(|other| is_named(other) && other.needs(measurement))
    };
    MEASUREMENTS.iter().filter(|measurement| is_named(measurement) || is_needed(measurement)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::bench::loadgen;

    #[test]
    fn names_are_unique_and_can_be_picked() {
        let names: BTreeSet<_> = MEASUREMENTS.iter().map(|measurement| measurement.name).collect();
        assert_eq!(names.len(), MEASUREMENTS.len());
        assert_eq!(named(Some("fan-out")).len(), 4);
        assert_eq!(named(None).len(), MEASUREMENTS.len());
        assert!(named(Some("no such row")).is_empty());
    }

    #[test]
    fn a_row_that_another_is_judged_by_comes_along() {
        let names = |part| named(Some(part)).iter().map(|measurement| measurement.name).collect::<Vec<_>>();
        assert_eq!(names("live-event"), ["echo-50", "live-event"]);
        assert_eq!(names("live-memory"), ["live-memory"]);
        for row in MEASUREMENTS.iter().flat_map(|measurement| measurement.rows) {
            let Target::TimesRow(_, title) = row.target else { continue };
            let rows = MEASUREMENTS.iter().flat_map(|measurement| measurement.rows);
            assert_eq!(rows.filter(|row| row.title == title).count(), 1, "{}: {title}", row.title);
        }
    }

    #[test]
    fn figures_are_read_in_the_units_of_the_table() {
        let outcome = loadgen::parse(
            r#"{"latency_us": {"p50": 11, "p99": 22},
                "server": {"cpu_us_per_unit": 4.8, "bytes_per_connection": 3072, "kept_fraction": 0.15},
                "leave": {"cpu_us_per_unit": 2.5}}"#,
        )
        .unwrap();
        let all = [Metric::Cpu, Metric::LeaveCpu, Metric::Memory, Metric::Kept, Metric::P50, Metric::P99];
        assert_eq!(all.map(|metric| metric.of(&outcome).unwrap()), [4.8, 2.5, 3.0, 15.0, 11.0, 22.0]);
        let empty = loadgen::parse("{}").unwrap();
        assert!(all.iter().all(|metric| metric.of(&empty).is_none()));
    }
}
