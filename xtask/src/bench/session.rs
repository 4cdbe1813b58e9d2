//! The chore: build, measure, print, write.

use std::path::{Path, PathBuf};

use super::chapter::{self, CHAPTERS, Chapter};
use super::history::{Entry, History};
use super::machine::{self, Machine, REPORT};
use super::measurements::{MEASUREMENTS, named};
use super::options::Options;
use super::report::Report;
use super::rounds::{self, Bench};
use super::rows::Measurement;
use super::{growth, registry, tally};
use crate::command::{cargo, run as execute};
use crate::failure::Failure;
use crate::tree;

/// Runs the benchmark as often as asked. A target that was missed is a failure, after everything has been written.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let picked = Picked::by(options)?;
    let binaries = binaries()?;
    execute(&mut cargo(&[
        "build",
        "--release",
        "--package",
        "firecrest-loadgen",
        "--package",
        "yardsticks",
    ]))?;
    if picked.runs(tally::APART) {
        build_apart(&binaries)?;
    }
    // The programs inherit the raised limit.
    let files = rlimit::increase_nofile_limit(u64::MAX)
        .map_err(|error| Failure::new(format!("the limit of open files: {error}")))?;
    let bench = Bench { binaries, files };
    let mut missed = Vec::new();
    for number in 1..=options.runs {
        if options.runs > 1 {
            println!("\n==> run {number} of {}", options.runs);
        }
        let report = once(&bench, options, &picked);
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

/// What is measured.
struct Picked {
    measurements: Vec<&'static Measurement>,
    chapters: Vec<&'static Chapter>,
}

impl Picked {
    fn by(options: &Options) -> Result<Self, Failure> {
        let part = options.only.as_deref();
        let is_picked = |chapter: &&Chapter| part.is_none_or(|part| chapter.name.contains(part));
        let chapters = CHAPTERS.into_iter().filter(is_picked).collect();
        let picked = Picked { measurements: named(part), chapters };
        if picked.measurements.is_empty() && picked.chapters.is_empty() {
            let names = MEASUREMENTS.iter().map(|measurement| measurement.name);
            let names: Vec<_> = names.chain(CHAPTERS.iter().map(|chapter| chapter.name)).collect();
            return Err(Failure::new(format!("no such row; there are: {}", names.join(", "))));
        }
        Ok(picked)
    }

    /// Whether a program is needed.
    fn runs(&self, binary: &str) -> bool {
        self.chapters.iter().flat_map(|chapter| chapter.programs).any(|program| program.binary == binary)
    }
}

/// Builds the yardstick that is no member of the workspace, beside the others.
fn build_apart(binaries: &Path) -> Result<(), Failure> {
    let manifest = tree::root().join("yardsticks/sqlite/Cargo.toml");
    let target = binaries.parent().unwrap_or(binaries);
    let mut build = cargo(&["build", "--release", "--manifest-path"]);
    execute(build.arg(manifest).arg("--target-dir").arg(target))
}

/// The folder of the release builds, which cargo puts beside the folder of this program.
fn binaries() -> Result<PathBuf, Failure> {
    let own = std::env::current_exe().map_err(|error| Failure::new(format!("own path: {error}")))?;
    let target = own.parent().and_then(Path::parent);
    target.map(|target| target.join("release")).ok_or_else(|| Failure::new("own path has no folder"))
}

fn once(bench: &Bench, options: &Options, picked: &Picked) -> Report {
    let (machine, date, commit) = (Machine::here(), machine::date(), machine::commit());
    let rows = rounds::run(bench, &picked.measurements, options.rounds());
    let mut notes = rounds::reductions(bench, &picked.measurements);
    let chapters =
        picked.chapters.iter().map(|chapter| (*chapter, chapter::run(bench, chapter, options.rounds())));
    let chapters = chapters.collect();
    let mut curves = Vec::new();
    if options.only.is_none() {
        curves = growth::run(bench, options.rounds(), options.quick);
        curves.extend(registry::run(bench, options.rounds(), options.quick));
        notes.extend(growth::omission(bench));
    }
    Report { machine, date, commit, rounds: options.rounds(), rows, chapters, curves, notes }
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
