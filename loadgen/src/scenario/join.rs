//! What coming and going costs.

use super::connect::Connect;
use super::hold::Hold;
use super::leave::Leave;
use super::run::{RunError, measure, prepare};
use crate::cli::Join;
use crate::meter::{Phase, per_unit};
use crate::report::{LeaveReport, Report, Unit};

/// How long the server has after each round to see to the closed connections, in nanoseconds, unmeasured.
const BETWEEN_ROUNDS: u64 = 300_000_000;

/// Connects and joins all, measured; leaves, measured; closes all at once. Over again for each round.
pub(super) fn run(options: &Join) -> Result<Report, RunError> {
    let mut runner = prepare(&options.common, &options.channel)?;
    let (mut joining, mut leaving) = (Phase::default(), Phase::default());
    let mut leave = Leave::new(&options.common);
    let (mut rss, mut connections) = (None, 0);
    for round in 0..options.rounds {
        if round > 0 {
            let until = runner.world.now() + BETWEEN_ROUNDS;
            runner.drive(&mut Hold { until })?;
        }
        joining.add(&measure(&mut runner, &mut Connect::all(&options.common))?);
        (rss, connections) = (runner.watch.rss(), runner.world.joined());
        leave.begin(&runner.world);
        leaving.add(&measure(&mut runner, &mut leave)?);
        runner.world.close_all();
    }
    let server = runner.watch.server_use(&joining, runner.world.tally.units, connections, (rss, None));
    let options = serde_json::to_value(options).unwrap_or_default();
    let leave = LeaveReport {
        units: leave.units,
        elapsed_seconds: leaving.elapsed_seconds,
        cpu_seconds: leaving.server_cpu_seconds,
        cpu_us_per_unit: per_unit(leaving.server_cpu_seconds, leave.units),
        client_cpu_seconds: leaving.client_cpu_seconds,
        latency_us: leave.latency.summary(),
    };
    let report = Report::new("join", options, runner.world, &joining, (Unit::Join, server));
    Ok(report.with_leave(leave))
}
