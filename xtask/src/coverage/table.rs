//! The table of a checklist's items and what proves them.

use std::fmt::Write as _;

use super::ids::Id;
use super::items::{self, Item, Reason};
use super::scan::Proofs;

const INTRODUCTION: &str = "\
Written by `cargo xtask coverage`; do not edit. Items come from `items.txt`. A test proves an item by naming it in its name,
its title or its doc comment. Notes, from `notes.txt`, say what the tests of an item leave open and why; reasons, after a
dash and from `exceptions.txt`, why an item has no test.
";

pub(crate) struct Table {
    pub(crate) items: Vec<Item>,
    pub(crate) reasons: Vec<Reason>,
    pub(crate) notes: Vec<Reason>,
    pub(crate) proofs: Proofs,
}

impl Table {
    /// The whole document.
    pub(crate) fn to_markdown(&self, heading: &str) -> String {
        let mut text = format!(
            "# {heading}\n\n{INTRODUCTION}\n{}\n\n| item | what | proven by |\n| --- | --- | --- |\n",
            self.summary()
        );
        for Item { id, what, .. } in &self.items {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "| {id} | {} | {} |", cell(what), self.evidence(*id));
        }
        text
    }

    /// One line per part, in the order of the list: how many of its items have a test.
    pub(crate) fn summary(&self) -> String {
        let mut parts: Vec<(&str, usize, usize)> = Vec::new();
        for item in &self.items {
            let known = parts.iter().position(|(part, ..)| *part == item.part);
            let at = known.unwrap_or(parts.len());
            if known.is_none() {
                parts.push((&item.part, 0, 0));
            }
            parts[at].1 += usize::from(self.is_proven(item.id));
            parts[at].2 += 1;
        }
        let lines =
            parts.iter().map(|(part, proven, all)| format!("* {part}: {proven} of {all} items have a test"));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Items with neither a test nor a reason.
    pub(crate) fn unproven(&self) -> Vec<String> {
        let open = self
            .items
            .iter()
            .filter(|item| !self.is_proven(item.id) && items::find(&self.reasons, item.id).is_none());
        open.map(|item| format!("{} {}", item.id, item.what)).collect()
    }

    /// Items that have a test and yet a reason why not.
    pub(crate) fn excused(&self) -> Vec<String> {
        let named = self.reasons.iter().flat_map(|reason| reason.ids.iter().map(move |id| (*id, reason)));
        let excused = named.filter(|(id, _)| self.is_item(*id) && self.is_proven(*id));
        excused.map(|(id, reason)| format!("{id} {}", reason.text)).collect()
    }

    /// Reasons that would be for nothing even if there were no tests: of no item, or of items that others cover before.
    pub(crate) fn dead_reasons(&self) -> Vec<String> {
        let covers = |reason: &Reason, id: Id| {
            self.is_item(id)
                && items::find(&self.reasons, id).is_some_and(|first| std::ptr::eq(first, reason))
        };
        let dead = self.reasons.iter().filter(|reason| !reason.ids.iter().any(|id| covers(reason, *id)));
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
    let ids: Vec<_> = reason.ids.iter().map(Id::to_string).collect();
    format!("{} {}", ids.join(" "), reason.text)
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coverage::ids;

    const ITEMS: &str = "C001\twhat 1\tserver\nC002\twhat 2\tserver\nC003\twhat 3\tclient\n";

    fn table(reasons: &str, notes: &str) -> Table {
        Table {
            items: items::items("items.txt", ITEMS).unwrap(),
            reasons: items::reasons("exceptions.txt", reasons).unwrap(),
            notes: items::reasons("notes.txt", notes).unwrap(),
            proofs: Proofs::from([(ids::only("C001"), vec!["a.rs: c001_x".to_owned()])]),
        }
    }

    #[test]
    fn a_reason_for_an_item_that_has_a_test_is_named() {
        assert_eq!(table("C001–C002\tpartly\n", "").excused(), ["C001 partly"]);
        assert_eq!(table("C002\tall\n", "").excused(), [""; 0]);
    }

    #[test]
    fn a_reason_that_covers_nothing_is_dead() {
        let useless = table("C002\tfirst\nC002\tsecond\nC009\tno item\n", "");
        assert_eq!(useless.dead_reasons(), ["C002 second", "C009 no item"]);
    }

    #[test]
    fn a_note_follows_the_tests_and_needs_one() {
        let noted = table("", "C001\ta | b\nC001, C002\tno test\n");
        let text = noted.to_markdown("Heading");
        assert!(text.contains("| C001 | what 1 | `a.rs: c001_x`<br>Note: a \\| b |"));
        assert_eq!(noted.dead_notes(), ["C001 C002 no test"]);
    }

    #[test]
    fn a_test_takes_precedence_over_a_reason() {
        let text = table("C001\tnot needed\nC002\ta | b\n", "").to_markdown("Heading");
        assert!(text.starts_with("# Heading\n"));
        assert!(text.contains("| C001 | what 1 | `a.rs: c001_x` |"));
        assert!(text.contains("| C002 | what 2 | – a \\| b |"));
    }

    #[test]
    fn every_part_is_counted() {
        let summary = table("", "").summary();
        assert_eq!(summary, "* server: 1 of 2 items have a test\n* client: 0 of 1 items have a test");
    }

    #[test]
    fn an_item_with_neither_is_unproven() {
        let table = table("C002\tlater\n", "");
        assert_eq!(table.unproven(), ["C003 what 3"]);
        assert!(table.to_markdown("Heading").contains("| C003 | what 3 | **nothing** |"));
    }
}
