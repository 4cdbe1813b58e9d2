use std::borrow::Cow;

use firecrest_wire::params::{ParamsError, ParamsLimits};
use serde::Deserialize;
use serde::de::value::BorrowedStrDeserializer;
use serde::de::{self, DeserializeOwned, DeserializeSeed, EnumAccess, SeqAccess, VariantAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::reader::Reader;
use super::{FormData, ReadError};

/// What an `event` message of a client says (spec §4.1).
#[derive(Clone, Debug, PartialEq)]
pub struct ClientEvent {
    /// What happened: `click`, `form`, `keydown` and so on, any other text, or nothing when a command sent it without being
    /// asked. Only `form` means something to the server.
    pub kind: Option<String>,
    /// The event's name. Names that begin with `lv:` are the framework's own.
    pub name: String,
    /// The component that it is for; nothing when it is for the view.
    pub cid: Option<u64>,
    /// What it carries.
    pub value: EventValue,
    /// The files that are chosen in the form, by the ref of their upload.
    pub uploads: Map<String, Value>,
}

/// What an event carries.
#[derive(Clone, Debug, PartialEq)]
pub enum EventValue {
    /// The fields of a form, with what its attributes and commands add, and its [target](FormData::target).
    Form(FormData),
    /// Any JSON, of every other event.
    Json(Value),
}

/// A message that is no event.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EventError {
    /// It is no JSON, or its fields are not those of an event.
    #[error("no event: {0}")]
    Malformed(#[from] serde_json::Error),
    /// It is an event of a form, but what it carries is not the text of one.
    #[error("the value of a form's event is no text")]
    NoForm,
    /// The form is no UTF-8 or too large.
    #[error("a form is refused: {0}")]
    Form(#[from] ParamsError),
    /// What it carries is larger than [`MAX_JSON`].
    #[error("what the event carries is larger than {MAX_JSON} bytes")]
    TooLarge,
}

/// Most bytes of JSON that an event carries besides the fields of a form: 128 KiB. A tree of JSON takes up to a hundred times
/// the memory of its text.
pub const MAX_JSON: usize = 128 * 1024;

#[derive(Deserialize)]
struct Payload<'a> {
    #[serde(rename = "type")]
    kind: Option<String>,
    event: String,
    #[serde(borrow)]
    value: Option<&'a RawValue>,
    cid: Option<u64>,
    #[serde(borrow)]
    meta: Option<&'a RawValue>,
    #[serde(borrow)]
    uploads: Option<&'a RawValue>,
}

/// Reads JSON that is not too large; the default where there is none.
fn read<T: DeserializeOwned + Default>(json: Option<&RawValue>) -> Result<T, EventError> {
    match json.map(RawValue::get) {
        None | Some("null") => Ok(T::default()),
        Some(json) if json.len() > MAX_JSON => Err(EventError::TooLarge),
        Some(json) => Ok(serde_json::from_str(json)?),
    }
}

impl ClientEvent {
    /// Reads the payload of a message; a form within these limits, for which there are [`LIMITS`](super::LIMITS).
    ///
    /// # Errors
    /// When it is no event, or when a form exceeds the limits (F177).
    pub fn parse(payload: &str, limits: &ParamsLimits) -> Result<Self, EventError> {
        let Payload { kind, event, value, cid, meta, uploads } = serde_json::from_str(payload)?;
        let value = if kind.as_deref() == Some("form") {
            let body = value.and_then(|value| serde_json::from_str::<Cow<'_, str>>(value.get()).ok());
            let mut data = FormData::decode_within(&body.ok_or(EventError::NoForm)?, limits)?;
            data.merge(read(meta)?);
            EventValue::Form(data)
        } else {
            EventValue::Json(read(value)?)
        };
        Ok(ClientEvent { kind, name: event, cid, value, uploads: read(uploads)? })
    }

    /// Reads the event as an enum of yours, whose variants are events: the name, with serde's renaming, is the event's, and
    /// the content is what it carries.
    ///
    /// Text becomes a number or a boolean where the type asks for one, because attributes and inputs are text; forms are read
    /// as by [`FormData::read`]. A variant whose name ends in `*` takes every event with that prefix that no variant names
    /// exactly: as `(String)` it gets the rest of the name, as `(String, T)` the rest and the value. Of several the first
    /// counts.
    ///
    /// ```
    /// # use firecrest_live::form::{ClientEvent, FormData, LIMITS};
    /// #[derive(Debug, PartialEq, serde::Deserialize)]
    /// #[serde(rename_all = "snake_case")]
    /// enum Event {
    ///     Inc { by: i32 },
    ///     Validate { user: FormData },
    /// }
    ///
    /// let payload = r#"{"type":"click","event":"inc","value":{"by":"2","value":""}}"#;
    /// assert_eq!(ClientEvent::parse(payload, &LIMITS)?.read::<Event>()?, Event::Inc { by: 2 });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When no variant has the event's name, or what it carries does not fit.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, ReadError> {
        T::deserialize(Dispatch(self))
    }

    fn reader(&self) -> Reader<'_, 'static> {
        match &self.value {
            EventValue::Form(data) => Reader::form(data.as_map()),
            EventValue::Json(value) => Reader::json(value),
        }
    }
}

/// Finds the variant for an event.
struct Dispatch<'a>(&'a ClientEvent);

impl<'de> de::Deserializer<'de> for Dispatch<'de> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, ReadError> {
        Err(ReadError::new("the events of a view must be an enum"))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        let name = self.0.name.as_str();
        let exact = variants.iter().find(|variant| **variant == name).map(|variant| (*variant, None));
        let found = exact.or_else(|| {
            variants.iter().find_map(|variant| {
                let rest = name.strip_prefix(variant.strip_suffix('*')?)?;
                Some((*variant, Some(rest)))
            })
        });
        let Some((variant, rest)) = found else {
            let name: String = name.chars().take(64).collect();
            return Err(ReadError::new(format!(
                "no event is called {name:?}, only: {}",
                variants.join(", ")
            )));
        };
        visitor.visit_enum(Variant { variant, rest, value: self.0.reader() })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// An event on its way into a variant.
struct Variant<'a> {
    variant: &'static str,
    /// What `*` stands for, in a variant that has one.
    rest: Option<&'a str>,
    value: Reader<'a, 'static>,
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = ReadError;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self), ReadError> {
        Ok((seed.deserialize(BorrowedStrDeserializer::<ReadError>::new(self.variant))?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'de> {
    type Error = ReadError;

    fn unit_variant(self) -> Result<(), ReadError> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, ReadError> {
        match self.rest {
            Some(rest) => seed.deserialize(BorrowedStrDeserializer::new(rest)),
            None => seed.deserialize(self.value),
        }
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, ReadError> {
        match self.rest {
            Some(rest) => visitor.visit_seq(RestAndValue { rest: Some(rest), value: Some(self.value) }),
            None => de::Deserializer::deserialize_tuple(self.value, len, visitor),
        }
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        de::Deserializer::deserialize_struct(self.value, self.variant, fields, visitor)
    }
}

/// The two fields of a `(String, T)` variant with a `*`.
struct RestAndValue<'a> {
    rest: Option<&'a str>,
    value: Option<Reader<'a, 'static>>,
}

impl<'de> SeqAccess<'de> for RestAndValue<'de> {
    type Error = ReadError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, ReadError> {
        if let Some(rest) = self.rest.take() {
            return seed.deserialize(BorrowedStrDeserializer::<ReadError>::new(rest)).map(Some);
        }
        self.value.take().map(|value| seed.deserialize(value)).transpose()
    }
}

#[cfg(test)]
mod tests;
