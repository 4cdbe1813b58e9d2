//! A load generator for every server that speaks the Phoenix Channels protocol, version 2, and for pages with a live view.
//!
//! One thread, one event loop, sockets that never block. Read it in this order: [`cli`] (what can be asked for),
//! [`scenario`] (what is done), [`net`] (the connections), [`ledger`] (what was lost, doubled or out of order), [`report`].

mod awaited;
mod cli;
mod latency;
mod ledger;
mod limits;
mod meter;
mod net;
mod pace;
mod payload;
mod process;
mod progress;
mod report;
mod scenario;
mod span;
mod tally;
mod template;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::Cli;
use crate::scenario::RunError;

/// The run finished, with errors.
const WITH_ERRORS: u8 = 1;

/// The run was not possible: bad usage, or limits forbid it.
const NOT_RUN: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(WITH_ERRORS),
        Err(error) => {
            eprintln!("firecrest-loadgen: {error}");
            ExitCode::from(NOT_RUN)
        }
    }
}

/// Whether nothing went wrong.
fn run(cli: &Cli) -> Result<bool, RunError> {
    let report = scenario::run(cli)?;
    report.publish(cli.common().json.as_deref())?;
    Ok(report.is_clean())
}
