//! What a live view costs: its memory, and a click that is answered with a diff.

use serde_json::json;

use super::closed::Closed;
use super::exchange::Question;
use super::idle;
use super::run::{RunError, connect, json, prepare_page, report};
use crate::cli::Live;
use crate::report::{Report, Unit};
use crate::span::Span;

/// Loads a page for each connection and joins its view (spec §2.4). Then clicks, warmed up and measured; or holds.
pub(super) fn run(options: &Live) -> Result<Report, RunError> {
    match options.hold {
        Some(hold) => held(options, hold),
        None => clicked(options),
    }
}

fn held(options: &Live, hold: Span) -> Result<Report, RunError> {
    let runner = prepare_page(&options.common, &options.socket)?;
    idle::hold("live", options, runner, (&options.common, hold, options.settle))
}

fn clicked(options: &Live) -> Result<Report, RunError> {
    let value: serde_json::Value = json("--value", &options.value)?;
    let click = json!({ "type": "click", "event": options.event, "value": value }).to_string();
    let warmup = options.warmup.unwrap_or(options.messages / 20);
    let options = Live { warmup: Some(warmup), ..options.clone() };
    let mut runner = prepare_page(&options.common, &options.socket)?;
    connect(&mut runner, &options.common)?;
    // One click at a time: what was clicked is locked until it is answered (spec §4.3).
    let clicking = Closed::new("live", &runner.world, &options.common, (Question::Click(click), 1));
    let phase = clicking.run(&mut runner, warmup, options.messages)?;
    Ok(report("live", &options, runner, &phase, Unit::Event))
}
