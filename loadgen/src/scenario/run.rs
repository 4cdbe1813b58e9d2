//! From the command line to a report.

use std::io;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::connect::Connect;
use super::{echo, fanout, heartbeat, idle, join, live, soak, viewers};
use crate::cli::{Channel, Cli, Common, Scenario};
use crate::limits::{self, TooFewFiles};
use crate::meter::{Phase, Watch};
use crate::net::{Handler, Runner, Target, TargetError, TopicError, Topics};
use crate::payload::{MIN_PAYLOAD, Payload};
use crate::report::{Report, Unit};

/// The largest payload in bytes; servers refuse frames of 10,000,000 and more (spec §1.2).
const MAX_PAYLOAD: usize = 8_000_000;

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum RunError {
    /// The system does not play along.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The value of an option is no JSON.
    #[error("{0} is not JSON: {1}")]
    Json(&'static str, serde_json::Error),
    /// The limit of open files is too low.
    #[error(transparent)]
    Limits(#[from] TooFewFiles),
    /// There is no such process to measure.
    #[error("--pid {0}: no such process, or its /proc cannot be read")]
    NoProcess(u32),
    /// A payload has no room for its sequence number, or is too large for servers.
    #[error("--payload has to be from {MIN_PAYLOAD} to {MAX_PAYLOAD} bytes, not {0}")]
    PayloadSize(usize),
    /// A rate is negative, or no number.
    #[error("a rate has to be a number from 0 to 10,000,000, not {0}")]
    Rate(f64),
    /// The server does not say how often it has rendered.
    #[error("--renders: the server answers {0:?}, which is no number")]
    Renders(String),
    /// The URL cannot be used.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// The topic cannot be used.
    #[error(transparent)]
    Topic(#[from] TopicError),
}

/// Runs a scenario.
///
/// # Errors
/// When it could not begin. What goes wrong on the connections is in the report.
pub(crate) fn run(cli: &Cli) -> Result<Report, RunError> {
    match &cli.scenario {
        Scenario::Echo(options) => echo::run(options),
        Scenario::Fanout(options) => fanout::run(options),
        Scenario::Heartbeat(options) => heartbeat::run(options),
        Scenario::Idle(options) => idle::run(options),
        Scenario::Join(options) => join::run(options),
        Scenario::Live(options) => live::run(options),
        Scenario::Soak(options) => soak::run(options),
        Scenario::Viewers(options) => viewers::run(options),
    }
}

/// Gets everything ready to join a channel, with all connections closed.
pub(super) fn prepare(common: &Common, channel: &Channel) -> Result<Runner, RunError> {
    let Channel { topic, join_payload } = channel;
    let target = Target::channel(&common.url, common.params.as_deref(), join_payload)?;
    let topics = Topics::new(topic, common.connections)?;
    json::<IgnoredAny>("--join-payload", join_payload)?;
    runner(common, target, topics)
}

/// Gets everything ready to load a page and join its view, with all connections closed.
pub(super) fn prepare_page(common: &Common, socket: &str) -> Result<Runner, RunError> {
    let target = Target::page(&common.url, socket, common.params.as_deref(), common.connections)?;
    // Each view has a topic of its own, which the page will say.
    let topics = Topics::new("lv:{n}", common.connections)?;
    runner(common, target, topics)
}

fn runner(common: &Common, target: Target, topics: Topics) -> Result<Runner, RunError> {
    limits::raise(common.connections as usize)?;
    let watch = Watch::new(common.pid).ok_or(RunError::NoProcess(common.pid.unwrap_or_default()))?;
    Ok(Runner::new(common, target, topics, watch)?)
}

/// Connects and joins all.
pub(super) fn connect(runner: &mut Runner, common: &Common) -> Result<(), RunError> {
    runner.drive(&mut Connect::all(common))?;
    Ok(())
}

/// The value of an option that is JSON.
pub(super) fn json<'a, T: Deserialize<'a>>(option: &'static str, value: &'a str) -> Result<T, RunError> {
    serde_json::from_str(value).map_err(|error| RunError::Json(option, error))
}

/// Payloads of this size.
pub(super) fn payload(size: usize) -> Result<Payload, RunError> {
    let fits = (MIN_PAYLOAD..=MAX_PAYLOAD).contains(&size);
    if fits { Ok(Payload::new(size)) } else { Err(RunError::PayloadSize(size)) }
}

/// A rate that can be kept.
pub(super) fn rate(rate: f64) -> Result<f64, RunError> {
    if (0.0..=1e7).contains(&rate) { Ok(rate) } else { Err(RunError::Rate(rate)) }
}

/// Runs a phase and measures it.
pub(super) fn measure(runner: &mut Runner, handler: &mut impl Handler) -> Result<Phase, RunError> {
    let mark = runner.watch.mark(runner.world.now());
    runner.drive(handler)?;
    Ok(runner.watch.phase(mark, runner.world.now()))
}

/// The report of a run whose connections are all still open.
pub(super) fn report(
    name: &'static str,
    options: &impl Serialize,
    mut runner: Runner,
    phase: &Phase,
    unit: Unit,
) -> Report {
    let rss = runner.watch.rss();
    let connections = runner.world.joined();
    let server = runner.watch.server_use(phase, runner.world.tally.units, connections, (rss, None));
    let options = serde_json::to_value(options).unwrap_or_default();
    Report::new(name, options, runner.world, phase, (unit, server))
}
