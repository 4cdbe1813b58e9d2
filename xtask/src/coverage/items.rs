//! The lists kept by hand: a checklist's items, why some of them have no test, and what the tests of others leave open.

use super::ids::{self, Id};
use crate::failure::Failure;

/// One item of a checklist.
#[derive(Debug, PartialEq)]
pub(crate) struct Item {
    pub(crate) id: Id,
    /// What it asks for, in a few words.
    pub(crate) what: String,
    /// The part of the checklist it is counted in.
    pub(crate) part: String,
}

/// Reads lines of id, what and part, separated by tabs.
pub(crate) fn items(file: &str, text: &str) -> Result<Vec<Item>, Failure> {
    read(file, text, item)
}

fn item(line: &str) -> Option<Item> {
    let columns: Vec<_> = line.split('\t').map(str::trim).collect();
    let [id, what, part] = columns[..] else { return None };
    let [id] = ids::find(id)[..] else { return None };
    (!what.is_empty() && !part.is_empty()).then(|| Item { id, what: what.to_owned(), part: part.to_owned() })
}

/// A text about items: why they have no test, or what their tests leave open.
#[derive(Debug, PartialEq)]
pub(crate) struct Reason {
    pub(crate) ids: Vec<Id>,
    pub(crate) text: String,
}

/// The first reason for an item: of two that cover it the first is the more particular one.
pub(crate) fn find(reasons: &[Reason], id: Id) -> Option<&Reason> {
    reasons.iter().find(|reason| reason.ids.contains(&id))
}

/// Reads lines of ids or ranges and a text, separated by a tab.
pub(crate) fn reasons(file: &str, text: &str) -> Result<Vec<Reason>, Failure> {
    read(file, text, reason)
}

fn reason(line: &str) -> Option<Reason> {
    let (ids, text) = line.split_once('\t')?;
    let (ids, text) = (ids::find(ids), text.trim());
    (!ids.is_empty() && !text.is_empty()).then(|| Reason { ids, text: text.to_owned() })
}

/// Reads every line that is neither empty nor a comment.
fn read<T>(file: &str, text: &str, parse: fn(&str) -> Option<T>) -> Result<Vec<T>, Failure> {
    let lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    lines
        .map(|line| parse(line).ok_or_else(|| Failure::new(format!("{file}: cannot read {line:?}"))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_have_three_columns() {
        let read = items("a.txt", "# comment\nC115\tjoin reply\tserver\nT05\telement\ttest kit\n").unwrap();
        let join = Item { id: ids::only("C115"), what: "join reply".to_owned(), part: "server".to_owned() };
        assert_eq!(read[0], join);
        assert_eq!(read[1].part, "test kit");
        assert!(items("a.txt", "C115\tjoin reply\n").is_err());
        assert!(items("a.txt", "C115\tjoin reply\tserver\tmore\n").is_err());
        assert!(items("a.txt", "C115\tjoin reply\t \n").is_err());
    }

    #[test]
    fn reasons_cover_ranges_and_the_first_wins() {
        let read = reasons("a.txt", "# comment\nC051\ttyped\nC050–C052, C060\tlater\n").unwrap();
        let found = ["C050", "C051", "C060", "C061"]
            .map(|id| find(&read, ids::only(id)).map(|reason| reason.text.as_str()));
        assert_eq!(found, [Some("later"), Some("typed"), Some("later"), None]);
        assert!(reasons("a.txt", "C051\t \n").is_err());
        assert!(reasons("a.txt", "nothing\there\n").is_err());
    }
}
