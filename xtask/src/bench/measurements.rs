//! Every measurement, with its rows and their targets.

use super::rows::{Measurement, Metric, Row, Target};
use super::server::{Door, Server};

const fn row(title: &'static str, unit: &'static str, metric: Metric, target: Target) -> Row {
    Row { title, unit, metric, target }
}

/// A cost that is judged as a multiple of the limit's.
const fn cpu(title: &'static str, unit: &'static str, times: f64) -> Row {
    row(title, unit, Metric::Cpu, Target::Times(times, Server::Limit))
}

/// Every measurement, in the order of the table.
pub(crate) static MEASUREMENTS: [Measurement; 24] = [
    Measurement {
        name: "memory",
        door: Door::Channel,
        scenario: "idle",
        connections: 10_000,
        options: "--topic bench:{n} --hold 2s --settle 10s",
        repeats: 1,
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
        repeats: 1,
        rows: &[row("memory, idle, one topic for all", "KiB", Metric::Memory, Target::AtMost(4.0))],
    },
    Measurement {
        name: "join",
        door: Door::Channel,
        scenario: "join",
        connections: 5_000,
        options: "--rounds 4",
        repeats: 1,
        rows: &[cpu(JOIN, "µs per join", 1.75)],
    },
    echo("echo-50", 50, &[cpu(ECHO_50, "µs per echo", 1.35)]),
    recorded(
        "recorded-echo",
        ("echo", 50, "--payload 64 --messages 100000"),
        &[row(
            "echo, 50 connections, with metrics recorded",
            "µs per echo",
            Metric::Cpu,
            Target::TimesRow(1.02, ECHO_50),
        )],
    ),
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
        &[cpu(FAN_OUT_1000, "µs per delivery", 1.25)],
    ),
    recorded(
        "recorded-fan-out",
        ("fanout", 1_000, "--messages 400 --warmup 40"),
        &[row(
            "fan-out to 1,000, with metrics recorded",
            "µs per delivery",
            Metric::Cpu,
            Target::TimesRow(1.02, FAN_OUT_1000),
        )],
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
        repeats: 1,
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
        "/counter",
        &[row("memory, a connected counter view", "KiB", Metric::Memory, Target::AtMost(8.0))],
    ),
    Measurement {
        name: "live-event",
        door: Door::Page("/counter"),
        scenario: "live",
        connections: 50,
        options: "--messages 100000",
        repeats: 1,
        rows: &[row(
            "live view: one event, click to diff, 50 connections",
            "µs per event",
            Metric::Cpu,
            Target::TimesRow(2.0, ECHO_50),
        )],
    },
    live("viewers-memory", SHARED, &[row(VIEWER_MEMORY, "KiB", Metric::Memory, Target::AtMost(5.0))]),
    viewers(
        "viewers-memory-changed",
        (SHARED, 10_000),
        "--messages 20",
        &[row(
            "memory, a viewer of a shared page, after 21 changes",
            "KiB",
            Metric::Memory,
            Target::AtMost(5.0),
        )],
    ),
    live(
        "viewers-own-memory",
        OWN,
        &[row(
            "memory, the same page as a view for each viewer",
            "KiB",
            Metric::Memory,
            Target::Beside(VIEWER_MEMORY),
        )],
    ),
    viewers(
        "viewers-join",
        (SHARED, 5_000),
        "--rounds 4 --renders /renders",
        &[
            row(
                "5,000 viewers join a shared page: connect, handshake and join; their pages are loaded before",
                "µs per join",
                Metric::Cpu,
                Target::TimesRow(1.5, JOIN),
            ),
            row(
                "5,000 viewers join a shared page: renders for all of them, and for their pages",
                "renders",
                Metric::Renders,
                Target::AtMost(1.0),
            ),
        ],
    ),
    Measurement {
        name: "viewers-plain",
        door: Door::OwnChannel,
        scenario: "fanout",
        connections: 1_000,
        // The message is as long as that of a change.
        options: "--payload 35 --messages 400 --warmup 40",
        repeats: 1,
        rows: &[
            row(PLAIN, "µs per delivery", Metric::Cpu, Target::Shown),
            row(PLAIN_BYTES, "bytes", Metric::Bytes, Target::Shown),
        ],
    },
    viewers(
        "viewers-change",
        (SHARED, 1_000),
        "--messages 400 --warmup 40",
        &[
            row(CHANGE, "µs per viewer", Metric::Cpu, Target::TimesRow(1.3, PLAIN)),
            row(
                "one change of a shared page: its message",
                "bytes",
                Metric::Bytes,
                Target::TimesRow(1.0, PLAIN_BYTES),
            ),
        ],
    ),
    viewers(
        "viewers-own-change",
        (OWN, 1_000),
        "--messages 400 --warmup 40",
        &[row(
            "one change of the same page as a view for each of 1,000",
            "µs per viewer",
            Metric::Cpu,
            Target::Beside(CHANGE),
        )],
    ),
    Measurement {
        name: "viewers-plain-paced",
        door: Door::OwnChannel,
        scenario: "fanout",
        connections: 1_000,
        // As many in a second as there are polls.
        options: "--payload 35 --rate 50000 --duration 4s",
        repeats: 1,
        rows: &[row(PACED, "µs per delivery", Metric::Cpu, Target::Shown)],
    },
    viewers(
        "polled-change",
        ("/polled", 1_000),
        "--messages 200 --warmup 20 --renders /polled-renders",
        &[
            row(
                "one change of a polled value, seen by 1,000: the polls, the render, and telling all",
                "µs per viewer",
                Metric::Cpu,
                Target::TimesRow(1.3, PACED),
            ),
            row(
                "one change of a polled value: renders beyond one for each change",
                "renders",
                Metric::Renders,
                Target::AtMost(1.0),
            ),
        ],
    ),
];

/// Echoes differ by more from process to process than recorded metrics cost.
const REPEATS: usize = 5;

/// The row that a click in a live view is compared with.
const ECHO_50: &str = "echo, 50 connections";

/// The row that the same with metrics is compared with.
const FAN_OUT_1000: &str = "fan-out to 1,000";

/// The row that viewers' coming is compared with.
const JOIN: &str = "connect, handshake and join";

/// The row that a change of a shared page is compared with, that of a polled one, and that of its message.
const PLAIN: &str = "fan-out to 1,000 of as many bytes as a change of a shared page";
const PACED: &str = "the same, 50 messages per second";
const PLAIN_BYTES: &str = "fan-out to 1,000 of as many bytes: its message";

const CHANGE: &str = "one change of a shared page, seen by 1,000";

const VIEWER_MEMORY: &str = "memory, a viewer of a shared page";

/// The page with one view for all.
const SHARED: &str = "/board";

/// The same page with a view for each, which subscribes to a topic and renders itself when it hears of a change.
const OWN: &str = "/own-board";

const fn echo(name: &'static str, connections: u64, rows: &'static [Row]) -> Measurement {
    let options = "--payload 64 --messages 100000";
    Measurement { name, door: Door::Channel, scenario: "echo", connections, options, repeats: REPEATS, rows }
}

const fn fan_out(
    name: &'static str,
    connections: u64,
    options: &'static str,
    rows: &'static [Row],
) -> Measurement {
    Measurement { name, door: Door::Channel, scenario: "fanout", connections, options, repeats: 1, rows }
}

/// What Firecrest's channel does while its metrics are recorded.
const fn recorded(
    name: &'static str,
    (scenario, connections, options): (&'static str, u64, &'static str),
    rows: &'static [Row],
) -> Measurement {
    Measurement { name, door: Door::Recorded, scenario, connections, options, repeats: REPEATS, rows }
}

/// Pages whose views are held for their memory.
const fn live(name: &'static str, path: &'static str, rows: &'static [Row]) -> Measurement {
    let options = "--hold 2s --settle 1s";
    Measurement {
        name,
        door: Door::Page(path),
        scenario: "live",
        connections: 10_000,
        options,
        repeats: 1,
        rows,
    }
}

const fn viewers(
    name: &'static str,
    (path, connections): (&'static str, u64),
    options: &'static str,
    rows: &'static [Row],
) -> Measurement {
    Measurement { name, door: Door::Page(path), scenario: "viewers", connections, options, repeats: 1, rows }
}

/// The measurements whose name contains `part`, and those that their targets need; or all.
pub(crate) fn named(part: Option<&str>) -> Vec<&'static Measurement> {
    MEASUREMENTS.iter().filter(|measurement| part.is_none_or(|part| is_wanted(measurement, part))).collect()
}

fn is_wanted(measurement: &Measurement, part: &str) -> bool {
    let needs = |other: &&Measurement| other.needs(measurement);
    measurement.name.contains(part) || MEASUREMENTS.iter().filter(needs).any(|other| is_wanted(other, part))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_can_be_picked() {
        let names: BTreeSet<_> = MEASUREMENTS.iter().map(|measurement| measurement.name).collect();
        assert_eq!(names.len(), MEASUREMENTS.len());
        assert_eq!(named(Some("fan-out")).len(), 5);
        assert_eq!(named(None).len(), MEASUREMENTS.len());
        assert!(named(Some("no such row")).is_empty());
    }

    #[test]
    fn a_row_that_another_is_judged_by_comes_along() {
        let names = |part| named(Some(part)).iter().map(|measurement| measurement.name).collect::<Vec<_>>();
        assert_eq!(names("live-event"), ["echo-50", "live-event"]);
        assert_eq!(names("live-memory"), ["live-memory"]);
        assert_eq!(names("viewers-own-change"), ["viewers-plain", "viewers-change", "viewers-own-change"]);
        for row in MEASUREMENTS.iter().flat_map(|measurement| measurement.rows) {
            let Some(title) = row.target.row() else { continue };
            let rows = MEASUREMENTS.iter().flat_map(|measurement| measurement.rows);
            assert_eq!(rows.filter(|row| row.title == title).count(), 1, "{}: {title}", row.title);
        }
    }
}
