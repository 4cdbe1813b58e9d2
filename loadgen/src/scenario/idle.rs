//! What an idle connection costs in memory, and what is left when all are gone.

use super::connect::Connect;
use super::hold::Hold;
use super::run::{RunError, prepare};
use crate::cli::Idle;
use crate::report::{Report, Unit};

/// Connects and joins all, waits, reads the memory, closes all at once, waits and reads the memory again. The measured
/// phase is everything up to the first reading.
pub(super) fn run(options: &Idle) -> Result<Report, RunError> {
    let mut runner = prepare(&options.common, &options.common.topic)?;
    let mark = runner.watch.mark(runner.world.now());
    runner.drive(&mut Connect::all(&options.common))?;
    let until = runner.world.now() + options.hold.nanos();
    runner.drive(&mut Hold { until })?;
    let phase = runner.watch.phase(mark, runner.world.now());
    let rss = runner.watch.rss();
    let connections = runner.world.joined();
    runner.world.close_all();
    let until = runner.world.now() + options.settle.nanos();
    runner.drive(&mut Hold { until })?;
    let after = runner.watch.rss();
    let server = runner.watch.server_use(&phase, runner.world.tally.units, connections, (rss, after));
    let options = serde_json::to_value(options).unwrap_or_default();
    Ok(Report::new("idle", options, runner.world, &phase, (Unit::Connection, server)))
}
