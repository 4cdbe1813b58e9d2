//! The browser's scripts and styles: `assets/src` bundled into `assets/dist`.

use crate::command;
use crate::failure::Failure;
use crate::{npm, tree};

/// Bundles the assets, unless nothing they are made of has changed since the last time.
pub(crate) fn build() -> Result<(), Failure> {
    let folder = tree::root().join("assets");
    let mut inputs = vec![folder.join("build.mjs"), folder.join("package-lock.json")];
    inputs.extend(tree::files(&folder.join("src"), &["css", "js", "svg"])?);
    let wanted = tree::fingerprint(&inputs)?;
    // Outside of dist, whose files all become part of the server.
    let stamp = folder.join("node_modules/.firecrest-bundled");
    let is_current = tree::read(&stamp).is_ok_and(|built| built == wanted);
    if is_current && folder.join("dist/hello.js").exists() {
        println!("assets are up to date");
        return Ok(());
    }
    npm::install(&folder)?;
    command::run(command::command("node", &["build.mjs"]).current_dir(&folder))?;
    tree::write(&stamp, &wanted)
}
