//! Which test proves which item of the protocol's checklist: `tests/conformance/COVERAGE.md`.
//!
//! Items stand in `items.txt`, reasons for items without a test in `exceptions.txt`, both beside the table. A test proves
//! an item by carrying its id, such as C115 or C230–C235, in its name, its title or its doc comment.

mod ids;
mod items;
mod scan;
mod table;

use std::path::PathBuf;

use crate::failure::Failure;
use crate::tree;

/// Writes the table, or with `check` fails when it is out of date; fails when an item has neither test nor reason.
pub(crate) fn run(check: bool) -> Result<(), Failure> {
    let items = items::items(&tree::read(&file("items.txt"))?)?;
    let reasons = items::reasons(&tree::read(&file("exceptions.txt"))?)?;
    let table = table::Table::new(items, reasons, scan::proofs()?);
    let path = file("COVERAGE.md");
    let text = table.to_markdown();
    if !check {
        tree::write(&path, &text)?;
        println!("{}", table.summary());
    } else if tree::read(&path).unwrap_or_default() != text {
        return Err(Failure::new(format!("{} is out of date: cargo xtask coverage", tree::relative(&path))));
    }
    let unproven = table.unproven();
    if unproven.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{} items have neither a test nor a reason:\n  {}",
        unproven.len(),
        unproven.join("\n  ")
    )))
}

fn file(name: &str) -> PathBuf {
    tree::root().join("tests/conformance").join(name)
}
