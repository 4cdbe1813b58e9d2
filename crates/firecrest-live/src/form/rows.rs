//! The rows of a list in a form (F033).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::tree;

/// Most rows of a list to which new ones are still added: 100. A list that has as many stays as it is when the client asks
/// for one more, so that a form does not grow beyond what can be sent of it (F177).
pub const MAX_ROWS: usize = 100;

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
    let lists = fields.iter().filter(|(key, value)| value.is_array() && !tree::is_mark(key));
    lists.filter_map(|(key, _)| key.strip_suffix("_sort").or_else(|| key.strip_suffix("_drop"))).collect()
}

/// The rows of the list field `name`, arranged.
///
/// Rows in `NAME_drop` are left out. Those in `NAME_sort` come last, in the order it has; what it names besides is a new
/// row, unless there are [`MAX_ROWS`] already.
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
            _ if rows.len() + sorted.len() >= MAX_ROWS => {}
            _ => sorted.push((Key::Name(key), None)),
        }
        seen.extend(key.parse::<usize>());
    }
    Some(rows.into_values().chain(sorted).collect())
}

/// The largest number of a row that is taken from a client: there is room for new ones above it.
const MAX_NUMBER: u32 = 1_000_000_000;

/// What stands before the revision of a list, among the rows to drop: which of its arrangements the page showed.
pub(super) const REVISION: char = '@';

/// Puts the rows of all lists into the order that their fields say, and forgets what said it: rows are numbered from 0
/// then, without gaps, and each is a map that has a number of its own.
///
/// What was said `before` counts when a page is late: the user typed before it showed the last arrangement. Then the rows stay
/// as they were arranged, and only what is in them is new.
pub(super) fn arrange(fields: &mut Map<String, Value>, before: Option<&Map<String, Value>>) {
    let names: Vec<String> = arranged_names(fields).into_iter().map(str::to_owned).collect();
    for name in names {
        arrange_list(fields, &name, before);
    }
    let known = before.map(by_number).unwrap_or_default();
    for (key, value) in fields {
        let row = value.as_object().and_then(tree::row_id);
        let old = row.map_or_else(|| before?.get(key), |row| known.get(&row).copied());
        arrange_inside(value, old);
    }
}

fn arrange_inside(value: &mut Value, before: Option<&Value>) {
    match value {
        Value::Object(fields) => arrange(fields, before.and_then(Value::as_object)),
        Value::Array(items) => items.iter_mut().for_each(|item| arrange_inside(item, None)),
        _ => {}
    }
}

fn arrange_list(fields: &mut Map<String, Value>, name: &str, before: Option<&Map<String, Value>>) {
    let Some(asked) = arranged(fields, name) else { return };
    let drop = format!("{name}_drop");
    let shown = texts(fields, &drop).find_map(|text| text.strip_prefix(REVISION)?.parse::<u64>().ok());
    let noted = before.and_then(|before| tree::arrangement(before, name));
    let old = before.and_then(|before| before.get(name));
    let is_late = noted.zip(shown).is_some_and(|((revision, _), shown)| revision != shown);
    let said = fields.get(name);
    let new = asked.iter().filter(|(_, row)| row.is_none()).count();
    let rows = match old.filter(|_| is_late).and_then(rows) {
        Some(old) => caught_up(old, said, &texts(fields, &drop).collect(), new),
        None => asked,
    };
    let (revision, next) = noted.unwrap_or((shown.unwrap_or(0), 0));
    let mut next = next.max(next_number(said));
    let list = numbered(rows, &mut next);
    let is_other = numbers(Some(&list)) != numbers(old.or(said));
    for order in [format!("{name}_sort"), drop] {
        fields.remove(&order);
        tree::unmark(fields, &order);
    }
    fields.insert(name.to_owned(), list);
    tree::note_arrangement(fields, name, (revision.wrapping_add(is_other.into()), next));
}

/// The rows as they were, with what is said in them now; without those that are dropped now, and with new ones.
fn caught_up<'a>(
    old: BTreeMap<usize, Row<'a>>,
    said: Option<&'a Value>,
    dropped: &BTreeSet<&str>,
    new: usize,
) -> Vec<Row<'a>> {
    let number = |row: &Row<'_>| row.1.and_then(Value::as_object).and_then(tree::row_id);
    let said = said.and_then(rows).unwrap_or_default();
    let said = said.into_values().filter_map(|row| Some((number(&row)?, row)));
    let said: BTreeMap<u32, Row<'a>> = said.collect();
    let is_dropped = |row: &Row<'_>| dropped.contains(row.0.to_string().as_str());
    let kept = old
        .into_values()
        .map(|row| number(&row).and_then(|own| said.get(&own).copied()).unwrap_or((row.0, row.1)));
    let mut kept: Vec<_> = kept.collect();
    kept.retain(|row| !number(row).and_then(|own| said.get(&own)).is_some_and(is_dropped));
    let room = MAX_ROWS.saturating_sub(kept.len());
    kept.extend(vec![(Key::Name("new"), None); new.min(room)]);
    kept
}

/// The rows with a number, by it.
fn by_number(list: &Map<String, Value>) -> BTreeMap<u32, &Value> {
    list.values().filter_map(|row| Some((tree::row_id(row.as_object()?)?, row))).collect()
}

/// The numbers of the rows of a list, in their order.
fn numbers(list: Option<&Value>) -> Vec<Option<u32>> {
    let rows = list.and_then(rows).unwrap_or_default();
    rows.into_values().map(|(_, row)| tree::row_id(row?.as_object()?)).collect()
}

/// A number that no row has.
fn next_number(list: Option<&Value>) -> u32 {
    numbers(list)
        .into_iter()
        .flatten()
        .filter(|number| *number <= MAX_NUMBER)
        .max()
        .map_or(0, |last| last + 1)
}

/// The rows as a map. Who has no number of its own, or another's, gets the next.
fn numbered(rows: Vec<Row<'_>>, next: &mut u32) -> Value {
    let mut taken = BTreeSet::new();
    let mut number = |row: Value| match row {
        Value::Object(mut fields) => {
            let own = tree::row_id(&fields);
            let id = own.filter(|id| *id <= MAX_NUMBER && taken.insert(*id)).unwrap_or_else(|| {
                *next += 1;
                *next - 1
            });
            fields.insert(tree::ROW_ID.to_owned(), id.to_string().into());
            Value::Object(fields)
        }
        row => row,
    };
    let rows = rows.into_iter().map(|(_, row)| row.map_or_else(|| Map::new().into(), Value::clone));
    listed(rows.map(&mut number))
}

/// Rows as a map with their places as keys.
fn listed(rows: impl Iterator<Item = Value>) -> Value {
    rows.enumerate().map(|(place, row)| (place.to_string(), row)).collect::<Map<_, _>>().into()
}

/// Moves a row of the list at the end of a path to another place. Nothing happens when there is no such list or place.
pub(super) fn move_row(fields: &mut Map<String, Value>, path: &[&str], from: usize, to: usize) -> Option<()> {
    let (last, outer) = path.split_last()?;
    let mut part = fields;
    for key in outer {
        part = match part.get_mut(*key)? {
            Value::Object(inner) => inner,
            Value::Array(items) => items.get_mut(key.parse::<usize>().ok()?)?.as_object_mut()?,
            _ => return None,
        };
    }
    let list = part.get(*last)?;
    let (revision, next) = tree::arrangement(part, last).unwrap_or((0, 0));
    let mut next = next.max(next_number(Some(list)));
    // So that each row can be told from the others wherever it is.
    let known = numbered(rows(list)?.into_values().collect(), &mut next);
    let mut moved: Vec<Value> = rows(&known)?.into_values().filter_map(|(_, row)| row.cloned()).collect();
    if from.max(to) >= moved.len() {
        return None;
    }
    let row = moved.remove(from);
    moved.insert(to, row);
    part.insert((*last).to_owned(), listed(moved.into_iter()));
    tree::note_arrangement(part, last, (revision.wrapping_add(1), next));
    Some(())
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
        let data = FormData::decode("price_sort=up&e_drop[]=0&e[a]=1&_unused_f_sort[]=").unwrap();
        assert_eq!(arranged_names(data.as_map()), BTreeSet::from(["e"]));
        assert_eq!(arranged(data.as_map(), "e"), None);
    }
}
