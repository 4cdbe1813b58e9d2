//! What rendering a page costs, measured without sockets: with them, the page would hide behind the write.

use std::time::Duration;

use serde::Deserialize;

use super::judge::{Verdict, ratios, within};
use super::process::report;
use super::rounds::Bench;
use super::statistics::{Summary, figure};
use crate::failure::Failure;

/// How `--only` names it.
pub(crate) const NAME: &str = "rendering";

const BINARY: &str = "yardstick-render";

/// Longest time that one run may take.
const RUNS_WITHIN: Duration = Duration::from_secs(60);

/// One figure.
pub(crate) struct Row {
    pub(crate) title: &'static str,
    pub(crate) unit: &'static str,
    metric: Metric,
    target: Target,
}

type Metric = fn(&Costs) -> Option<f64>;

/// What a figure must not exceed.
#[derive(Clone, Copy)]
enum Target {
    /// A figure in the row's unit.
    AtMost(f64),
    /// That many times another figure of the same round, which has this name.
    Times(f64, &'static str, Metric),
    /// Nothing: the figure is only shown.
    Shown,
}

/// What one run reported: nanoseconds of processor time, and bytes.
#[derive(Debug, Deserialize)]
struct Costs {
    maud_ns: Option<f64>,
    html_ns: Option<f64>,
    change_ns: Option<f64>,
    change_bytes: Option<f64>,
    move_ns: Option<f64>,
    move_bytes: Option<f64>,
    move_cells: Option<f64>,
}

const ROWS: [Row; 6] = [
    Row {
        title: "a page of 1,000 rows of 5 cells, to HTML",
        unit: "µs",
        metric: |costs| micros(costs.html_ns),
        target: Target::Times(2.0, "maud", |costs| micros(costs.maud_ns)),
    },
    Row {
        title: "one cell has changed: the page and its diff",
        unit: "µs",
        metric: |costs| micros(costs.change_ns),
        target: Target::Times(1.5, "the page to HTML", |costs| micros(costs.html_ns)),
    },
    Row {
        title: "one cell has changed: size of the diff",
        unit: "bytes",
        metric: |costs| costs.change_bytes,
        target: Target::AtMost(60.0),
    },
    Row {
        title: "the first row is the last now: the page and its diff",
        unit: "µs",
        metric: |costs| micros(costs.move_ns),
        target: Target::Shown,
    },
    Row {
        title: "the first row is the last now: size of the diff",
        unit: "bytes",
        metric: |costs| costs.move_bytes,
        target: Target::Shown,
    },
    Row {
        title: "the first row is the last now: cells in the diff",
        unit: "texts",
        metric: |costs| costs.move_cells,
        target: Target::AtMost(0.0),
    },
];

fn micros(nanos: Option<f64>) -> Option<f64> {
    nanos.map(|nanos| nanos / 1e3)
}

/// A row with everything that was found out about it.
pub(crate) struct Rendered {
    pub(crate) row: &'static Row,
    /// Firecrest's figures by round; nothing where the measurement failed.
    pub(crate) own: Vec<Option<f64>>,
    /// The figures that the target names.
    pub(crate) beside: Vec<Option<f64>>,
    /// The ones as parts of the others, each of the same round.
    pub(crate) ratio: Option<Summary>,
    pub(crate) verdict: Verdict,
    /// What went wrong, by round.
    pub(crate) failures: Vec<String>,
}

impl Rendered {
    /// The target in words.
    pub(crate) fn target(&self) -> String {
        match self.row.target {
            Target::AtMost(most) => format!("≤ {} {}", figure(most), self.row.unit),
            Target::Times(times, name, _) => format!("≤ {} × {name}", figure(times)),
            Target::Shown => "–".to_owned(),
        }
    }

    /// Name of what the target names, if it does.
    pub(crate) fn beside(&self) -> Option<&'static str> {
        if let Target::Times(_, name, _) = self.row.target { Some(name) } else { None }
    }
}

/// Measures every row `count` times.
pub(crate) fn run(bench: &Bench, count: usize) -> Vec<Rendered> {
    let round = |number: usize| {
        println!("round {} of {count}: {NAME}", number + 1);
        let taken: Result<Costs, Failure> = report(&bench.binaries, BINARY, &[], RUNS_WITHIN);
        println!("    {}", said(&taken));
        taken
    };
    let rounds: Vec<_> = (0..count).map(round).collect();
    ROWS.iter().map(|row| judge(row, &rounds)).collect()
}

fn said(taken: &Result<Costs, Failure>) -> String {
    let costs = match taken {
        Ok(costs) => costs,
        Err(failure) => return format!("✗ {failure}"),
    };
    let one = |row: &Row| {
        let value = (row.metric)(costs).map_or_else(|| "?".to_owned(), figure);
        format!("{value} {}", row.unit)
    };
    ROWS.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn judge(row: &'static Row, rounds: &[Result<Costs, Failure>]) -> Rendered {
    let figures = |metric: Metric| -> Vec<_> {
        rounds
            .iter()
            .map(|taken| taken.as_ref().ok().and_then(metric).filter(|figure| figure.is_finite()))
            .collect()
    };
    let own = figures(row.metric);
    let (beside, (ratio, verdict)) = match row.target {
        Target::AtMost(most) => (Vec::new(), (None, within(&own, most).1)),
        Target::Times(times, _, metric) => {
            let beside = figures(metric);
            let judged = within(&ratios(&own, &beside), times);
            (beside, judged)
        }
        Target::Shown if own.contains(&None) => (Vec::new(), (None, Verdict::Missed)),
        Target::Shown => (Vec::new(), (None, Verdict::Shown)),
    };
    let mut failures = Vec::new();
    for (number, (taken, figure)) in rounds.iter().zip(&own).enumerate() {
        let what = match (taken, figure) {
            (Err(failure), _) => failure.to_string(),
            (Ok(_), None) => "not in the report".to_owned(),
            (Ok(_), Some(_)) => continue,
        };
        failures.push(format!("{}, round {}: {what}", row.title, number + 1));
    }
    Rendered { row, own, beside, ratio, verdict, failures }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::path::PathBuf;

    use super::*;

    fn costs(json: &str) -> Result<Costs, Failure> {
        serde_json::from_str(json).map_err(|error| Failure::new(error.to_string()))
    }

    /// The rows of one round with this report.
    pub(crate) fn judged(json: &str) -> Vec<Rendered> {
        ROWS.iter().map(|row| judge(row, &[costs(json)])).collect()
    }

    /// A report within all targets.
    pub(crate) const GOOD: &str = r#"{"rows": 1000, "maud_ns": 100000, "html_ns": 150000, "change_ns": 210000, "change_bytes": 55,
        "move_ns": 300000, "move_bytes": 11000, "move_cells": 0}"#;

    #[test]
    fn every_row_has_its_own_figure_and_target() {
        let judged = judged(GOOD);
        let own: Vec<_> = judged.iter().map(|rendered| rendered.own[0].unwrap()).collect();
        assert_eq!(own, [150.0, 210.0, 55.0, 300.0, 11_000.0, 0.0]);
        let ratios: Vec<_> = judged.iter().map(|rendered| rendered.ratio.map(|ratio| ratio.median)).collect();
        assert_eq!(ratios, [Some(1.5), Some(1.4), None, None, None, None]);
        let targets: Vec<_> = judged.iter().map(Rendered::target).collect();
        assert_eq!(targets[..3], ["≤ 2.00 × maud", "≤ 1.50 × the page to HTML", "≤ 60.0 bytes"]);
        let signs: String = judged.iter().map(|rendered| rendered.verdict.sign()).collect();
        assert_eq!(signs, "✓✓✓––✓");
    }

    #[test]
    fn each_target_can_be_missed() {
        for (row, good, bad) in [
            (0, "\"html_ns\": 150000", "\"html_ns\": 201000"),
            (1, "\"change_ns\": 210000", "\"change_ns\": 226000"),
            (2, "\"change_bytes\": 55", "\"change_bytes\": 61"),
            (5, "\"move_cells\": 0", "\"move_cells\": 1"),
        ] {
            assert_eq!(judged(&GOOD.replace(good, bad))[row].verdict, Verdict::Missed, "{bad}");
        }
    }

    #[test]
    fn a_figure_that_the_report_lacks_misses_every_kind_of_target() {
        for rendered in judged("{}") {
            assert_eq!(rendered.verdict, Verdict::Missed);
            assert_eq!(rendered.failures, [format!("{}, round 1: not in the report", rendered.row.title)]);
        }
    }

    #[test]
    fn a_program_that_was_not_built_misses_every_row_and_is_named() {
        let bench = Bench { binaries: PathBuf::from("nowhere"), files: 1_024 };
        for rendered in run(&bench, 2) {
            assert_eq!((rendered.verdict, rendered.failures.len()), (Verdict::Missed, 2));
            assert!(rendered.failures[0].contains("yardstick-render cannot be started"));
        }
    }
}
