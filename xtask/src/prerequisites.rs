//! What building and testing need besides cargo: Node, npm, a C compiler, make, Chromium, Redis, NATS and PostgreSQL.

use std::path::Path;
use std::process::Command;

use crate::cluster::Engine;
use crate::command::{command, output, run, succeeds};
use crate::failure::Failure;

/// The oldest major version of Node the suites run under.
const OLDEST_NODE: u32 = 20;

const CHROMIUM: &str = "/usr/bin/chromium";

/// Checks what the tests need, installs what can be installed, and names all that is missing.
pub(crate) fn check() -> Result<(), Failure> {
    all([rust_components(), node(), npm(), c_tools(), chromium(), redis(), nats(), postgres()])
}

/// As [`check`], only for what bundling the assets and building the showcase need.
pub(crate) fn check_for_building() -> Result<(), Failure> {
    all([node(), npm(), c_tools()])
}

/// What a cluster needs beyond the showcase.
pub(crate) fn check_broker(engine: Engine) -> Result<(), Failure> {
    match engine {
        Engine::Nats => nats(),
        Engine::Redis => redis(),
    }
}

fn all<const N: usize>(checks: [Result<(), Failure>; N]) -> Result<(), Failure> {
    let missing: Vec<_> =
        checks.into_iter().filter_map(Result::err).map(|failure| failure.to_string()).collect();
    if missing.is_empty() { Ok(()) } else { Err(Failure::new(missing.join("\n"))) }
}

fn rust_components() -> Result<(), Failure> {
    for (component, tool) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        if !succeeds(&mut command("cargo", &[tool, "--version"])) {
            return Err(Failure::new(format!("{component} is missing: rustup component add {component}")));
        }
    }
    Ok(())
}

fn node() -> Result<(), Failure> {
    let version = output(&mut command("node", &["--version"]));
    let major = version.as_deref().and_then(major_version);
    match major {
        Some(major) if major >= OLDEST_NODE => Ok(()),
        Some(major) => Err(Failure::new(format!("Node {OLDEST_NODE} or newer is needed, found {major}"))),
        None => Err(Failure::new(format!("Node {OLDEST_NODE} or newer is needed, found none"))),
    }
}

fn npm() -> Result<(), Failure> {
    let found = succeeds(&mut command("npm", &["--version"]));
    if found { Ok(()) } else { Err(Failure::new("npm is needed, found none")) }
}

/// The showcase's memory allocator is written in C and built with make.
fn c_tools() -> Result<(), Failure> {
    let is_there = |program| succeeds(&mut command(program, &["--version"]));
    if is_there("cc") && is_there("make") {
        return Ok(());
    }
    install("build-essential", "a C compiler, as `cc`, and make are needed")
}

fn chromium() -> Result<(), Failure> {
    if let Ok(own) = std::env::var("CHROMIUM") {
        let message = format!("CHROMIUM names {own}, which does not exist");
        return if Path::new(&own).exists() { Ok(()) } else { Err(Failure::new(message)) };
    }
    if Path::new(CHROMIUM).exists() {
        return Ok(());
    }
    install("chromium", &format!("Chromium is needed at {CHROMIUM}, or where the variable CHROMIUM says"))
}

/// The tests of the counters and of clusters start servers of their own.
fn redis() -> Result<(), Failure> {
    if succeeds(&mut command("redis-server", &["--version"])) {
        return Ok(());
    }
    install_server("redis-server", "redis-server is needed in the path")
}

/// Debian keeps it with the programs of root, which are not in every user's path.
fn nats() -> Result<(), Failure> {
    if Path::new("/usr/sbin/nats-server").exists() || succeeds(&mut command("nats-server", &["--version"])) {
        return Ok(());
    }
    install_server("nats-server", "nats-server is needed, in the path or in /usr/sbin")
}

/// Debian keeps its programs beside the path, a folder for each version.
fn postgres() -> Result<(), Failure> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = versions.map(|version| version.path().join("bin/initdb")).any(|initdb| initdb.exists());
    if debian || succeeds(&mut command("initdb", &["--version"])) {
        return Ok(());
    }
    install_server("postgresql", "PostgreSQL's initdb is needed, in the path or in /usr/lib/postgresql")
}

/// Installs a package whose service nobody has asked for: it is stopped, and not started again.
fn install_server(package: &str, needed: &str) -> Result<(), Failure> {
    install(package, needed)?;
    let has_services = Path::new("/run/systemd/system").exists();
    match as_root("systemctl", &["disable", "--now", package]).filter(|_| has_services) {
        Some(mut stop) => run(&mut stop),
        None => Ok(()),
    }
}

/// Installs a package of Debian's, or says what is needed.
pub(crate) fn install(package: &str, needed: &str) -> Result<(), Failure> {
    let (Some(mut update), Some(mut install)) = (apt(), apt()) else {
        return Err(Failure::new(format!("{needed}; on Debian: apt-get install {package}")));
    };
    println!("installing {package}");
    run(update.arg("update"))?;
    run(install.args(["install", "-y", package]))
}

/// `apt-get` with the right to install, on systems that have it.
fn apt() -> Option<Command> {
    let apt = as_root("env", &["DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]);
    apt.filter(|_| Path::new("/usr/bin/apt-get").exists())
}

/// A command with the rights of root, for who has them or can have them without a password.
fn as_root(program: &str, arguments: &[&str]) -> Option<Command> {
    let is_root = output(&mut command("id", &["-u"])).is_some_and(|id| id == "0");
    if is_root {
        return Some(command(program, arguments));
    }
    let has_sudo = succeeds(&mut command("sudo", &["-n", "true"]));
    has_sudo.then(|| {
        let mut sudo = command("sudo", &["-n", program]);
        sudo.args(arguments);
        sudo
    })
}

/// The 20 of `v20.1.2`.
fn major_version(version: &str) -> Option<u32> {
    version.trim_start_matches('v').split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_node_are_read() {
        assert_eq!(major_version("v20.20.2"), Some(20));
        assert_eq!(major_version("v9.0.0"), Some(9));
        assert_eq!(major_version("nonsense"), None);
    }
}
