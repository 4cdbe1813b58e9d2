//! A part of a test that is a process of its own: this test binary once more, told by its environment what to be.

use std::env;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::{crash, disk_full, file};

const ROLE: &str = "FIRECREST_TALLY_ROLE";
const FILE: &str = "FIRECREST_TALLY_FILE";

/// A process that plays a role with a file.
pub(crate) fn command(role: &str, file: &Path) -> Command {
    // A file that grows beyond its limit is an error then, and not a signal.
    let mut command = Command::new("sh");
    command.args(["-c", r#"trap "" XFSZ; exec "$0" "$@""#]).arg(env::current_exe().unwrap());
    command.args(["child::child", "--exact", "--nocapture"]).env(ROLE, role).env(FILE, file);
    command
}

/// Starts it; what it says can be read.
pub(crate) fn spawn(role: &str, file: &Path) -> (Child, BufReader<ChildStdout>) {
    let mut child = command(role, file).stdout(Stdio::piped()).spawn().unwrap();
    let said = BufReader::new(child.stdout.take().unwrap());
    (child, said)
}

/// Waits until it says this.
pub(crate) fn wait_for(said: &mut impl BufRead, word: &str) {
    let heard = said.lines().map(Result::unwrap).find(|line| line == word);
    assert!(heard.is_some(), "it never said {word:?}");
}

#[test]
fn child() {
    let Ok(role) = env::var(ROLE) else { return };
    // The test's own line ends here.
    println!();
    let file = PathBuf::from(env::var_os(FILE).unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    match role.as_str() {
        "count" => runtime.block_on(crash::count(&file)),
        "hold" => runtime.block_on(file::hold(&file)),
        "fill" => runtime.block_on(disk_full::fill_to_the_limit(&file)),
        "fill the disk" => runtime.block_on(disk_full::fill_the_disk(&file)),
        "no room" => runtime.block_on(disk_full::open_without_room(&file)),
        _ => panic!("unknown role {role:?}"),
    }
}
