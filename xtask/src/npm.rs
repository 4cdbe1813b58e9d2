//! Node packages, installed exactly as their lock file says.

use std::path::Path;

use crate::command;
use crate::failure::Failure;
use crate::tree;

/// Installs the packages of `folder`, unless the same lock file was installed before.
pub(crate) fn install(folder: &Path) -> Result<(), Failure> {
    let lock = [folder.join("package.json"), folder.join("package-lock.json")];
    let stamp = folder.join("node_modules/.firecrest-installed");
    let wanted = tree::fingerprint(&lock)?;
    if tree::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    // No package we use needs its install script, so none is run.
    let arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
    command::run(command::command("npm", &arguments).current_dir(folder))?;
    tree::write(&stamp, &wanted)
}
