//! What an idle connection costs in memory, and what is left when all are gone.

use serde::Serialize;

use super::connect::Connect;
use super::hold::Hold;
use super::run::{RunError, prepare};
use crate::cli::{Common, Idle};
use crate::net::Runner;
use crate::report::{Report, Unit};
use crate::span::Span;

/// Connections to a channel.
pub(super) fn run(options: &Idle) -> Result<Report, RunError> {
    let runner = prepare(&options.common, &options.channel)?;
    hold("idle", options, runner, (&options.common, options.hold, options.settle))
}

/// Connects and joins all, waits, reads the memory, closes all at once, waits and reads the memory again. The measured
/// phase is everything up to the first reading.
pub(super) fn hold(
    name: &'static str,
    options: &impl Serialize,
    mut runner: Runner,
    (common, hold, settle): (&Common, Span, Span),
) -> Result<Report, RunError> {
    let mark = runner.watch.mark(runner.world.now());
    runner.drive(&mut Connect::all(common))?;
    let until = runner.world.now() + hold.nanos();
    runner.drive(&mut Hold { until })?;
    let phase = runner.watch.phase(mark, runner.world.now());
    let rss = runner.watch.rss();
    let connections = runner.world.joined();
    runner.world.close_all();
    let until = runner.world.now() + settle.nanos();
    runner.drive(&mut Hold { until })?;
    let after = runner.watch.rss();
    let server = runner.watch.server_use(&phase, runner.world.tally.units, connections, (rss, after));
    let options = serde_json::to_value(options).unwrap_or_default();
    Ok(Report::new(name, options, runner.world, &phase, (Unit::Connection, server)))
}
