//! Replays the inputs saved for the fuzz targets, so that what a fuzzer once found stays fixed without one.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use firecrest_presence::fuzzing::TARGETS;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries
        .map(|entry| entry.expect("a folder that can be read").path())
        .filter(|path| path.is_file())
        .collect()
}

#[test]
fn every_saved_input_passes_its_target() {
    for (name, check) in TARGETS {
        let inputs = files(&fuzz().join("corpus").join(name));
        assert!(!inputs.is_empty(), "{name} has no saved input");
        for input in inputs {
            // The harness prints this when the check panics.
            println!("{}", input.display());
            check(&fs::read(&input).unwrap());
        }
    }
}

#[test]
fn every_target_is_fuzzed_and_replayed() {
    let ours = |path: &PathBuf| fs::read_to_string(path).unwrap().contains("firecrest_presence::fuzzing::");
    let stem = |path: &PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    let shims: BTreeSet<String> =
        files(&fuzz().join("fuzz_targets")).iter().filter(|path| ours(path)).map(stem).collect();
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    for shim in &shims {
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{shim}.rs\"")), "{shim} is no target");
    }
    let checks: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(shims, checks, "fuzz/fuzz_targets against firecrest_presence::fuzzing::TARGETS");
}
