//! The project's chores; `cargo xtask --help` lists them.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::failure::Failure;

mod assets;
mod bench;
mod cluster;
mod command;
mod conformance;
mod coverage;
mod failure;
mod fuzz;
mod guards;
mod loom;
mod metrics;
mod npm;
mod prerequisites;
mod sizes;
mod suite;
mod tree;

/// The project's chores.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Bundle the browser's scripts and styles, unless they are unchanged.
    Assets,
    /// Bundle the assets and run the showcase in release mode.
    Showcase {
        /// Arguments of the showcase itself, after `--`.
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Start a broker, several nodes of the showcase and a load balancer on free ports, and say what to open.
    Cluster(cluster::Options),
    /// Run every check and every test, in the order of CI, up to the first failure.
    Test,
    /// Run the official client's conformance tests against a debug build of the showcase.
    Conformance {
        /// How many times in a row.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
        times: u32,
    },
    /// Write which test proves which item of the checklists.
    Coverage {
        /// Fail when the written table is out of date instead of writing it.
        #[arg(long)]
        check: bool,
    },
    /// Write which metrics there are, and fail when they are not described as they are recorded.
    Metrics {
        /// Fail when the written page is out of date instead of writing it.
        #[arg(long)]
        check: bool,
    },
    /// Fail when a source file has grown too long.
    Sizes,
    /// Measure Firecrest beside the yardsticks, print the table, and write BENCHMARKS.md.
    Bench(bench::Options),
    /// Count the instructions of the hot paths and fail when they have become too many.
    Guards {
        /// Expect these counts from now on.
        #[arg(long)]
        renew: bool,
    },
    /// Run the models of concurrency in all interleavings.
    Loom,
    /// Run the fuzz targets with the nightly toolchain.
    Fuzz {
        /// Seconds for each target.
        #[arg(long, default_value_t = 60)]
        seconds: u64,
        /// One target only.
        target: Option<String>,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().chore) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(chore: Chore) -> Result<(), Failure> {
    match chore {
        Chore::Assets => prerequisites::check_for_building().and_then(|()| assets::build()),
        Chore::Showcase { arguments } => {
            prerequisites::check_for_building()?;
            assets::build()?;
            suite::showcase(&arguments)
        }
        Chore::Cluster(options) => cluster::run(&options),
        Chore::Test => suite::run(),
        Chore::Conformance { times } => {
            prerequisites::check_for_building()?;
            assets::build()?;
            suite::build_servers()?;
            conformance::run(times)
        }
        Chore::Coverage { check } => coverage::run(check),
        Chore::Metrics { check } => metrics::run(check),
        Chore::Sizes => sizes::check(),
        Chore::Bench(options) => {
            prerequisites::check_for_building()?;
            bench::run(&options)
        }
        Chore::Guards { renew } => guards::run(renew),
        Chore::Loom => loom::run(),
        Chore::Fuzz { seconds, target } => fuzz::run(seconds, target.as_deref()),
    }
}
