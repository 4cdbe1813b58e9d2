//! The result, for machines and for people.

use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use crate::latency::Summary;
use crate::meter::{Phase, ServerUse};
use crate::net::World;

/// The result of a run; its JSON form has these fields.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    scenario: &'static str,
    /// How many were asked for.
    connections: usize,
    options: Value,
    /// Of the measured phase, like all that follows but what went wrong.
    elapsed_seconds: f64,
    units: u64,
    unit: Unit,
    lost: u64,
    duplicated: u64,
    out_of_order: u64,
    refused: u64,
    /// All errors; `errors` has the texts of the first ten.
    error_count: u64,
    errors: Vec<String>,
    latency_us: Option<Summary>,
    client_cpu_seconds: f64,
    server: Option<ServerUse>,
    #[serde(skip_serializing_if = "Option::is_none")]
    leave: Option<LeaveReport>,
    /// The length of the longest message that was delivered.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery_bytes: Option<usize>,
    /// How often the server says that it has rendered a page.
    #[serde(skip_serializing_if = "Option::is_none")]
    renders: Option<u64>,
    #[serde(skip)]
    clean: bool,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Unit {
    Connection,
    Delivery,
    Echo,
    Event,
    Heartbeat,
    Join,
}

/// The second half of the join scenario.
#[derive(Debug, Serialize)]
pub(crate) struct LeaveReport {
    pub(crate) units: u64,
    pub(crate) elapsed_seconds: f64,
    /// Of the server; 0 when its process was not named.
    pub(crate) cpu_seconds: f64,
    pub(crate) cpu_us_per_unit: f64,
    pub(crate) client_cpu_seconds: f64,
    pub(crate) latency_us: Option<Summary>,
}

impl Report {
    /// The report of a run.
    pub(crate) fn new(
        scenario: &'static str,
        options: Value,
        world: World,
        phase: &Phase,
        (unit, server): (Unit, Option<ServerUse>),
    ) -> Report {
        let connections = world.len();
        let tally = world.tally;
        Report {
            scenario,
            connections,
            options,
            elapsed_seconds: phase.elapsed_seconds,
            units: tally.units,
            unit,
            clean: tally.is_clean(),
            lost: tally.lost,
            duplicated: tally.duplicated,
            out_of_order: tally.out_of_order,
            refused: tally.refused,
            error_count: tally.error_count,
            latency_us: tally.latency.summary(),
            errors: tally.errors,
            client_cpu_seconds: phase.client_cpu_seconds,
            server,
            leave: None,
            delivery_bytes: None,
            renders: None,
        }
    }

    /// With what leaving took.
    pub(crate) fn with_leave(self, leave: LeaveReport) -> Report {
        Report { leave: Some(leave), ..self }
    }

    /// With the length of the longest message that was delivered.
    pub(crate) fn with_delivery_bytes(self, bytes: usize) -> Report {
        Report { delivery_bytes: Some(bytes), ..self }
    }

    /// With how often the server has rendered a page.
    pub(crate) fn with_renders(self, renders: Option<u64>) -> Report {
        Report { renders, ..self }
    }

    /// Whether nothing went wrong.
    pub(crate) fn is_clean(&self) -> bool {
        self.clean
    }

    /// Writes the JSON to a file and the summary to standard output, or the JSON there when the file is `-`.
    ///
    /// # Errors
    /// When that cannot be written.
    pub(crate) fn publish(&self, json: Option<&Path>) -> io::Result<()> {
        if let Some(path) = json {
            let text = serde_json::to_string_pretty(self)? + "\n";
            if path.as_os_str() == "-" {
                return io::stdout().write_all(text.as_bytes());
            }
            fs::write(path, text)?;
        }
        io::stdout().write_all(self.to_string().as_bytes())
    }
}

impl Unit {
    fn plural(self) -> &'static str {
        match self {
            Unit::Connection => "connections",
            Unit::Delivery => "deliveries",
            Unit::Echo => "echoes",
            Unit::Event => "events",
            Unit::Heartbeat => "heartbeats",
            Unit::Join => "joins",
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let per_second = self.units as f64 / self.elapsed_seconds.max(1e-9);
        let (units, name, seconds) = (self.units, self.unit.plural(), self.elapsed_seconds);
        writeln!(f, "{}: {} connections", self.scenario, self.connections)?;
        writeln!(f, "  {units} {name} in {seconds:.3} s ({per_second:.0} per second)")?;
        latency(f, "latency", self.latency_us.as_ref())?;
        if let Some(server) = &self.server {
            write!(f, "{server}")?;
        }
        writeln!(f, "  load generator: {:.2} s of processor time", self.client_cpu_seconds)?;
        if let Some(leave) = &self.leave {
            let (units, seconds, each) = (leave.units, leave.elapsed_seconds, leave.cpu_us_per_unit);
            writeln!(f, "  {units} leaves in {seconds:.3} s, server {each:.2} us each")?;
            latency(f, "leaving", leave.latency_us.as_ref())?;
        }
        if let Some(bytes) = self.delivery_bytes {
            writeln!(f, "  a delivery: at most {bytes} bytes")?;
        }
        if let Some(renders) = self.renders {
            writeln!(f, "  rendered {renders} times")?;
        }
        let Report { lost, duplicated, out_of_order, refused, error_count, .. } = self;
        write!(f, "  lost {lost}, duplicated {duplicated}, out of order {out_of_order}, ")?;
        writeln!(f, "refused {refused}, errors {error_count}")?;
        self.errors.iter().try_for_each(|error| writeln!(f, "    {error}"))
    }
}

impl fmt::Display for ServerUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mebibytes = |bytes: u64| bytes as f64 / f64::from(1 << 20);
        writeln!(
            f,
            "  server: {:.2} s of processor time, {:.2} us each",
            self.cpu_seconds, self.cpu_us_per_unit
        )?;
        write!(f, "  memory: {:.1} MiB before, ", mebibytes(self.rss_before_bytes))?;
        write!(f, "{:.1} with all connections, ", mebibytes(self.rss_bytes))?;
        write!(f, "{:.1} at most; ", mebibytes(self.rss_peak_bytes))?;
        writeln!(f, "{:.2} KiB per connection", self.bytes_per_connection / 1024.0)?;
        if let (Some(after), Some(kept)) = (self.rss_after_close_bytes, self.kept_fraction) {
            writeln!(
                f,
                "  after closing: {:.1} MiB, {:.0} % of the growth kept",
                mebibytes(after),
                kept * 100.0
            )?;
        }
        Ok(())
    }
}

fn latency(f: &mut fmt::Formatter<'_>, name: &str, summary: Option<&Summary>) -> fmt::Result {
    let Some(summary) = summary else { return Ok(()) };
    let Summary { p50, p90, p99, p999, max, .. } = summary;
    writeln!(f, "  {name} in us: p50 {p50:.0}, p90 {p90:.0}, p99 {p99:.0}, p99.9 {p999:.0}, max {max:.0}")
}
