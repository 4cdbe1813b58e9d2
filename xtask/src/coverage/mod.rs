//! Which test proves which item of a checklist: the tables `COVERAGE.md`.
//!
//! Items stand in `items.txt`, reasons for items without a test in `exceptions.txt`, what a test leaves open in
//! `notes.txt`, all beside their table. A test proves an item by carrying its id, such as C115 or C230–C235, in its name, its
//! title or its doc comment.

mod ids;
mod items;
mod scan;
mod table;

use std::path::PathBuf;

use self::scan::Proofs;
use self::table::Table;
use crate::failure::Failure;
use crate::tree;

struct Checklist {
    /// Where its lists and its table are.
    folder: &'static str,
    heading: &'static str,
    /// The folder whose tests count.
    tests: &'static str,
}

const CHECKLISTS: [Checklist; 4] = [
    Checklist {
        folder: "tests/conformance",
        heading: "What proves each item of the channel protocol's checklist",
        tests: "",
    },
    Checklist {
        folder: "tests/live",
        heading: "What proves each feature of live views and of their test kit",
        tests: "",
    },
    Checklist {
        folder: "tests/pipeline",
        heading: "What proves each item of the pipelines' checklist",
        tests: "",
    },
    // What a page does is proven by a page: a test of some function may name the item it serves, but does not count.
    Checklist {
        folder: "tests/browser",
        heading: "What a browser proves about live views",
        tests: "tests/browser/",
    },
];

/// Writes the tables, or with `check` fails when one is out of date; fails when an item has neither test nor reason, when
/// it has both, and when a reason or a note is for nothing.
pub(crate) fn run(check: bool) -> Result<(), Failure> {
    let proofs = scan::proofs()?;
    let mut wrong = Vec::new();
    for checklist in &CHECKLISTS {
        let table = checklist.table(&proofs)?;
        wrong.extend(checklist.publish(&table, check)?);
        wrong.extend(checklist.complaints(&table));
    }
    if wrong.is_empty() { Ok(()) } else { Err(Failure::new(wrong.join("\n"))) }
}

impl Checklist {
    fn table(&self, proofs: &Proofs) -> Result<Table, Failure> {
        Ok(Table {
            items: self.read("items.txt", items::items)?,
            reasons: self.read("exceptions.txt", items::reasons)?,
            notes: self.read("notes.txt", items::reasons)?,
            proofs: scan::within(self.tests, proofs),
        })
    }

    fn read<T>(&self, name: &str, parse: fn(&str, &str) -> Result<T, Failure>) -> Result<T, Failure> {
        let path = self.file(name);
        parse(&tree::relative(&path), &tree::read(&path)?)
    }

    /// Writes the table, or with `check` complains when the written one differs.
    fn publish(&self, table: &Table, check: bool) -> Result<Option<String>, Failure> {
        let path = self.file("COVERAGE.md");
        let text = table.to_markdown(self.heading);
        if check {
            let is_current = tree::read(&path).is_ok_and(|written| written == text);
            let name = tree::relative(&path);
            return Ok((!is_current).then(|| format!("{name} is out of date: cargo xtask coverage")));
        }
        println!("{}\n{}", self.folder, table.summary());
        tree::write(&path, &text).map(|()| None)
    }

    fn complaints(&self, table: &Table) -> Vec<String> {
        let kinds = [
            (table.unproven(), "items have neither a test nor a reason"),
            (table.excused(), "items have a test: take them out of exceptions.txt"),
            (table.dead_reasons(), "lines of exceptions.txt are for no item, or for what other lines cover"),
            (table.dead_notes(), "lines of notes.txt are for items that have no test"),
        ];
        let some = kinds.into_iter().filter(|(wrong, _)| !wrong.is_empty());
        some.map(|(wrong, what)| {
            format!("{}: {} {what}:\n  {}", self.folder, wrong.len(), wrong.join("\n  "))
        })
        .collect()
    }

    fn file(&self, name: &str) -> PathBuf {
        tree::root().join(self.folder).join(name)
    }
}
