//! Every measurement of every server, round after round.

use std::path::{Path, PathBuf};

use super::judge::{Judged, Round, figures, judge};
use super::loadgen::{self, Outcome};
use super::rows::{Measurement, Row};
use super::server::{Door, Server};
use super::statistics::figure;
use crate::failure::Failure;

/// Files that a program needs besides its connections.
const OTHER_FILES: u64 = 200;

/// Where the programs are and how many connections they can have.
pub(crate) struct Bench {
    /// The folder of the release builds.
    pub(crate) binaries: PathBuf,
    /// Most files that one program may have open.
    pub(crate) files: u64,
}

impl Bench {
    /// As many of the wanted connections as the limit of open files allows.
    pub(crate) fn connections(&self, wanted: u64) -> u64 {
        wanted.min(self.files.saturating_sub(OTHER_FILES).max(1))
    }

    /// Starts a server afresh, runs one scenario against it, and ends it.
    pub(crate) fn measure(
        &self,
        (server, door): (Server, Door),
        scenario: &str,
        connections: u64,
        options: &str,
    ) -> Result<Outcome, Failure> {
        let mut arguments = vec![scenario.to_owned(), "--connections".to_owned(), connections.to_string()];
        arguments.extend(options.split_whitespace().map(str::to_owned));
        let binaries: &Path = &self.binaries;
        loadgen::run(binaries, &arguments, (&server.start(door, binaries)?, door))
    }
}

/// Takes every measurement `count` times; the servers of one follow each other, in an order that changes by round.
pub(crate) fn run(bench: &Bench, measurements: &[&'static Measurement], count: usize) -> Vec<Judged> {
    let mut taken: Vec<Vec<Round>> = measurements.iter().map(|_| Vec::new()).collect();
    for number in 0..count {
        for (measurement, rounds) in measurements.iter().zip(&mut taken) {
            println!("round {} of {count}: {}", number + 1, measurement.name);
            rounds.push(round(bench, measurement, number));
        }
    }
    let judged = |(measurement, rounds): (&&'static Measurement, &Vec<Round>)| -> Vec<Judged> {
        let judged =
            |row| judge(row, measurement.door.servers(), rounds, &reference(row, measurements, &taken));
        measurement.rows.iter().map(judged).collect()
    };
    measurements.iter().zip(&taken).flat_map(judged).collect()
}

/// Firecrest's figures in the row that another row's target names; none when it names none.
fn reference(row: &Row, measurements: &[&'static Measurement], taken: &[Vec<Round>]) -> Vec<Option<f64>> {
    let Some(title) = row.target.row() else { return Vec::new() };
    let titled = |(measurement, rounds): (&&'static Measurement, &Vec<Round>)| {
        let row = measurement.rows.iter().find(|row| row.title == title)?;
        Some(figures(row, rounds, Server::Firecrest))
    };
    measurements.iter().zip(taken).find_map(titled).unwrap_or_default()
}

/// What is to be said about measurements that ran with fewer connections than they should.
pub(crate) fn reductions(bench: &Bench, measurements: &[&'static Measurement]) -> Vec<String> {
    let is_reduced =
        |measurement: &&&Measurement| bench.connections(measurement.connections) < measurement.connections;
    measurements
        .iter()
        .filter(is_reduced)
        .map(|measurement| {
            format!(
                "{}: {} connections instead of {}, because a program may open {} files only",
                measurement.name,
                bench.connections(measurement.connections),
                measurement.connections,
                bench.files
            )
        })
        .collect()
}

fn round(bench: &Bench, measurement: &Measurement, number: usize) -> Round {
    let connections = bench.connections(measurement.connections);
    let mut samples = Round::new();
    let Measurement { door, scenario, options, repeats, .. } = *measurement;
    for server in order(door, number) {
        let once = |_| bench.measure((server, door), scenario, connections, options);
        let Some(sample) = typical((0..repeats).map(once).collect(), measurement.rows) else { continue };
        println!("    {:<9}  {}", server.name(), said(measurement.rows, &sample));
        samples.insert(server, sample);
    }
    samples
}

/// The first that failed, or the one with the median of the first row's figure.
fn typical(mut samples: Vec<Result<Outcome, Failure>>, rows: &[Row]) -> Option<Result<Outcome, Failure>> {
    if let Some(failed) = samples.iter().position(Result::is_err) {
        return Some(samples.swap_remove(failed));
    }
    let figure = |sample: &Result<Outcome, Failure>| {
        let outcome = sample.as_ref().ok();
        rows.first().zip(outcome).and_then(|(row, outcome)| row.metric.of(outcome)).unwrap_or(f64::INFINITY)
    };
    samples.sort_by(|one, other| figure(one).total_cmp(&figure(other)));
    let median = samples.len() / 2;
    (median < samples.len()).then(|| samples.swap_remove(median))
}

fn order(door: Door, number: usize) -> Vec<Server> {
    let mut order = door.servers().to_vec();
    order.rotate_left(number % door.servers().len());
    order
}

fn said(rows: &[Row], sample: &Result<Outcome, Failure>) -> String {
    let outcome = match sample {
        Ok(outcome) => outcome,
        Err(failure) => return format!("✗ {failure}"),
    };
    let one = |row: &Row| {
        let value = row.metric.of(outcome).map_or_else(|| "?".to_owned(), figure);
        format!("{value} {}", row.unit)
    };
    rows.iter().map(one).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::measurements::named;

    fn bench(files: u64) -> Bench {
        Bench { binaries: PathBuf::from("nowhere"), files }
    }

    #[test]
    fn every_server_is_first_once_in_three_rounds() {
        let first: Vec<_> = (0..3).map(|number| order(Door::Channel, number)[0]).collect();
        assert_eq!(first, Server::ALL);
        assert_eq!(order(Door::Channel, 4), order(Door::Channel, 1));
        assert_eq!(order(Door::OwnChannel, 4), [Server::Firecrest]);
        assert_eq!(order(Door::Page("/counter"), 4), [Server::Firecrest]);
    }

    #[test]
    fn of_several_runs_the_one_in_the_middle_counts_and_a_failure_is_not_hidden() {
        let rows = named(Some("echo-50"))[0].rows;
        let run = |cpu: u32| loadgen::parse(&format!(r#"{{"server": {{"cpu_us_per_unit": {cpu}}}}}"#));
        let middle = typical(vec![run(9), run(2), run(4)], rows).unwrap().unwrap();
        assert_eq!(rows[0].metric.of(&middle), Some(4.0));
        assert!(typical(vec![run(9), loadgen::parse("nonsense"), run(4)], rows).unwrap().is_err());
        assert!(typical(Vec::new(), rows).is_none());
    }

    #[test]
    fn a_low_limit_of_open_files_reduces_connections_and_is_said() {
        assert_eq!(bench(20_000).connections(10_000), 10_000);
        assert_eq!(bench(1_024).connections(10_000), 824);
        assert!(reductions(&bench(20_000), &named(None)).is_empty());
        assert_eq!(
            reductions(&bench(8_200), &named(Some("memory")))[..3],
            ["memory", "memory-shared", "live-memory"].map(|name| format!(
                "{name}: 8000 connections instead of 10000, because a program may open 8200 files only"
            ))
        );
    }

    #[test]
    fn a_row_is_judged_by_the_figures_of_the_row_that_its_target_names() {
        let measurements = named(Some("live-event"));
        let round = |json| Round::from([(Server::Firecrest, loadgen::parse(json))]);
        let echo = || vec![round(r#"{"server": {"cpu_us_per_unit": 4}}"#), round("{}")];
        let event = || vec![round(r#"{"server": {"cpu_us_per_unit": 7}}"#)];
        let row = &measurements[1].rows[0];
        assert_eq!(reference(row, &measurements, &[echo(), event()]), [Some(4.0), None]);
        assert!(reference(&measurements[0].rows[0], &measurements, &[echo(), event()]).is_empty());
        assert!(reference(row, &measurements[1..], &[event()]).is_empty());
    }

    #[test]
    fn a_program_that_cannot_be_started_fails_the_row_and_nothing_else() {
        let judged = run(&bench(20_000), &named(Some("echo-50")), 2);
        assert_eq!(judged[0].failures.len(), 6, "{:?}", judged[0].failures);
        assert_eq!(judged[0].verdict.sign(), "✗");
    }
}
