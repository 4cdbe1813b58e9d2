//! One run of the load generator, and what it reports.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde::Deserialize;

use super::process::{Process, read_to_end};
use super::server::{Door, Running};
use crate::failure::Failure;

const BINARY: &str = "firecrest-loadgen";

/// Longest time that one run may take.
const RUNS_WITHIN: Duration = Duration::from_secs(180);

/// What one run reported.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Outcome {
    #[serde(default)]
    lost: u64,
    #[serde(default)]
    duplicated: u64,
    #[serde(default)]
    refused: u64,
    #[serde(default)]
    errors: Vec<String>,
    pub(crate) latency_us: Option<Latency>,
    pub(crate) server: Option<Cost>,
    pub(crate) leave: Option<Leaving>,
    /// The length of a delivered message.
    pub(crate) delivery_bytes: Option<f64>,
    /// How often the server has rendered a page.
    pub(crate) renders: Option<f64>,
}

/// Times in microseconds that a part of the answers stayed within.
#[derive(Debug, Deserialize)]
pub(crate) struct Latency {
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

/// What the server spent.
#[derive(Debug, Deserialize)]
pub(crate) struct Cost {
    pub(crate) cpu_us_per_unit: Option<f64>,
    pub(crate) bytes_per_connection: Option<f64>,
    /// The part of the memory's growth that was still held some time after every connection had closed.
    pub(crate) kept_fraction: Option<f64>,
}

/// What the server spent on leaving.
#[derive(Debug, Deserialize)]
pub(crate) struct Leaving {
    pub(crate) cpu_us_per_unit: Option<f64>,
}

/// Runs a scenario against a server. Loss, errors and a refusal to run are failures.
pub(crate) fn run(
    binaries: &Path,
    arguments: &[String],
    (server, door): (&Running, Door),
) -> Result<Outcome, Failure> {
    let mut command = Command::new(binaries.join(format!("{BINARY}{}", std::env::consts::EXE_SUFFIX)));
    let pid = server.process_id().to_string();
    command.args(arguments).args(["--url", &server.url(door), "--pid", &pid, "--json", "-", "--quiet"]);
    let mut process = Process::start(command.stderr(Stdio::piped()), BINARY)?;
    let said = process.stderr();
    let printed = read_to_end(process.stdout()?)
        .recv_timeout(RUNS_WITHIN)
        .map_err(|_| process.failure(&format!("was not done within {} s", RUNS_WITHIN.as_secs())))?;
    let status = process.wait()?;
    let said = said.recv().unwrap_or_default();
    match status.code() {
        Some(0) => parse(&printed),
        Some(1) => Err(parse(&printed).map_or_else(|_| complaint(&said, 1), |outcome| outcome.failure())),
        code => Err(complaint(&said, code.unwrap_or(-1))),
    }
}

impl Outcome {
    fn failure(&self) -> Failure {
        let counts = format!("{} lost, {} duplicated, {} refused", self.lost, self.duplicated, self.refused);
        let errors: String = self.errors.iter().take(3).map(|error| format!("; {error}")).collect();
        Failure::new(counts + &errors)
    }
}

pub(crate) fn parse(json: &str) -> Result<Outcome, Failure> {
    serde_json::from_str(json.trim())
        .map_err(|error| Failure::new(format!("the load generator's result cannot be read: {error}")))
}

fn complaint(said: &str, code: i32) -> Failure {
    let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("no reason given");
    Failure::new(format!("the load generator ended with code {code}: {}", last.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_and_unknown_fields_are_skipped() {
        let outcome = parse(
            r#"{"scenario": "join", "units": 5, "lost": 0, "duplicated": 0, "refused": 0, "errors": [],
                "latency_us": {"p50": 10.5, "p90": 12, "p99": 20, "p999": 30, "max": 40, "mean": 11, "count": 5},
                "server": {"cpu_seconds": 0.1, "cpu_us_per_unit": 20.5, "bytes_per_connection": 4096.0,
                           "rss_after_close_bytes": null, "kept_fraction": null},
                "leave": {"cpu_us_per_unit": 3.5}}"#,
        )
        .unwrap();
        assert_eq!(outcome.latency_us.unwrap().p99, 20.0);
        let server = outcome.server.unwrap();
        assert_eq!((server.cpu_us_per_unit, server.kept_fraction), (Some(20.5), None));
        assert_eq!(outcome.leave.unwrap().cpu_us_per_unit, Some(3.5));
    }

    #[test]
    fn what_is_no_report_is_a_failure() {
        for text in ["", "connected", "[]"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn loss_and_the_first_errors_are_quoted() {
        let json = r#"{"lost": 3, "duplicated": 1, "refused": 2, "errors": ["a", "b", "c", "d"]}"#;
        let failure = parse(json).unwrap().failure().to_string();
        assert_eq!(failure, "3 lost, 1 duplicated, 2 refused; a; b; c");
    }

    #[test]
    fn a_refusal_to_run_quotes_the_last_words() {
        assert_eq!(
            complaint("usage\nerror: too few files\n\n", 2).to_string(),
            "the load generator ended with code 2: error: too few files"
        );
    }
}
