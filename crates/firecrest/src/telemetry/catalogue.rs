//! What there is to be measured, in words.

use metrics::{KeyName, Unit};

/// A line for each metric: name, kind, unit, labels, meaning, separated by tabs. `cargo xtask metrics` keeps it true and makes the
/// page METRICS.md of it.
const CATALOGUE: &str = include_str!("catalogue.txt");

/// Metrics of the framework begin with one of these; the rest are those of the examples.
const PREFIXES: [&str; 2] = ["firecrest_", "pipeline."];

/// Tells the recorder that is installed what each metric of the framework means, and its unit. [`Exporters`](super::Exporters) do so
/// by themselves; call it after you have installed a recorder of your own.
pub fn describe() {
    metrics::with_recorder(|recorder| {
        let own = |line: &Line| PREFIXES.iter().any(|prefix| line.name.starts_with(prefix));
        for Line { name, kind, unit, meaning } in lines().filter(own) {
            let (name, unit) = (KeyName::from_const_str(name), unit_of(unit));
            match kind {
                "counter" => recorder.describe_counter(name, unit, meaning.into()),
                "gauge" => recorder.describe_gauge(name, unit, meaning.into()),
                _ => recorder.describe_histogram(name, unit, meaning.into()),
            }
        }
    });
}

struct Line {
    name: &'static str,
    kind: &'static str,
    unit: &'static str,
    meaning: &'static str,
}

fn lines() -> impl Iterator<Item = Line> {
    CATALOGUE.lines().filter_map(|line| {
        let mut columns = line.split('\t');
        let (name, kind, unit) = (columns.next()?, columns.next()?, columns.next()?);
        Some(Line { name, kind, unit, meaning: columns.nth(1)? })
    })
}

fn unit_of(unit: &str) -> Option<Unit> {
    match unit {
        "-" => None,
        "bytes" => Some(Unit::Bytes),
        "seconds" => Some(Unit::Seconds),
        "milliseconds" => Some(Unit::Milliseconds),
        _ => Some(Unit::Count),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use firecrest_wire::websocket::CloseCode;

    use super::*;
    use crate::connection::CloseReason;
    use crate::telemetry::meter::Limit;

    #[test]
    fn every_line_has_five_columns_and_one_of_three_kinds() {
        for line in CATALOGUE.lines() {
            assert_eq!(line.split('\t').count(), 5, "{line}");
        }
        for Line { name, kind, unit, meaning } in lines() {
            assert!(["counter", "gauge", "histogram"].contains(&kind), "{name}: {kind}");
            assert!(meaning.ends_with('.') && !unit.is_empty(), "{name}");
        }
    }

    #[test]
    fn every_limit_is_a_value_of_its_label() {
        let listed = values("firecrest_limits_reached_total", "limit");
        assert_eq!(listed, Limit::ALL.iter().map(|limit| limit.as_str()).collect());
    }

    #[test]
    fn every_reason_of_an_end_is_a_value_of_its_label() {
        let reasons = [
            CloseReason::Client(None),
            CloseReason::Lost,
            CloseReason::Timeout,
            CloseReason::Disconnected,
            CloseReason::Draining,
            CloseReason::SlowReader,
            CloseReason::Protocol(CloseCode::PROTOCOL_ERROR),
            CloseReason::Undecodable,
            CloseReason::Inactive,
        ];
        let listed = values("firecrest_sockets_closed_total", "reason");
        assert_eq!(listed, reasons.into_iter().map(CloseReason::as_str).collect());
    }

    /// The values of a metric's only label.
    fn values(name: &str, label: &str) -> BTreeSet<&'static str> {
        let line = CATALOGUE.lines().find(|line| line.split('\t').next() == Some(name)).unwrap();
        let (_, values) = line.split('\t').nth(3).unwrap().split_once(&format!("{label}=")).unwrap();
        values.split('|').collect()
    }
}
