//! What the registry of topics costs as it grows, measured without sockets: with them, far fewer topics fit, and the
//! registry's share is too small to be seen.

use std::path::Path;
use std::time::Duration;

use serde::Deserialize;

use super::curve::{Curve, Side, Wanted, repeat};
use super::process::report;
use super::rounds::Bench;
use crate::failure::Failure;

const BINARY: &str = "yardstick-topics";

const SIZES: [u64; 3] = [1_000, 10_000, 100_000];

const QUICK_SIZES: [u64; 2] = [1_000, 100_000];

/// Longest time that one run may take.
const RUNS_WITHIN: Duration = Duration::from_secs(60);

/// One way to run the program, and what is read from its report.
struct Series {
    wanted: Wanted<Metric>,
    /// The program's word for it.
    what: &'static str,
}

type Metric = fn(&Costs) -> Option<f64>;
type Curves = &'static [(&'static str, &'static str, Metric)];

/// The least that any registry must do stands beside: what grows with it is the processor's caches.
const fn wanted(name: &'static str, curves: Curves) -> Wanted<Metric> {
    Wanted { name, beside: "plain map", curves }
}

const SERIES: [Series; 2] = [
    Series {
        wanted: wanted(
            "the registry with many topics",
            &[
                ("registry: subscribe to N topics", "ns per subscribe", |costs| costs.subscribe_ns),
                ("registry: broadcast to N topics", "ns per broadcast", |costs| costs.broadcast_ns),
                ("registry: unsubscribe from N topics", "ns per unsubscribe", |costs| costs.unsubscribe_ns),
            ],
        ),
        what: "topics",
    },
    Series {
        wanted: wanted(
            "the registry with many subscribers of a topic",
            &[
                ("registry: N subscribe to one topic", "ns per subscribe", |costs| costs.subscribe_ns),
                ("registry: N unsubscribe from one topic", "ns per unsubscribe", |costs| {
                    costs.unsubscribe_ns
                }),
            ],
        ),
        what: "subscribers",
    },
];

/// What one run reported, in nanoseconds of processor time.
#[derive(Debug, Deserialize)]
struct Costs {
    subscribe_ns: Option<f64>,
    broadcast_ns: Option<f64>,
    unsubscribe_ns: Option<f64>,
}

/// Measures every curve, each size `count` times.
pub(crate) fn run(bench: &Bench, count: usize, is_quick: bool) -> Vec<Curve> {
    let sizes: &[u64] = if is_quick { &QUICK_SIZES } else { &SIZES };
    let measured = |series: &Series| {
        let sample = |side, size| measure(&bench.binaries, side, series.what, size);
        repeat(&series.wanted, sizes, count, sample, |metric, costs| metric(costs))
    };
    SERIES.iter().flat_map(measured).collect()
}

fn measure(binaries: &Path, side: Side, what: &str, size: u64) -> Result<Costs, Failure> {
    let size = size.to_string();
    let arguments = if side == Side::Beside { &[what, &size, "--plain"][..] } else { &[what, &size] };
    report(binaries, BINARY, arguments, RUNS_WITHIN)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::bench::judge::Verdict;

    fn figures(series: &Series, json: &str) -> Vec<Option<f64>> {
        let costs: Costs = serde_json::from_str(json).unwrap();
        series.wanted.curves.iter().map(|(_, _, metric)| metric(&costs)).collect()
    }

    #[test]
    fn every_curve_has_its_own_figure() {
        let json = r#"{"topics": 1000, "subscribe_ns": 1.5, "broadcast_ns": 2.5, "unsubscribe_ns": 3.5}"#;
        assert_eq!(figures(&SERIES[0], json), [Some(1.5), Some(2.5), Some(3.5)]);
        let json = r#"{"subscribers": 1000, "subscribe_ns": 4.5, "unsubscribe_ns": 5.5}"#;
        assert_eq!(figures(&SERIES[1], json), [Some(4.5), Some(5.5)]);
        assert_eq!(figures(&SERIES[0], "{}"), [None; 3]);
    }

    #[test]
    fn a_program_that_was_not_built_misses_every_curve_and_is_named() {
        let bench = Bench { binaries: PathBuf::from("nowhere"), files: 1_024 };
        let curves = run(&bench, 2, true);
        assert_eq!(curves.len(), 5);
        for curve in &curves {
            assert_eq!((curve.points.len(), curve.failures.len()), (2, 8));
            assert_eq!(curve.verdict(), Verdict::Missed);
            let said = &curve.failures[0];
            assert!(said.contains(": yardstick-topics cannot be started"), "{said}");
        }
    }
}
