//! From frames to messages.

use bytes::Bytes;
use serde::Deserialize;
use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{DecodeError, binary, scan};
use crate::limits::{MAX_NAME, MAX_REF};
use crate::{Message, Name, Payload, ProtocolVersion, Ref, Text};

/// Decodes a text frame.
///
/// # Errors
/// Anything that is not a message of this version. The connection ends with close code 1011 (spec §2.8).
pub fn decode_text(version: ProtocolVersion, frame: &Text) -> Result<Message, DecodeError> {
    match version {
        ProtocolVersion::V2 => scan::message(frame).map_or_else(|| parse(frame), Ok),
        ProtocolVersion::V1 if frame.trim_start().starts_with('[') => Err(DecodeError::NotAnObject),
        ProtocolVersion::V1 => Raw::from(serde_json::from_str::<Object<'_>>(frame)?).into_message(frame),
    }
}

/// Decodes a V2 text frame as [`decode_text`] does where [`scan`] cannot.
pub(crate) fn parse(frame: &Text) -> Result<Message, DecodeError> {
    serde_json::from_str::<Array<'_>>(frame)?.0.into_message(frame)
}

/// Decodes a binary frame. Version 1 reads it as if it were text (spec §1.12).
///
/// # Errors
/// As [`decode_text`].
pub fn decode_binary(version: ProtocolVersion, frame: &Bytes) -> Result<Message, DecodeError> {
    match version {
        ProtocolVersion::V2 => binary::decode(frame),
        ProtocolVersion::V1 => {
            let text =
                Text::try_from(frame.clone()).map_err(|_| DecodeError::NotUtf8 { field: "message" })?;
            decode_text(version, &text)
        }
    }
}

/// The five fields, not yet looked into.
struct Raw<'a> {
    join_ref: Option<&'a RawValue>,
    reference: &'a RawValue,
    topic: &'a RawValue,
    event: &'a RawValue,
    payload: &'a RawValue,
}

impl Raw<'_> {
    fn into_message(self, frame: &Text) -> Result<Message, DecodeError> {
        Ok(Message {
            join_ref: self.join_ref.map_or(Ok(Ref::null()), |raw| reference("join_ref", raw))?,
            reference: reference("ref", self.reference)?,
            topic: name("topic", self.topic, frame)?,
            event: name("event", self.event, frame)?,
            payload: Payload::Json(frame.slice_ref(self.payload.get())),
        })
    }
}

fn reference(field: &'static str, raw: &RawValue) -> Result<Ref, DecodeError> {
    if raw.get().len() > MAX_REF {
        return Err(DecodeError::TooLong { field, limit: MAX_REF });
    }
    Ok(Ref::from_json(raw))
}

/// A topic or event out of `frame`, without a copy unless it is written with escapes.
pub(crate) fn name(field: &'static str, raw: &RawValue, frame: &Text) -> Result<Name, DecodeError> {
    let json = raw.get();
    if json.len() > MAX_NAME {
        return Err(DecodeError::TooLong { field, limit: MAX_NAME });
    }
    match json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) if !inner.contains('\\') => Ok(Name::Text(frame.slice_ref(inner))),
        Some(_) => Ok(Name::Text(Text::from(serde_json::from_str::<String>(json)?))),
        None => Ok(Name::Other(frame.slice_ref(json))),
    }
}

/// A V2 message: at least five elements, the rest is ignored.
struct Array<'a>(Raw<'a>);

impl<'de: 'a, 'a> Deserialize<'de> for Array<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Elements;

        impl<'de> Visitor<'de> for Elements {
            type Value = Array<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an array [join_ref, ref, topic, event, payload]")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut element = |at| {
                    seq.next_element::<&RawValue>()?
                        .ok_or_else(|| serde::de::Error::invalid_length(at, &self))
                };
                let (join_ref, reference) = (Some(element(0)?), element(1)?);
                let (topic, event, payload) = (element(2)?, element(3)?, element(4)?);
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Array(Raw { join_ref, reference, topic, event, payload }))
            }
        }

        deserializer.deserialize_seq(Elements)
    }
}

/// A V1 message. `&RawValue` rather than an option makes a key required while its value may be null.
#[derive(Deserialize)]
struct Object<'a> {
    #[serde(borrow, default)]
    join_ref: Option<&'a RawValue>,
    #[serde(borrow, rename = "ref")]
    reference: &'a RawValue,
    #[serde(borrow)]
    topic: &'a RawValue,
    #[serde(borrow)]
    event: &'a RawValue,
    #[serde(borrow)]
    payload: &'a RawValue,
}

impl<'a> From<Object<'a>> for Raw<'a> {
    fn from(object: Object<'a>) -> Self {
        let Object { join_ref, reference, topic, event, payload } = object;
        Raw { join_ref, reference, topic, event, payload }
    }
}
