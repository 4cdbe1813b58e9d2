//! What coming and going costs.

use serde::Serialize;

use super::connect::Connect;
use super::hold::Hold;
use super::leave::Leave;
use super::run::{RunError, measure, prepare};
use crate::cli::{Common, Join};
use crate::meter::{Phase, per_unit};
use crate::net::Runner;
use crate::report::{LeaveReport, Report, Unit};

/// How long the server has before a round to see to the closed connections, in nanoseconds, unmeasured.
const BETWEEN_ROUNDS: u64 = 300_000_000;

/// Connections to a channel.
pub(super) fn run(options: &Join) -> Result<Report, RunError> {
    let runner = prepare(&options.common, &options.channel)?;
    come_and_go("join", options, runner, (&options.common, options.rounds))
}

/// Connects and joins all, measured; leaves, measured; closes all at once. Over again for each round. Pages, if there are
/// any, are loaded before, unmeasured.
pub(super) fn come_and_go(
    name: &'static str,
    options: &impl Serialize,
    mut runner: Runner,
    (common, rounds): (&Common, u32),
) -> Result<Report, RunError> {
    let (mut joining, mut leaving) = (Phase::default(), Phase::default());
    let mut leave = Leave::new(common);
    let (mut rss, mut connections) = (None, 0);
    for round in 0..rounds {
        let loaded = load(&mut runner, common)?;
        if loaded || round > 0 {
            let until = runner.world.now() + BETWEEN_ROUNDS;
            runner.drive(&mut Hold { until })?;
        }
        joining.add(&measure(&mut runner, &mut Connect::all(common))?);
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
    let report = Report::new(name, options, runner.world, &joining, (Unit::Join, server));
    Ok(report.with_leave(leave))
}

/// Loads a page for each connection; false when there are no pages.
fn load(runner: &mut Runner, common: &Common) -> Result<bool, RunError> {
    let has_pages = runner.world.stop_at_pages(true);
    if has_pages {
        runner.drive(&mut Connect::all(common))?;
        runner.world.stop_at_pages(false);
    }
    Ok(has_pages)
}
