//! The table of items and what proves them.

use std::fmt::Write as _;

use super::ids::Id;
use super::items::{self, Item, Reason, Side};
use super::scan::Proofs;

const INTRODUCTION: &str = "\
# What proves each item of the protocol's checklist

Written by `cargo xtask coverage`; do not edit. Items come from `items.txt`. A test proves an item by naming it in its name,
its title or its doc comment. Notes, from `notes.txt`, say what the tests of an item leave open and why; reasons, after a
dash and from `exceptions.txt`, why an item has no test.
";

pub(crate) struct Table {
    items: Vec<Item>,
    reasons: Vec<Reason>,
    notes: Vec<Reason>,
    proofs: Proofs,
}

impl Table {
    pub(crate) fn new(items: Vec<Item>, reasons: Vec<Reason>, notes: Vec<Reason>, proofs: Proofs) -> Self {
        Self { items, reasons, notes, proofs }
    }

    /// The whole document.
    pub(crate) fn to_markdown(&self) -> String {
        let mut text = format!(
            "{INTRODUCTION}\n{}\n\n| item | what | proven by |\n| --- | --- | --- |\n",
            self.summary()
        );
        for item in &self.items {
            // Writing to a string cannot fail.
            let _ =
                writeln!(text, "| {} | {} | {} |", name(item.id), cell(&item.what), self.evidence(item.id));
        }
        text
    }

    /// One line per side: how many of its items have a test.
    pub(crate) fn summary(&self) -> String {
        let sides = Side::ALL.map(|side| {
            let own: Vec<_> = self.items.iter().filter(|item| item.side == side).collect();
            let proven = own.iter().filter(|item| self.proofs.contains_key(&item.id)).count();
            format!("* {}: {proven} of {} items have a test", side.name(), own.len())
        });
        sides.join("\n")
    }

    /// Items with neither a test nor a reason.
    pub(crate) fn unproven(&self) -> Vec<String> {
        let open = self
            .items
            .iter()
            .filter(|item| !self.is_proven(item.id) && items::find(&self.reasons, item.id).is_none());
        open.map(|item| format!("{} {}", name(item.id), item.what)).collect()
    }

    /// Reasons that the table does not show: every item they are for has a test or another reason.
    pub(crate) fn dead_reasons(&self) -> Vec<String> {
        let shown = |reason: &Reason, id: Id| {
            self.is_item(id)
                && !self.is_proven(id)
                && items::find(&self.reasons, id).is_some_and(|first| std::ptr::eq(first, reason))
        };
        let dead = self.reasons.iter().filter(|reason| !reason.ids.iter().any(|id| shown(reason, *id)));
        dead.map(line).collect()
    }

    /// Notes on an item that has no test, and so needs a reason.
    pub(crate) fn dead_notes(&self) -> Vec<String> {
        let has_test = |id: &Id| self.is_item(*id) && self.is_proven(*id);
        self.notes.iter().filter(|note| !note.ids.iter().all(has_test)).map(line).collect()
    }

    fn is_item(&self, id: Id) -> bool {
        self.items.iter().any(|item| item.id == id)
    }

    fn is_proven(&self, id: Id) -> bool {
        self.proofs.contains_key(&id)
    }

    fn evidence(&self, id: Id) -> String {
        let Some(tests) = self.proofs.get(&id) else {
            return match items::find(&self.reasons, id) {
                Some(reason) => format!("– {}", cell(&reason.text)),
                None => "**nothing**".to_owned(),
            };
        };
        let tests = tests.iter().map(|test| format!("`{}`", cell(test)));
        let note = items::find(&self.notes, id).map(|note| format!("Note: {}", cell(&note.text)));
        tests.chain(note).collect::<Vec<_>>().join("<br>")
    }
}

fn line(reason: &Reason) -> String {
    let ids: Vec<_> = reason.ids.iter().copied().map(name).collect();
    format!("{} {}", ids.join(" "), reason.text)
}

fn name(id: Id) -> String {
    format!("C{id:03}")
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: Id, side: Side) -> Item {
        Item { id, what: format!("what {id}"), side }
    }

    fn reason(ids: &[Id], text: &str) -> Reason {
        Reason { ids: ids.to_vec(), text: text.to_owned() }
    }

    fn noted(notes: Vec<Reason>, reasons: Vec<Reason>) -> Table {
        let items = vec![item(1, Side::Server), item(2, Side::Server), item(3, Side::Server)];
        Table::new(items, reasons, notes, Proofs::from([(1, vec!["a.rs: c001_x".to_owned()])]))
    }

    fn table() -> Table {
        noted(Vec::new(), vec![reason(&[1], "not needed"), reason(&[2], "a | b")])
    }

    #[test]
    fn a_reason_whose_items_all_have_tests_is_dead() {
        assert_eq!(table().dead_reasons(), ["C001 not needed"]);
        let partly = noted(Vec::new(), vec![reason(&[1, 2], "partly"), reason(&[3], "all")]);
        assert_eq!(partly.dead_reasons(), Vec::<String>::new());
        let useless = [reason(&[2], "first"), reason(&[2], "second"), reason(&[9], "no item")];
        assert_eq!(noted(Vec::new(), useless.into()).dead_reasons(), ["C002 second", "C009 no item"]);
    }

    #[test]
    fn a_note_follows_the_tests_and_needs_one() {
        let noted = noted(vec![reason(&[1], "a | b"), reason(&[1, 2], "no test")], Vec::new());
        assert!(noted.to_markdown().contains("| C001 | what 1 | `a.rs: c001_x`<br>Note: a \\| b |"));
        assert_eq!(noted.dead_notes(), ["C001 C002 no test"]);
    }

    #[test]
    fn a_test_takes_precedence_over_a_reason() {
        let text = table().to_markdown();
        assert!(text.contains("| C001 | what 1 | `a.rs: c001_x` |"));
        assert!(text.contains("| C002 | what 2 | – a \\| b |"));
        assert!(text.contains("* server: 1 of 3 items have a test"));
    }

    #[test]
    fn an_item_with_neither_is_unproven() {
        assert_eq!(table().unproven(), ["C003 what 3"]);
        assert!(table().to_markdown().contains("| C003 | what 3 | **nothing** |"));
    }
}
