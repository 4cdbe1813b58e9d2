//! Everything CI checks, in its order, and the showcase itself.

use std::time::Instant;

use crate::command::{cargo, run as execute, succeeds};
use crate::failure::Failure;
use crate::{assets, conformance, coverage, guards, loom, metrics, prerequisites, sizes};

/// One named part of the suite.
struct Step {
    name: &'static str,
    action: fn() -> Result<(), Failure>,
}

const STEPS: [Step; 16] = [
    Step { name: "prerequisites", action: prerequisites::check },
    Step { name: "assets", action: assets::build },
    Step { name: "format", action: || execute(&mut cargo(&["fmt", "--all", "--check"])) },
    // What costs a second comes before what takes minutes.
    Step { name: "coverage of the protocol", action: || coverage::run(true) },
    Step { name: "description of the metrics", action: || metrics::run(true) },
    Step { name: "sizes", action: sizes::check },
    Step { name: "lints", action: lints },
    Step { name: "documentation", action: documentation },
    Step { name: "tests", action: tests },
    Step { name: "documentation tests", action: || execute(&mut cargo(&["test", "--doc", "--workspace"])) },
    Step { name: "instruction counts", action: || guards::run(false) },
    Step { name: "models of concurrency", action: loom::run },
    Step { name: "build of the servers", action: build_servers },
    Step { name: "conformance with the official client", action: || conformance::run(1) },
    Step { name: "cluster", action: conformance::cluster },
    Step { name: "browser", action: conformance::browser },
];

/// Runs every step up to the first failure, which names the step.
pub(crate) fn run() -> Result<(), Failure> {
    let all = Instant::now();
    for (number, step) in STEPS.iter().enumerate() {
        println!("\n==> {} of {}: {}", number + 1, STEPS.len(), step.name);
        let started = Instant::now();
        (step.action)().map_err(|failure| Failure::new(format!("step \"{}\": {failure}", step.name)))?;
        println!("    {} took {:.1} s", step.name, started.elapsed().as_secs_f64());
    }
    println!("\nall {} steps passed in {:.0} s", STEPS.len(), all.elapsed().as_secs_f64());
    Ok(())
}

/// Runs the showcase in release mode.
pub(crate) fn showcase(arguments: &[String]) -> Result<(), Failure> {
    execute(cargo(&["run", "--release", "--package", "showcase", "--"]).args(arguments))
}

/// Builds the servers as the Node suites run them.
pub(crate) fn build_servers() -> Result<(), Failure> {
    let packages = conformance::SERVERS.iter().flat_map(|(_, package)| ["--package", package]);
    execute(cargo(&["build"]).args(packages))
}

fn lints() -> Result<(), Failure> {
    execute(&mut cargo(&["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]))
}

fn documentation() -> Result<(), Failure> {
    execute(cargo(&["doc", "--no-deps", "--workspace"]).env("RUSTDOCFLAGS", "--deny warnings"))
}

fn tests() -> Result<(), Failure> {
    if succeeds(&mut cargo(&["nextest", "--version"])) {
        return execute(&mut cargo(&["nextest", "run", "--workspace"]));
    }
    execute(&mut cargo(&["test", "--workspace", "--lib", "--bins", "--tests"]))
}
