//! What a push and its reply cost.

use super::closed::Closed;
use super::exchange::Question;
use super::run::{RunError, connect, payload, prepare, report};
use crate::cli::Echo;
use crate::net::quoted;
use crate::report::{Report, Unit};

/// Connects and joins all, warms up, and measures the round trips.
pub(super) fn run(options: &Echo) -> Result<Report, RunError> {
    let payload = payload(options.payload)?;
    let warmup = options.warmup.unwrap_or(options.messages / 20);
    let options = Echo { warmup: Some(warmup), ..options.clone() };
    let mut runner = prepare(&options.common, &options.channel)?;
    connect(&mut runner, &options.common)?;
    let question = Question::Echo { event: quoted(&options.echo_event), payload };
    let echoing = Closed::new("echo", &runner.world, &options.common, (question, options.in_flight));
    let phase = echoing.run(&mut runner, warmup, options.messages)?;
    Ok(report("echo", &options, runner, &phase, Unit::Echo))
}
