use std::vec;

use serde::de::{DeserializeSeed, MapAccess, SeqAccess};
use serde_json::{Map, Value};

use super::value::{Reader, Rules, Source};
use crate::form::rows::{self, Row};
use crate::form::{ReadError, tree};

/// The elements of a list on their way.
pub(super) struct Items<'a, 'e> {
    rest: vec::IntoIter<Row<'a>>,
    rules: Rules<'e>,
}

impl<'a, 'e> Items<'a, 'e> {
    pub(super) fn new(rows: Vec<Row<'a>>, rules: Rules<'e>) -> Self {
        Items { rest: rows.into_iter(), rules }
    }
}

impl<'de> SeqAccess<'de> for Items<'de, '_> {
    type Error = ReadError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, ReadError> {
        let Some((key, item)) = self.rest.next() else { return Ok(None) };
        let source = item.map_or(Source::NewRow, Source::Value);
        read_at(&key.to_string(), seed, Reader { source, rows: None, rules: self.rules }).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

/// A field on its way: its name, its value, and what it is for a type that asks for a list.
type Entry<'a> = (&'a str, Source<'a>, Option<Vec<Row<'a>>>);

/// The fields of a map on their way.
pub(super) struct Entries<'a, 'e> {
    rest: vec::IntoIter<Entry<'a>>,
    /// The field whose name has been read.
    next: Option<Entry<'a>>,
    rules: Rules<'e>,
}

impl<'a, 'e> Entries<'a, 'e> {
    pub(super) fn new(fields: Vec<Entry<'a>>, rules: Rules<'e>) -> Self {
        Entries { rest: fields.into_iter(), next: None, rules }
    }

    /// Everything in the map.
    pub(super) fn all(map: &'a Map<String, Value>, rules: Rules<'e>) -> Self {
        let fields = map.iter().map(|(name, value)| (name.as_str(), Source::Value(value), None));
        Entries::new(fields.collect(), rules)
    }

    /// Everything but the notes that are no fields.
    pub(super) fn used(map: &'a Map<String, Value>, rules: Rules<'e>) -> Self {
        let mut fields = Entries::all(map, rules).rest.collect::<Vec<_>>();
        fields.retain(|(name, ..)| !rules.is_form() || !tree::is_note(name));
        Entries::new(fields, rules)
    }

    /// The fields for a struct with these names, its lists arranged.
    pub(super) fn of(names: &[&str], map: &'a Map<String, Value>, rules: Rules<'e>) -> Self {
        let mut fields = Entries::used(map, rules).rest.collect::<Vec<_>>();
        let arranged = if rules.is_form() { rows::arranged_names(map) } else { Default::default() };
        for name in arranged.into_iter().filter(|name| names.contains(name)) {
            let Some(rows) = rows::arranged(map, name) else { continue };
            match fields.iter_mut().find(|(field, ..)| *field == name) {
                Some(field) => field.2 = Some(rows),
                None => fields.push((name, Source::NewRow, Some(rows))),
            }
        }
        Entries::new(fields, rules)
    }
}

impl<'de> MapAccess<'de> for Entries<'de, '_> {
    type Error = ReadError;

    fn next_key_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, ReadError> {
        self.next = self.rest.next();
        let Some((name, ..)) = self.next else { return Ok(None) };
        let key = Reader { source: Source::Key(name), rows: None, rules: Rules::Json };
        // One error of a key says itself which one: that of an unknown field.
        let named = |error: ReadError| if error.field().is_empty() { error.within(name) } else { error };
        seed.deserialize(key).map(Some).map_err(named)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, ReadError> {
        let (name, source, rows) = self.next.take().expect("serde asks for the key first");
        read_at(name, seed, Reader { source, rows, rules: self.rules })
    }
}

/// Reads a value at a key, which every error is told.
fn read_at<'de, T: DeserializeSeed<'de>>(
    key: &str,
    seed: T,
    reader: Reader<'de, '_>,
) -> Result<T::Value, ReadError> {
    let rules = reader.rules;
    let skipped = || match rules {
        Rules::Form(skipped) => skipped,
        Rules::Json => None,
    };
    let before = skipped().map_or(0, |skipped| skipped.borrow().len());
    let result = seed.deserialize(reader);
    if let Some(skipped) = skipped() {
        let mut skipped = skipped.borrow_mut();
        let inside = skipped.drain(before..).map(|error| error.within(key)).collect::<Vec<_>>();
        skipped.extend(inside);
    }
    result.map_err(|error| error.within(key))
}
