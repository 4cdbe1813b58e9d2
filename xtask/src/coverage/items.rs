//! The two lists kept by hand: the checklist's items, and why some of them have no test.

use std::collections::BTreeMap;

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

/// Reads lines of id or range and reason, separated by a tab.
pub(crate) fn reasons(text: &str) -> Result<BTreeMap<Id, String>, Failure> {
    let mut reasons = BTreeMap::new();
    for line in lines(text) {
        let wrong = || Failure::new(format!("exceptions.txt: cannot read {line:?}"));
        let (range, reason) = line.split_once('\t').ok_or_else(wrong)?;
        let ids = ids::find(range);
        if ids.is_empty() || reason.trim().is_empty() {
            return Err(wrong());
        }
        for id in ids {
            // The first line that covers an id is the more particular one.
            reasons.entry(id).or_insert_with(|| reason.trim().to_owned());
        }
    }
    Ok(reasons)
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
        let read = reasons("C051\ttyped\nC050–C052\tlater\n").unwrap();
        assert_eq!(read[&50], "later");
        assert_eq!(read[&51], "typed");
        assert!(reasons("C051\t \n").is_err());
        assert!(reasons("nothing\there\n").is_err());
    }
}
