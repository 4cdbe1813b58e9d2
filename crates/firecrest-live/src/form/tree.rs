//! Names of inputs, and what they lead to in a tree of fields.

use std::borrow::Cow;

use firecrest_wire::params::MAX_DEPTH;
use serde_json::{Map, Value};

/// What the name of a field begins with that says: the field of the other name was not used yet (spec §4.1).
const UNUSED: &str = "_unused_";

/// The field of a row that says which one it is, wherever it has been moved to (F033).
pub(super) const ROW_ID: &str = "_persistent_id";

/// What the note about a list begins with: how often its rows were arranged, and the number of its next new row.
const ARRANGED: &str = "_rows_";

/// The keys that the name of an input stands for: `user[tags][]` is `user` and `tags`.
///
/// A name whose brackets do not match is one key, and so is one that is nested too deep for a field.
pub(super) fn keys(name: &str) -> Vec<&str> {
    let Some((first, rest)) = name.strip_suffix(']').and_then(|name| name.split_once('[')) else {
        return vec![name];
    };
    let inner = rest.split("][").filter(|key| !key.is_empty());
    let keys: Vec<_> = std::iter::once(first).chain(inner).take(MAX_DEPTH + 2).collect();
    if keys.len() > MAX_DEPTH + 1 { vec![name] } else { keys }
}

/// The name of the input for `key` inside of another name.
pub(super) fn name(outer: &str, key: &str) -> String {
    if outer.is_empty() { key.to_owned() } else { format!("{outer}[{key}]") }
}

/// The id of the element for `key` inside of another.
pub(super) fn id(outer: &str, key: &str) -> String {
    if outer.is_empty() { key.to_owned() } else { format!("{outer}_{key}") }
}

/// What is at the end of a path of keys.
pub(super) fn at<'a, 'k>(
    fields: &'a Map<String, Value>,
    mut keys: impl Iterator<Item = &'k str>,
) -> Option<&'a Value> {
    let first = fields.get(keys.next()?)?;
    keys.try_fold(first, child)
}

/// What is at a key of a map or at an index of a list.
pub(super) fn child<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    match value {
        Value::Object(map) => map.get(key),
        Value::Array(items) => items.get(key.parse::<usize>().ok()?),
        _ => None,
    }
}

/// The text that an input shows for a value; a list or a map has none.
pub(super) fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(text.into()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string().into()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Whether a key only says that a field was not used yet.
pub(super) fn is_mark(key: &str) -> bool {
    key.starts_with(UNUSED)
}

/// Whether a key is a note of the framework and no field.
pub(super) fn is_note(key: &str) -> bool {
    is_mark(key) || key == ROW_ID || key.starts_with(ARRANGED)
}

/// How often the rows of the list at this key were arranged, and the number of its next new row.
pub(super) fn arrangement(fields: &Map<String, Value>, key: &str) -> Option<(u64, u32)> {
    let note = fields.get(&format!("{ARRANGED}{key}"))?.as_array()?;
    Some((note.first()?.as_u64()?, u32::try_from(note.get(1)?.as_u64()?).ok()?))
}

/// Notes it.
pub(super) fn note_arrangement(fields: &mut Map<String, Value>, key: &str, (revision, next): (u64, u32)) {
    fields.insert(format!("{ARRANGED}{key}"), [Value::from(revision), Value::from(next)].as_slice().into());
}

/// The number that a row says it has.
pub(super) fn row_id(row: &Map<String, Value>) -> Option<u32> {
    row.get(ROW_ID)?.as_str()?.parse().ok()
}

/// The same fields, each with a mark that says it was not used yet.
pub(super) fn unused(fields: &Map<String, Value>) -> Map<String, Value> {
    let mut out = Map::new();
    for (key, value) in fields {
        match value {
            Value::Object(inner) => out.insert(key.clone(), unused(inner).into()),
            Value::Array(items) if items.iter().any(Value::is_object) => {
                let inside = |item: &Value| item.as_object().map_or(item.clone(), |item| unused(item).into());
                out.insert(key.clone(), items.iter().map(inside).collect())
            }
            value => {
                out.insert(format!("{UNUSED}{key}"), Value::from(""));
                out.insert(key.clone(), value.clone())
            }
        };
    }
    out
}

/// Takes away the mark of the field at this key.
pub(super) fn unmark(fields: &mut Map<String, Value>, key: &str) {
    fields.remove(&format!("{UNUSED}{key}"));
}

/// Whether something says that the field at this key was not used yet.
pub(super) fn is_marked(fields: &Map<String, Value>, key: &str) -> bool {
    fields.contains_key(&format!("{UNUSED}{key}"))
}

/// Whether something says that any field was not used yet.
pub(super) fn has_marks(fields: &Map<String, Value>) -> bool {
    fields.iter().any(|(key, value)| is_mark(key) || value.as_object().is_some_and(has_marks))
}

/// Whether the field at this key was used: it is there, nothing says that it was not, and of a map, one field was (F032).
pub(super) fn is_used(fields: &Map<String, Value>, key: &str) -> bool {
    match fields.get(key) {
        None => false,
        Some(_) if is_marked(fields, key) => false,
        Some(Value::Object(inner)) => inner.keys().any(|key| !is_note(key) && is_used(inner, key)),
        Some(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Spec §4.1.
    #[test]
    fn f140_a_name_is_a_path_of_keys() {
        for (name, expected) in [
            ("user[name]", &["user", "name"] as &[_]),
            ("tags[]", &["tags"]),
            ("user[emails][0][address]", &["user", "emails", "0", "address"]),
            ("a[][b]", &["a", "b"]),
            ("undefined", &["undefined"]),
            ("", &[""]),
            ("a[", &["a["]),
            ("a[b]c", &["a[b]c"]),
            ("a%5B&=", &["a%5B&="]),
        ] {
            assert_eq!(keys(name), expected, "{name:?}");
        }
        let deepest = format!("a{}", "[b]".repeat(MAX_DEPTH));
        assert_eq!(keys(&deepest).len(), MAX_DEPTH + 1);
        let too_deep = format!("{deepest}[b]");
        assert_eq!(keys(&too_deep), [too_deep.as_str()]);
    }
}
