//! A bound on the length of source files.

use crate::failure::Failure;
use crate::tree;

/// Most lines a source file may have.
const LIMIT: usize = 700;

/// Fails when a source file written by hand has more than [`LIMIT`] lines, naming each.
pub(crate) fn check() -> Result<(), Failure> {
    let mut long = Vec::new();
    for path in tree::files(tree::root(), &["rs", "mjs", "js"])? {
        let lines = tree::read(&path)?.lines().count();
        if lines > LIMIT {
            long.push(format!("{}: {lines} lines", tree::relative(&path)));
        }
    }
    if long.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!("longer than {LIMIT} lines; split by concern:\n  {}", long.join("\n  "))))
}
