//! The chore: build, measure, print, write.

use std::path::{Path, PathBuf};

use super::history::{Entry, History};
use super::machine::{self, Machine, REPORT};
use super::options::Options;
use super::report::Report;
use super::rounds::{self, Bench};
use super::rows::{MEASUREMENTS, named};
use super::{growth, registry, rendering, rows};
use crate::command::{cargo, run as execute};
use crate::failure::Failure;
use crate::tree;

/// Runs the benchmark as often as asked. A target that was missed is a failure, after everything has been written.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let measurements = picked(options)?;
    execute(&mut cargo(&[
        "build",
        "--release",
        "--package",
        "firecrest-loadgen",
        "--package",
        "yardsticks",
    ]))?;
    // The programs inherit the raised limit.
    let files = rlimit::increase_nofile_limit(u64::MAX)
        .map_err(|error| Failure::new(format!("the limit of open files: {error}")))?;
    let bench = Bench { binaries: binaries()?, files };
    let mut missed = Vec::new();
    for number in 1..=options.runs {
        if options.runs > 1 {
            println!("\n==> run {number} of {}", options.runs);
        }
        let report = once(&bench, options, &measurements);
        print!("\n{}", report.text());
        let (within, of) = report.score();
        println!("\n{within} of {of} within target");
        if within < of {
            missed.push(format!("run {number}: {} of {of} targets missed", of - within));
        }
        if options.writes() {
            write(&report)?;
        }
    }
    if missed.is_empty() { Ok(()) } else { Err(Failure::new(missed.join("; "))) }
}

fn picked(options: &Options) -> Result<Vec<&'static rows::Measurement>, Failure> {
    let picked = named(options.only.as_deref());
    if picked.is_empty() && !picks_rendering(options) {
        let names = MEASUREMENTS.iter().map(|measurement| measurement.name);
        let names: Vec<_> = names.chain([rendering::NAME]).collect();
        return Err(Failure::new(format!("no such row; there are: {}", names.join(", "))));
    }
    Ok(picked)
}

fn picks_rendering(options: &Options) -> bool {
    options.only.as_ref().is_none_or(|part| rendering::NAME.contains(part))
}

/// The folder of the release builds, which cargo puts beside the folder of this program.
fn binaries() -> Result<PathBuf, Failure> {
    let own = std::env::current_exe().map_err(|error| Failure::new(format!("own path: {error}")))?;
    let target = own.parent().and_then(Path::parent);
    target.map(|target| target.join("release")).ok_or_else(|| Failure::new("own path has no folder"))
}

fn once(bench: &Bench, options: &Options, measurements: &[&'static rows::Measurement]) -> Report {
    let (machine, date, commit) = (Machine::here(), machine::date(), machine::commit());
    let rows = rounds::run(bench, measurements, options.rounds());
    let mut notes = rounds::reductions(bench, measurements);
    let rendering =
        if picks_rendering(options) { rendering::run(bench, options.rounds()) } else { Vec::new() };
    let mut curves = Vec::new();
    if options.only.is_none() {
        curves = growth::run(bench, options.rounds(), options.quick);
        curves.extend(registry::run(bench, options.rounds(), options.quick));
        notes.extend(growth::omission(bench));
    }
    Report { machine, date, commit, rounds: options.rounds(), rows, rendering, curves, notes }
}

fn write(report: &Report) -> Result<(), Failure> {
    let path = tree::root().join(REPORT);
    let mut history = if path.exists() { History::parse(&tree::read(&path)?) } else { History::default() };
    let (within, of) = report.score();
    let (date, commit) = (report.date.clone(), report.commit.clone());
    history.push(Entry { date, commit, rounds: report.rounds, within, of });
    tree::write(&path, &report.markdown(&history))?;
    println!("wrote {REPORT}");
    Ok(())
}
