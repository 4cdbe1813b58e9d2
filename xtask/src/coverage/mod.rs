//! Which test proves which item of the protocol's checklist: `tests/conformance/COVERAGE.md`.
//!
//! Items stand in `items.txt`, reasons for items without a test in `exceptions.txt`, what a test leaves open in
//! `notes.txt`, all beside the table. A test proves an item by carrying its id, such as C115 or C230–C235, in its name, its
//! title or its doc comment.

mod ids;
mod items;
mod scan;
mod table;

use std::path::PathBuf;

use crate::failure::Failure;
use crate::tree;

/// Writes the table, or with `check` fails when it is out of date; fails when an item has neither test nor reason, and when
/// a reason is no longer needed.
pub(crate) fn run(check: bool) -> Result<(), Failure> {
    let items = items::items(&tree::read(&file("items.txt"))?)?;
    let reasons = items::reasons("exceptions.txt", &tree::read(&file("exceptions.txt"))?)?;
    let notes = items::reasons("notes.txt", &tree::read(&file("notes.txt"))?)?;
    let table = table::Table::new(items, reasons, notes, scan::proofs()?);
    let path = file("COVERAGE.md");
    let text = table.to_markdown();
    if !check {
        tree::write(&path, &text)?;
        println!("{}", table.summary());
    } else if tree::read(&path).unwrap_or_default() != text {
        return Err(Failure::new(format!("{} is out of date: cargo xtask coverage", tree::relative(&path))));
    }
    none_of(&table.unproven(), "items have neither a test nor a reason")?;
    none_of(&table.dead_reasons(), "lines of exceptions.txt are of items that all have tests, or of none")?;
    none_of(&table.dead_notes(), "lines of notes.txt are of items that have no test")
}

fn none_of(wrong: &[String], what: &str) -> Result<(), Failure> {
    if wrong.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!("{} {what}:\n  {}", wrong.len(), wrong.join("\n  "))))
}

fn file(name: &str) -> PathBuf {
    tree::root().join("tests/conformance").join(name)
}
