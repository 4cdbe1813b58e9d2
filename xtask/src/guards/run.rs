//! `cargo xtask guards`.

use super::expected::{self, Expected};
use super::{measure, tools};
use crate::command::{command, output};
use crate::failure::Failure;
use crate::tree;

/// Where the expected counts are, from the workspace's root.
const FILE: &str = "benches/instructions.toml";

/// Counts the instructions and compares them with what is expected, or with `renew` expects them from now on. Without
/// Valgrind nothing is counted, which is said.
pub(crate) fn run(renew: bool) -> Result<(), Failure> {
    if tools::valgrind().is_err() {
        println!("skipped: valgrind is not installed");
        return Ok(());
    }
    let found = Expected { rustc: rustc("release")?, host: rustc("host")?, counts: measure::counts()? };
    let path = tree::root().join(FILE);
    if renew {
        tree::write(&path, &found.text()?)?;
        println!("{FILE} is renewed");
        return Ok(());
    }
    compare(&Expected::parse(&tree::read(&path)?)?, &found)
}

fn compare(expected: &Expected, found: &Expected) -> Result<(), Failure> {
    let rows = expected::compare(&expected.counts, &found.counts);
    rows.iter().for_each(|row| println!("{row}"));
    if expected.host != found.host {
        println!("not compared: {FILE} is for {}, this is {}", expected.host, found.host);
        return Ok(());
    }
    if rows.iter().any(|row| row.verdict().is_fewer()) {
        println!("much fewer than expected: `cargo xtask guards --renew` guards what was gained");
    }
    let failed: Vec<_> =
        rows.iter().filter(|row| row.verdict().is_failure()).map(|row| row.name.as_str()).collect();
    if failed.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "not as {FILE} says, which was measured with Rust {}, now {}: {}; if it is meant to be: cargo xtask guards --renew",
        expected.rustc,
        found.rustc,
        failed.join(", ")
    )))
}

/// A line of `rustc --version --verbose`.
fn rustc(field: &str) -> Result<String, Failure> {
    let about = output(&mut command("rustc", &["--version", "--verbose"])).unwrap_or_default();
    let value = about.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(": "));
    value.map(str::to_owned).ok_or_else(|| Failure::new(format!("rustc does not say its {field}")))
}
