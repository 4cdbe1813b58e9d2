//! The table of items and what proves them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::ids::Id;
use super::items::{Item, Side};
use super::scan::Proofs;

const INTRODUCTION: &str = "\
# What proves each item of the protocol's checklist

Written by `cargo xtask coverage`; do not edit. Items come from `items.txt`, reasons from `exceptions.txt`. A test proves an
item by naming it in its name, its title or its doc comment.
";

pub(crate) struct Table {
    items: Vec<Item>,
    reasons: BTreeMap<Id, String>,
    proofs: Proofs,
}

impl Table {
    pub(crate) fn new(items: Vec<Item>, reasons: BTreeMap<Id, String>, proofs: Proofs) -> Self {
        Self { items, reasons, proofs }
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
            .filter(|item| !self.proofs.contains_key(&item.id) && !self.reasons.contains_key(&item.id));
        open.map(|item| format!("{} {}", name(item.id), item.what)).collect()
    }

    fn evidence(&self, id: Id) -> String {
        let tests = self.proofs.get(&id).map(|tests| tests.iter().map(|test| format!("`{}`", cell(test))));
        match (tests, self.reasons.get(&id)) {
            (Some(tests), _) => tests.collect::<Vec<_>>().join("<br>"),
            (None, Some(reason)) => format!("– {}", cell(reason)),
            (None, None) => "**nothing**".to_owned(),
        }
    }
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

    fn table() -> Table {
        let items = vec![item(1, Side::Server), item(2, Side::Server), item(3, Side::Server)];
        let reasons = BTreeMap::from([(1, "not needed".to_owned()), (2, "a | b".to_owned())]);
        Table::new(items, reasons, Proofs::from([(1, vec!["a.rs: c001_x".to_owned()])]))
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
