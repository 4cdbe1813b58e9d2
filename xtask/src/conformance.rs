//! The test suites that run under Node against debug builds of servers.

use std::path::PathBuf;

use crate::command;
use crate::failure::Failure;
use crate::{npm, tree};

/// The variable that names a server to the tests, and the package and program that it is.
pub(crate) const SERVERS: [(&str, &str); 6] = [
    ("FIRECREST_SHOWCASE_BIN", "showcase"),
    ("FIRECREST_LIVE_DEMO_BIN", "live-demo"),
    ("FIRECREST_LIVE_PAGES_BIN", "live-pages"),
    ("FIRECREST_DASHBOARD_BIN", "dashboard"),
    ("FIRECREST_READER_STATS_BIN", "reader-stats"),
    ("FIRECREST_CLUSTER_NODE_BIN", "cluster-node"),
];

/// Most test files at once that each drive a Chromium of their own.
const BROWSERS: u32 = 3;

/// Most test files at once that wait for the server's real time: more than there are processors.
const CLIENTS: u32 = 8;

/// Most test files at once that each start a broker and several nodes.
const CLUSTERS: u32 = 3;

/// Runs the official client's suite `times` times in a row.
pub(crate) fn run(times: u32) -> Result<(), Failure> {
    let folder = tree::root().join("tests/conformance");
    npm::install(&folder)?;
    for round in 1..=times {
        if times > 1 {
            println!("round {round} of {times}");
        }
        node_tests("tests/conformance", CLIENTS)?;
    }
    Ok(())
}

/// Runs the suite with brokers and several nodes. Its client is the conformance suite's.
pub(crate) fn cluster() -> Result<(), Failure> {
    npm::install(&tree::root().join("tests/conformance"))?;
    node_tests("tests/cluster", CLUSTERS)
}

/// Runs the suite that drives a real browser. It shares the conformance suite's way of starting the server.
pub(crate) fn browser() -> Result<(), Failure> {
    npm::install(&tree::root().join("tests/browser"))?;
    node_tests("tests/browser", BROWSERS)
}

fn node_tests(folder: &str, files: u32) -> Result<(), Failure> {
    let concurrency = format!("--test-concurrency={files}");
    let mut node = command::command("node", &["--test", &concurrency, "--test-reporter=spec"]);
    for (variable, program) in SERVERS {
        node.env(variable, binary(program)?);
    }
    command::run(node.current_dir(tree::root().join(folder)))
}

/// A program's debug build, which cargo puts beside this program.
fn binary(program: &str) -> Result<PathBuf, Failure> {
    let own = std::env::current_exe().map_err(|error| Failure::new(format!("own path: {error}")))?;
    let binary = own.with_file_name(format!("{program}{}", std::env::consts::EXE_SUFFIX));
    if binary.exists() {
        Ok(binary)
    } else {
        Err(Failure::new(format!("{} was not built", binary.display())))
    }
}
