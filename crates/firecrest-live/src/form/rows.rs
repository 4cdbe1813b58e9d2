//! The rows of a list in a form (F033).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::tree;

/// Where a row is in its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key<'a> {
    Index(usize),
    Name(&'a str),
}

impl std::fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Key::Index(index) => index.fmt(f),
            Key::Name(name) => f.write_str(name),
        }
    }
}

/// A row of a list: its value, unless it is new.
pub(super) type Row<'a> = (Key<'a>, Option<&'a Value>);

/// The rows of a list, or of a map whose keys are numbers, in their order. Numbers may be missing.
///
/// An empty text in a list is no row: it is how HTML says that a list is there, and empty.
pub(super) fn rows(list: &Value) -> Option<BTreeMap<usize, Row<'_>>> {
    match list {
        Value::Array(items) => {
            let items = items.iter().enumerate().filter(|(_, item)| item.as_str() != Some(""));
            Some(items.map(|(index, item)| (index, (Key::Index(index), Some(item)))).collect())
        }
        Value::Object(map) => {
            let entries = map.iter().filter(|(key, _)| !tree::is_mark(key));
            entries.map(|(key, item)| Some((key.parse().ok()?, (Key::Name(key), Some(item))))).collect()
        }
        _ => None,
    }
}

/// The list fields of a form that say how their rows are arranged: `NAME_sort` or `NAME_drop` is a list.
pub(super) fn arranged_names(fields: &Map<String, Value>) -> BTreeSet<&str> {
    let lists = fields.iter().filter(|(_, value)| value.is_array());
    lists.filter_map(|(key, _)| key.strip_suffix("_sort").or_else(|| key.strip_suffix("_drop"))).collect()
}

/// The rows of the list field `name`, arranged.
///
/// Rows in `NAME_drop` are left out. Those in `NAME_sort` come last, in the order it has; what it names besides is a new
/// row.
pub(super) fn arranged<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<Vec<Row<'a>>> {
    let mut rows = fields.get(name).map_or_else(|| Some(BTreeMap::new()), rows)?;
    let dropped: BTreeSet<&str> = texts(fields, &format!("{name}_drop")).collect();
    rows.retain(|_, (key, _)| !dropped.contains(key.to_string().as_str()));
    let mut sorted = Vec::new();
    let mut seen = BTreeSet::new();
    for key in texts(fields, &format!("{name}_sort")).filter(|key| !dropped.contains(key)) {
        match key.parse().ok() {
            Some(index) if rows.contains_key(&index) => sorted.extend(rows.remove(&index)),
            Some(index) if seen.contains(&index) => {}
            _ => sorted.push((Key::Name(key), None)),
        }
        seen.extend(key.parse::<usize>());
    }
    Some(rows.into_values().chain(sorted).collect())
}

/// The texts of a list, without the empty ones.
fn texts<'a>(fields: &'a Map<String, Value>, name: &str) -> impl Iterator<Item = &'a str> {
    let items = fields.get(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    items.iter().filter_map(Value::as_str).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::FormData;

    /// The keys of the rows of `e`, a new one with a `+`.
    fn keys(body: &str) -> Vec<String> {
        let data = FormData::decode(body).unwrap();
        let rows = arranged(data.as_map(), "e").unwrap();
        rows.into_iter().map(|(key, row)| format!("{}{key}", if row.is_none() { "+" } else { "" })).collect()
    }

    #[test]
    fn f033_rows_are_added_sorted_and_dropped() {
        for (body, expected) in [
            ("e[1][a]=x&e[0][a]=y", &["0", "1"] as &[_]),
            ("e[10][a]=x&e[2][a]=y", &["2", "10"]),
            ("e[0][a]=x&e[1][a]=y&e_sort[]=1&e_sort[]=0", &["1", "0"]),
            ("e[0][a]=x&e[1][a]=y&e_sort[]=0", &["1", "0"]),
            ("e_sort[]=0&e[0][a]=x&e_sort[]=new", &["0", "+new"]),
            ("e_sort[]=new&e_sort[]=new", &["+new", "+new"]),
            ("e[0][a]=x&e_sort[]=&e_sort[]=0", &["0"]),
            ("e_sort[]=0&e[0][a]=x&e_sort[]=0", &["0"]),
            ("e[0][a]=x&e[1][a]=y&e_drop[]=&e_drop[]=0", &["1"]),
            ("e[0][a]=x&e_sort[]=0&e_drop[]=0", &[]),
            ("e[0][a]=x&e_drop[]=7", &["0"]),
            ("e[]=x&e[]=y&e_drop[]=0", &["1"]),
            ("e[]=", &[]),
            ("e[0]=x&e[_unused_1]=&e[1]=", &["0", "1"]),
        ] {
            assert_eq!(keys(body), expected, "{body}");
        }
    }

    #[test]
    fn f033_only_lists_arrange_and_only_numbered_fields_are_arranged() {
        let data = FormData::decode("price_sort=up&e_drop[]=0&e[a]=1").unwrap();
        assert_eq!(arranged_names(data.as_map()), BTreeSet::from(["e"]));
        assert_eq!(arranged(data.as_map(), "e"), None);
    }
}
