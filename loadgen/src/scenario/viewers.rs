//! What it costs that many look at the same: a change, and their coming.

use std::net::SocketAddr;

use super::join;
use super::post::Post;
use super::publishing::{Plan, Published, Publishing};
use super::run::{RunError, connect, prepare_page, report};
use crate::cli::Viewers;
use crate::net::fetch;
use crate::report::{Report, Unit};

/// Loads a page for each connection and joins its view (spec §2.4). Then changes it, warmed up and measured; or the joining is
/// measured.
pub(super) fn run(options: &Viewers) -> Result<Report, RunError> {
    match options.rounds {
        Some(rounds) => joined(options, rounds),
        None => changed(options),
    }
}

fn joined(options: &Viewers, rounds: u32) -> Result<Report, RunError> {
    let runner = prepare_page(&options.common, &options.socket)?;
    let address = runner.world.address();
    let report = join::come_and_go("viewers", options, runner, (&options.common, rounds))?;
    Ok(report.with_renders(renders(address, options)?))
}

fn changed(options: &Viewers) -> Result<Report, RunError> {
    let warmup = options.warmup.unwrap_or(options.messages / 20);
    let options = Viewers { warmup: Some(warmup), ..options.clone() };
    let mut runner = prepare_page(&options.common, &options.socket)?;
    connect(&mut runner, &options.common)?;
    let publishing = Publishing::new(&runner.world, Post::show(&options.event), &options.common);
    // One change at a time: those that follow each other closely may be shown as one.
    let closed = |messages| Plan::Closed { messages, in_flight: 1 };
    let Published { phase, delivery_bytes } =
        publishing.run(&mut runner, closed(warmup), closed(options.messages))?;
    let renders = renders(runner.world.address(), &options)?;
    let report = report("viewers", &options, runner, &phase, Unit::Delivery);
    Ok(report.with_delivery_bytes(delivery_bytes).with_renders(renders))
}

/// How often the server says that the page was rendered, if it is to be asked.
fn renders(address: SocketAddr, options: &Viewers) -> Result<Option<u64>, RunError> {
    let Some(path) = &options.renders else { return Ok(None) };
    let text = fetch(address, path, options.common.timeout.0)?;
    text.trim().parse().map(Some).map_err(|_| RunError::Renders(text))
}
