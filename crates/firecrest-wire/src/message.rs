//! What is said, independent of how it is written down (spec §2.1).

use bytes::Bytes;

use crate::{Ref, Text};

/// A message from a client: five fields, the payload not yet parsed.
///
/// All text is a slice of the frame it came in: taking a message apart costs no copy of the payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The ref of the join that created the channel instance this is meant for; null where the client sent none.
    pub join_ref: Ref,
    /// The message's own ref, echoed in its reply.
    pub reference: Ref,
    /// The topic.
    pub topic: Name,
    /// The event.
    pub event: Name,
    /// The payload.
    pub payload: Payload,
}

/// A topic or an event as a client sent it: normally a string, though the protocol checks no types (spec §2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    /// A string.
    Text(Text),
    /// The JSON text of some other value. It never matches a route or an event.
    Other(Text),
}

impl Name {
    /// The string, or none for a value of another type.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Name::Text(text) => Some(text),
            Name::Other(_) => None,
        }
    }
}

/// A borrowed [`Name`]: what a reply echoes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameRef<'a> {
    /// A string.
    Text(&'a str),
    /// The JSON text of some other value.
    Other(&'a str),
}

impl<'a> From<&'a Name> for NameRef<'a> {
    fn from(name: &'a Name) -> Self {
        match name {
            Name::Text(text) => NameRef::Text(text),
            Name::Other(raw) => NameRef::Other(raw),
        }
    }
}

impl<'a> From<&'a str> for NameRef<'a> {
    fn from(text: &'a str) -> Self {
        NameRef::Text(text)
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Name::Text(Text::copied(text))
    }
}

/// A payload that nobody has parsed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// The text of one well-formed JSON value.
    Json(Text),
    /// Raw bytes, from or for a binary frame.
    Binary(Bytes),
}

impl Payload {
    /// The JSON object `{}`.
    pub fn empty() -> Self {
        Payload::Json(Text::from("{}"))
    }

    /// The payload of any serializable value.
    ///
    /// # Errors
    /// When serde_json cannot represent the value (a map with non-string keys, say).
    pub fn json(value: &(impl serde::Serialize + ?Sized)) -> Result<Self, serde_json::Error> {
        serde_json::to_string(value).map(|text| Payload::Json(Text::from(text)))
    }

    /// Whether this is binary or the text of a JSON object: what a push or a broadcast must be (spec §2.2, C062).
    pub fn is_object_or_binary(&self) -> bool {
        match self {
            Payload::Json(text) => text.trim_start().starts_with('{'),
            Payload::Binary(_) => true,
        }
    }

    /// Reads a JSON payload into a type.
    ///
    /// # Errors
    /// When the JSON does not fit the type, or the payload is binary.
    pub fn parse<'a, T: serde::Deserialize<'a>>(&'a self) -> Result<T, serde_json::Error> {
        match self {
            Payload::Json(text) => serde_json::from_str(text),
            Payload::Binary(_) => Err(serde::de::Error::custom("the payload is binary, JSON was expected")),
        }
    }

    /// The size in bytes.
    pub fn len(&self) -> usize {
        match self {
            Payload::Json(text) => text.len(),
            Payload::Binary(bytes) => bytes.len(),
        }
    }

    /// Whether the size is zero.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
