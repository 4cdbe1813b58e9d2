//! Valgrind, and the program that runs benchmarks under it.

use std::ffi::OsString;
use std::path::Path;

use serde::Deserialize;

use crate::command::{cargo, command, output, run, succeeds};
use crate::failure::Failure;
use crate::{prerequisites, tree};

/// What the workspace's lock file says of one package.
#[derive(Deserialize)]
struct Locked {
    name: String,
    version: String,
}

/// Makes sure that there is a Valgrind.
pub(crate) fn valgrind() -> Result<(), Failure> {
    if succeeds(&mut command("valgrind", &["--version"])) {
        return Ok(());
    }
    prerequisites::install("valgrind", "Valgrind is needed")
}

/// The search path with the runner first; it is installed below `target` when it is not there yet.
pub(crate) fn path_with_runner() -> Result<OsString, Failure> {
    let tools = tree::root().join("target/tools");
    let version = locked_version(&tree::read(&tree::root().join("Cargo.lock"))?)?;
    let runner = tools.join("bin/gungraun-runner");
    if !has_version(&runner, &version) {
        // Unoptimized: it starts Valgrind and reads small files, and is built in a fraction of the time.
        let arguments =
            ["install", "--quiet", "--locked", "--debug", "gungraun-runner", "--version", &version];
        println!("installing gungraun-runner {version}");
        run(cargo(&arguments).arg("--root").arg(&tools).env("CARGO_PROFILE_DEV_DEBUG", "0"))?;
    }
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(tools.join("bin")).chain(std::env::split_paths(&inherited));
    std::env::join_paths(folders).map_err(|error| Failure::new(format!("PATH: {error}")))
}

/// The version of the library, which the runner must have too.
fn locked_version(lock: &str) -> Result<String, Failure> {
    #[derive(Deserialize)]
    struct Lock {
        package: Vec<Locked>,
    }
    let lock: Lock = toml::from_str(lock).map_err(|error| Failure::new(format!("Cargo.lock: {error}")))?;
    let library = lock.package.into_iter().find(|package| package.name == "gungraun");
    library.map(|library| library.version).ok_or_else(|| Failure::new("Cargo.lock has no gungraun"))
}

fn has_version(runner: &Path, version: &str) -> bool {
    let said = output(&mut command(&runner.to_string_lossy(), &["--version"]));
    said.is_some_and(|said| said.split_whitespace().last() == Some(version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runners_version_is_the_librarys() {
        let package =
            |name: &str, version: &str| format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n");
        let lock = package("gungraun-common", "0.1.0") + &package("gungraun", "0.20.0");
        assert_eq!(locked_version(&lock).unwrap(), "0.20.0");
        assert!(locked_version(&package("tokio", "1.0.0")).is_err());
    }
}
