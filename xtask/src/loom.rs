//! The models of concurrency: what hands work between threads, in all interleavings.

use crate::command::{cargo, run as execute};
use crate::failure::Failure;

/// The crates that have models.
const PACKAGES: [&str; 2] = ["firecrest", "firecrest-pubsub"];

/// Runs every model. With the flag that exchanges std's locks for loom's everything is compiled anew, so that this has a
/// target directory and a profile of its own.
pub(crate) fn run() -> Result<(), Failure> {
    let mut test = cargo(&["test", "--lib", "--profile", "models", "--target-dir", "target/loom"]);
    test.args(PACKAGES.iter().flat_map(|package| ["--package", package]));
    // Other tests use the same locks where there is no model to belong to.
    test.arg("models::").env("RUSTFLAGS", "--cfg firecrest_loom --deny warnings");
    execute(&mut test)
}
