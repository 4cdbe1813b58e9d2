use std::cell::RefCell;

use serde::de::value::{BorrowedStrDeserializer, MapAccessDeserializer};
use serde::de::{self, Visitor};
use serde::{Deserialize, forward_to_deserialize_any};
use serde_json::{Map, Value};

use super::entries::{Entries, Items};
use super::text::{boolean, character, decimal, whole};
use crate::form::rows::{self, Key, Row};
use crate::form::{Errors, ReadError};

/// Reads the fields of a form, and says everything that does not fit and that could be stepped over.
pub(crate) fn read_form<'a, T: Deserialize<'a>>(fields: &'a Map<String, Value>) -> (Option<T>, Errors) {
    let skipped = RefCell::default();
    let reader = Reader { source: Source::Fields(fields), rows: None, rules: Rules::Form(Some(&skipped)) };
    let result = T::deserialize(reader);
    let (value, last) = result.map_or_else(|error| (None, Some(error)), |value| (Some(value), None));
    (value, skipped.into_inner().into_iter().chain(last).collect())
}

/// A value on its way into a Rust type.
#[derive(Clone, Debug)]
pub(crate) struct Reader<'a, 'e> {
    pub(super) source: Source<'a>,
    /// What the value is for a type that asks for a list, when other fields say that.
    pub(super) rows: Option<Vec<Row<'a>>>,
    pub(super) rules: Rules<'e>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Source<'a> {
    Value(&'a Value),
    /// A map that is a form or a part of one.
    Fields(&'a Map<String, Value>),
    /// A key of a map.
    Key(&'a str),
    /// A row that was added, and in which nothing was typed yet.
    NewRow,
}

/// How much text may mean.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rules<'e> {
    /// JSON, in which text may stand for numbers and booleans, because attributes are text.
    Json,
    /// A form, in which everything is text. When errors are collected, a value that does not fit is replaced.
    Form(Option<&'e RefCell<Vec<ReadError>>>),
}

impl Rules<'_> {
    pub(super) fn is_form(self) -> bool {
        matches!(self, Rules::Form(_))
    }
}

impl<'a> Reader<'a, '_> {
    /// Reads JSON.
    pub(crate) fn json(value: &'a Value) -> Self {
        Reader { source: Source::Value(value), rows: None, rules: Rules::Json }
    }

    /// Reads the fields of a form; the first that does not fit is the error.
    pub(crate) fn form(fields: &'a Map<String, Value>) -> Self {
        Reader { source: Source::Fields(fields), rows: None, rules: Rules::Form(None) }
    }

    fn text(&self) -> Option<&'a str> {
        match self.source {
            Source::Value(value) => value.as_str(),
            Source::Key(key) => Some(key),
            Source::NewRow => Some(""),
            Source::Fields(_) => None,
        }
    }

    fn map(&self) -> Option<&'a Map<String, Value>> {
        match self.source {
            Source::Value(value) => value.as_object(),
            Source::Fields(map) => Some(map),
            Source::Key(_) | Source::NewRow => None,
        }
    }

    /// Steps over a value that does not fit when errors are collected.
    fn replace<T>(&self, error: ReadError, replacement: T) -> Result<T, ReadError> {
        match self.rules {
            Rules::Form(Some(skipped)) => {
                skipped.borrow_mut().push(error);
                Ok(replacement)
            }
            _ => Err(error),
        }
    }

    /// Where the rows are lists, a map of rows is one.
    fn list(&mut self) -> Option<Vec<Row<'a>>> {
        let rows = self.rows.take();
        match self.source {
            _ if rows.is_some() || !self.rules.is_form() => rows,
            Source::Value(Value::String(text)) if text.is_empty() => Some(Vec::new()),
            Source::Value(value) => Some(rows::rows(value)?.into_values().collect()),
            Source::NewRow => Some(Vec::new()),
            Source::Key(_) | Source::Fields(_) => None,
        }
    }
}

macro_rules! parsed {
    ($($method:ident $visit:ident $parse:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
            match self.text().map($parse) {
                Some(Ok(value)) => visitor.$visit(value),
                Some(Err(error)) => visitor.$visit(self.replace(error, Default::default())?),
                None => self.deserialize_any(visitor),
            }
        }
    )*};
}

impl<'de> de::Deserializer<'de> for Reader<'de, '_> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let value = match self.source {
            Source::Value(value) => value,
            Source::Fields(map) => return visitor.visit_map(Entries::all(map, self.rules)),
            Source::Key(key) => return visitor.visit_borrowed_str(key),
            Source::NewRow => return visitor.visit_map(Entries::new(Vec::new(), self.rules)),
        };
        match value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(number), _) => visitor.visit_u64(number),
                (_, Some(number)) => visitor.visit_i64(number),
                _ => visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN)),
            },
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(items) => {
                let items = items.iter().enumerate().map(|(index, item)| (Key::Index(index), Some(item)));
                visitor.visit_seq(Items::new(items.collect(), self.rules))
            }
            Value::Object(map) => visitor.visit_map(Entries::all(map, self.rules)),
        }
    }

    parsed! {
        deserialize_i8 visit_i8 whole
        deserialize_i16 visit_i16 whole
        deserialize_i32 visit_i32 whole
        deserialize_i64 visit_i64 whole
        deserialize_i128 visit_i128 whole
        deserialize_u8 visit_u8 whole
        deserialize_u16 visit_u16 whole
        deserialize_u32 visit_u32 whole
        deserialize_u64 visit_u64 whole
        deserialize_u128 visit_u128 whole
        deserialize_f32 visit_f32 decimal
        deserialize_f64 visit_f64 decimal
        deserialize_bool visit_bool boolean
        deserialize_char visit_char character
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match (self.text(), self.source) {
            (Some(text), _) => visitor.visit_borrowed_str(text),
            (_, Source::Value(value @ (Value::Bool(_) | Value::Number(_)))) => {
                visitor.visit_string(value.to_string())
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let is_null = matches!(self.source, Source::Value(Value::Null));
        match self.rows.is_none() && (is_null || self.rules.is_form() && self.text() == Some("")) {
            true => visitor.visit_none(),
            false => visitor.visit_some(self),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.text() {
            Some("") => visitor.visit_unit(),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, ReadError> {
        match self.list() {
            Some(rows) => visitor.visit_seq(Items::new(rows, self.rules)),
            None => self.deserialize_any(visitor),
        }
    }

    /// Unlike in a list, an empty text is an element: there are as many as the type says.
    fn deserialize_tuple<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Result<V::Value, ReadError> {
        match self.source {
            Source::Value(Value::Array(_)) => self.deserialize_any(visitor),
            _ => self.deserialize_seq(visitor),
        }
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.map() {
            Some(map) => visitor.visit_map(Entries::used(map, self.rules)),
            None => self.deserialize_any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        match self.map() {
            Some(map) => visitor.visit_map(Entries::of(names, map, self.rules)),
            None => self.deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        if let Some(text) = self.text() {
            let first = variants.first().filter(|_| !variants.contains(&text));
            let text = match first {
                Some(first) => self.replace(de::Error::unknown_variant(text, variants), *first)?,
                None => text,
            };
            return visitor.visit_enum(BorrowedStrDeserializer::new(text));
        }
        match self.map() {
            Some(map) => visitor.visit_enum(MapAccessDeserializer::new(Entries::used(map, self.rules))),
            None => self.deserialize_any(visitor),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { bytes byte_buf identifier }
}
