//! The test suites that run under Node against a debug build of the showcase.

use std::path::PathBuf;

use crate::command;
use crate::failure::Failure;
use crate::{npm, tree};

/// Runs the official client's suite `times` times in a row.
pub(crate) fn run(times: u32) -> Result<(), Failure> {
    let folder = tree::root().join("tests/conformance");
    npm::install(&folder)?;
    for round in 1..=times {
        if times > 1 {
            println!("round {round} of {times}");
        }
        node_tests("tests/conformance")?;
    }
    Ok(())
}

/// Runs the suite that drives a real browser. It shares the conformance suite's way of starting the server.
pub(crate) fn browser() -> Result<(), Failure> {
    npm::install(&tree::root().join("tests/browser"))?;
    node_tests("tests/browser")
}

fn node_tests(folder: &str) -> Result<(), Failure> {
    // Most tests wait for the server's real time, so more files than processors may run at once.
    let arguments = ["--test", "--test-concurrency=8", "--test-reporter=spec"];
    let mut node = command::command("node", &arguments);
    command::run(
        node.current_dir(tree::root().join(folder)).env("FIRECREST_SHOWCASE_BIN", showcase_binary()?),
    )
}

/// The showcase's debug binary, which cargo puts beside this program.
fn showcase_binary() -> Result<PathBuf, Failure> {
    let own = std::env::current_exe().map_err(|error| Failure::new(format!("own path: {error}")))?;
    let binary = own.with_file_name(format!("showcase{}", std::env::consts::EXE_SUFFIX));
    if binary.exists() {
        Ok(binary)
    } else {
        Err(Failure::new(format!("{} was not built", binary.display())))
    }
}
