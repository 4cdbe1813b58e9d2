//! The fuzz targets of `fuzz/Cargo.toml`, run for a bounded time each.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::command::{command, succeeds};
use crate::failure::Failure;
use crate::tree;

/// Runs one target or all of them for `seconds` each and prints how many inputs each executed.
pub(crate) fn run(seconds: u64, only: Option<&str>) -> Result<(), Failure> {
    let targets = targets(&tree::read(&tree::root().join("fuzz/Cargo.toml"))?);
    let chosen: Vec<_> = targets.iter().filter(|name| only.is_none_or(|only| only == *name)).collect();
    if chosen.is_empty() {
        return Err(Failure::new(format!("no such target; there are: {}", targets.join(", "))));
    }
    if !succeeds(&mut command("rustup", &["run", "nightly", "cargo", "fuzz", "--version"])) {
        return Err(Failure::new(
            "cargo-fuzz and a nightly toolchain are needed: cargo install cargo-fuzz; rustup toolchain install nightly",
        ));
    }
    let mut summary = Vec::new();
    for target in chosen {
        println!("==> {target} for {seconds} s");
        summary.push(format!("{target}: {} executions", fuzz(target, seconds)?));
    }
    println!("\n{}", summary.join("\n"));
    Ok(())
}

/// The number of inputs the target executed.
fn fuzz(target: &str, seconds: u64) -> Result<u64, Failure> {
    // Findings are kept out of the seed corpus, which is part of the repository.
    let found = tree::root().join("fuzz/target/corpus").join(target);
    fs::create_dir_all(&found).map_err(|error| Failure::file(&found, &error))?;
    let mut fuzzer = command("rustup", &["run", "nightly", "cargo", "fuzz", "run", target]);
    fuzzer.arg(&found);
    let seeds = tree::root().join("fuzz/corpus").join(target);
    if seeds.is_dir() {
        fuzzer.arg(seeds);
    }
    fuzzer.args(["--", &format!("-max_total_time={seconds}"), "-print_final_stats=1"]).stderr(Stdio::piped());
    let mut child = fuzzer.spawn().map_err(|error| Failure::new(format!("cargo fuzz: {error}")))?;
    let mut executions = 0;
    for line in child
        .stderr
        .take()
        .into_iter()
        .flat_map(|stderr| BufReader::new(stderr).lines())
        .map_while(Result::ok)
    {
        executions = executed(&line).unwrap_or(executions);
        eprintln!("{line}");
    }
    let status = child.wait().map_err(|error| Failure::new(format!("cargo fuzz: {error}")))?;
    if status.success() {
        Ok(executions)
    } else {
        Err(Failure::new(format!("target {target} failed ({status})")))
    }
}

/// The names of a manifest's binaries.
fn targets(manifest: &str) -> Vec<String> {
    let binaries = manifest.split("[[bin]]").skip(1);
    binaries.filter_map(|section| section.lines().find_map(|line| quoted(line, "name"))).collect()
}

fn quoted(line: &str, key: &str) -> Option<String> {
    let value = line.trim().strip_prefix(key)?.trim_start().strip_prefix('=')?;
    Some(value.trim().trim_matches('"').to_owned())
}

/// The number in libFuzzer's closing statistics.
fn executed(line: &str) -> Option<u64> {
    line.strip_prefix("stat::number_of_executed_units:")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_the_binaries_of_the_manifest() {
        let manifest = "[package]\nname = \"fuzz\"\n\n[[bin]]\nname = \"etf\"\npath = \"x.rs\"\n\n[[bin]]\nname=\"params\"\n";
        assert_eq!(targets(manifest), ["etf", "params"]);
    }

    #[test]
    fn executions_are_read_from_the_statistics() {
        assert_eq!(executed("stat::number_of_executed_units: 12345"), Some(12345));
        assert_eq!(executed("#12345 DONE"), None);
    }
}
