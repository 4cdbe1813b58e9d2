//! The lists kept by hand: the checklist's items, why some of them have no test, and what the tests of others leave open.

use super::ids::{self, Id};
use crate::failure::Failure;

/// One item of the checklist.
#[derive(Debug, PartialEq)]
pub(crate) struct Item {
    pub(crate) id: Id,
    /// What it asks for, in a few words.
    pub(crate) what: String,
    pub(crate) side: Side,
}

/// Whose behaviour an item describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    Server,
    Client,
    Presence,
    Cluster,
}

impl Side {
    pub(crate) const ALL: [Self; 4] = [Self::Server, Self::Client, Self::Presence, Self::Cluster];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Client => "client",
            Self::Presence => "presence",
            Self::Cluster => "cluster",
        }
    }

    fn parse(letter: &str) -> Option<Self> {
        match letter {
            "S" => Some(Self::Server),
            "C" => Some(Self::Client),
            "P" => Some(Self::Presence),
            "K" => Some(Self::Cluster),
            _ => None,
        }
    }
}

/// Reads lines of id, what and side, separated by tabs.
pub(crate) fn items(text: &str) -> Result<Vec<Item>, Failure> {
    lines(text)
        .map(|line| item(line).ok_or_else(|| Failure::new(format!("items.txt: cannot read {line:?}"))))
        .collect()
}

fn item(line: &str) -> Option<Item> {
    let mut columns = line.split('\t');
    let (id, what, side) = (columns.next()?, columns.next()?, columns.next()?);
    let [id] = ids::find(id)[..] else { return None };
    Some(Item { id, what: what.to_owned(), side: Side::parse(side)? })
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
    lines(text)
        .map(|line| reason(line).ok_or_else(|| Failure::new(format!("{file}: cannot read {line:?}"))))
        .collect()
}

fn reason(line: &str) -> Option<Reason> {
    let (ids, text) = line.split_once('\t')?;
    let (ids, text) = (ids::find(ids), text.trim());
    (!ids.is_empty() && !text.is_empty()).then(|| Reason { ids, text: text.to_owned() })
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_have_three_columns() {
        let read = items("# comment\nC115\tjoin reply\tS\nC230\tdefaults\tC\n").unwrap();
        let join = Item { id: 115, what: "join reply".to_owned(), side: Side::Server };
        assert_eq!(read[0], join);
        assert_eq!(read[1].side, Side::Client);
        assert!(items("C115\tjoin reply\n").is_err());
        assert!(items("C115\tjoin reply\tX\n").is_err());
    }

    #[test]
    fn reasons_cover_ranges_and_the_first_wins() {
        let read = reasons("a.txt", "# comment\nC051\ttyped\nC050–C052, C060\tlater\n").unwrap();
        let found = [50, 51, 60, 61].map(|id| find(&read, id).map(|reason| reason.text.as_str()));
        assert_eq!(found, [Some("later"), Some("typed"), Some("later"), None]);
        assert!(reasons("a.txt", "C051\t \n").is_err());
        assert!(reasons("a.txt", "nothing\there\n").is_err());
    }
}
