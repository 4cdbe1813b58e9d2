//! What one unit of work costs Firecrest as the number of subscribers and of topics grows.

use super::curve::{Curve, Side, Wanted, repeat};
use super::rounds::Bench;
use super::rows::Metric;
use super::server::{Door, Server};

const SIZES: [u64; 4] = [1_000, 2_000, 4_000, 8_000];

const QUICK_SIZES: [u64; 2] = [1_000, 8_000];

/// Deliveries of one measurement of fan-out, whatever its size.
const DELIVERIES: u64 = 400_000;

/// Joins of one measurement, whatever its size.
const JOINS: u64 = 24_000;

/// One way to run the load generator at several sizes.
struct Series {
    wanted: Wanted<Metric>,
    scenario: &'static str,
    options: fn(u64) -> String,
}

type Curves = &'static [(&'static str, &'static str, Metric)];

/// The server beside is the least that any server must do: what grows with it is the machine's and the kernel's.
const fn wanted(name: &'static str, curves: Curves) -> Wanted<Metric> {
    Wanted { name, beside: "limit", curves }
}

const SERIES: [Series; 4] = [
    Series {
        wanted: wanted(
            "fan-out",
            &[("fan-out to N subscribers of one topic", "µs per delivery", Metric::Cpu)],
        ),
        scenario: "fanout",
        options: |size| {
            let messages = DELIVERIES / size;
            format!("--messages {messages} --warmup {}", messages.div_ceil(10))
        },
    },
    Series {
        wanted: wanted(
            "joins of one topic",
            &[
                ("N clients join one topic", "µs per join", Metric::Cpu),
                ("N clients leave one topic", "µs per leave", Metric::LeaveCpu),
            ],
        ),
        scenario: "join",
        options: |size| format!("--rounds {}", JOINS / size),
    },
    Series {
        wanted: wanted(
            "joins of many topics",
            &[
                ("N clients join N topics", "µs per join", Metric::Cpu),
                ("N clients leave N topics", "µs per leave", Metric::LeaveCpu),
            ],
        ),
        scenario: "join",
        options: |size| format!("--topic bench:{{n}} --rounds {}", JOINS / size),
    },
    Series {
        wanted: wanted(
            "echoes on many topics",
            &[("echo with N connections on N topics", "µs per echo", Metric::Cpu)],
        ),
        scenario: "echo",
        options: |_| "--topic bench:{n} --messages 100000".to_owned(),
    },
];

/// Measures every curve, each size `count` times.
pub(crate) fn run(bench: &Bench, count: usize, is_quick: bool) -> Vec<Curve> {
    let wanted: &[u64] = if is_quick { &QUICK_SIZES } else { &SIZES };
    let sizes: Vec<_> = wanted.iter().copied().filter(|size| is_possible(bench, *size)).collect();
    let measured = |series: &Series| {
        let sample = |side, size| {
            let server = if side == Side::Own { Server::Firecrest } else { Server::Limit };
            bench.measure((server, Door::Channel), series.scenario, size, &(series.options)(size))
        };
        repeat(&series.wanted, &sizes, count, sample, |metric, outcome| metric.of(outcome))
    };
    SERIES.iter().flat_map(measured).collect()
}

/// What is to be said when the limit of open files leaves sizes out.
pub(crate) fn omission(bench: &Bench) -> Option<String> {
    let omitted: Vec<_> =
        SIZES.iter().filter(|size| !is_possible(bench, **size)).map(u64::to_string).collect();
    let sizes = omitted.join(", ");
    let is_any = !omitted.is_empty();
    is_any.then(|| {
        format!("growth: not measured at {sizes}, because a program may open {} files only", bench.files)
    })
}

fn is_possible(bench: &Bench, size: u64) -> bool {
    bench.connections(size) == size
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::bench::judge::Verdict;

    #[test]
    fn every_size_has_the_same_amount_of_work() {
        for size in SIZES {
            assert_eq!((DELIVERIES % size, JOINS % size), (0, 0));
        }
    }

    #[test]
    fn sizes_that_the_limit_of_open_files_forbids_are_left_out() {
        let bench = Bench { binaries: PathBuf::from("nowhere"), files: 4_300 };
        let said = "growth: not measured at 8000, because a program may open 4300 files only";
        assert_eq!(omission(&bench).as_deref(), Some(said));
        let curves = run(&bench, 1, false);
        assert_eq!(curves.len(), 6);
        assert!(curves.iter().all(|curve| curve.points.len() == 3 && curve.verdict() == Verdict::Missed));
        assert!(curves[0].failures[0].starts_with(
            "fan-out to N subscribers of one topic, limit, N = 1000, round 1: yardstick-limit cannot"
        ));
    }
}
