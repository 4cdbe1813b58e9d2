//! From an event's name and payload to a channel's own type.

use firecrest_wire::Payload;
use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, EnumAccess, IntoDeserializer, SeqAccess, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::payload::PayloadDeserializer;

/// The messages a channel understands. Every enum that derives `Deserialize` is one.
///
/// A variant is an event: its name (with serde's renaming) is the event, its content the payload.
///
/// ```
/// # use firecrest::prelude::*;
/// # use serde::Deserialize;
/// #[derive(Deserialize)]
/// #[serde(rename_all = "snake_case")]
/// enum RoomIn {
///     Shout { body: String },              // event "shout", payload {"body": "…"}
///     Leave,                               // event "leave", payload ignored
///     Avatar(Binary),                      // event "avatar", a binary payload
///     Draw(serde_json::Value),             // event "draw", any payload
///     #[serde(rename = "typing:*")]
///     Typing(String),                      // event "typing:ann": the name carries data
///     #[serde(rename = "*")]
///     Other(String, serde_json::Value),    // any other event: its name and its payload
/// }
/// ```
///
/// A variant whose name ends in `*` takes every event with that prefix that no variant names exactly: as `(String)` it
/// gets the rest of the name, as `(String, T)` the rest and the payload. Of several such variants the first counts.
pub trait Event: Sized + Send + 'static {
    /// Reads an event.
    ///
    /// # Errors
    /// When the event is unknown or its payload does not fit; the channel then crashes (spec §3.5).
    fn decode(event: &str, payload: &Payload) -> Result<Self, EventError>;
}

impl<T: DeserializeOwned + Send + 'static> Event for T {
    fn decode(event: &str, payload: &Payload) -> Result<Self, EventError> {
        T::deserialize(EventDeserializer { event, payload }).map_err(EventError::from)
    }
}

/// An event that a channel does not understand.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct EventError(#[from] serde_json::Error);

impl EventError {
    /// An error with a message, for implementations of [`Event`] by hand.
    pub fn new(message: impl std::fmt::Display) -> Self {
        EventError(de::Error::custom(message))
    }
}

/// The input of a channel that understands no events: each one crashes it.
#[derive(Debug, serde::Deserialize)]
pub enum NoEvents {}

struct EventDeserializer<'a> {
    event: &'a str,
    payload: &'a Payload,
}

impl<'de> de::Deserializer<'de> for EventDeserializer<'de> {
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Self::Error> {
        Err(de::Error::custom("the events of a channel must be an enum"))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        let EventDeserializer { event, payload } = self;
        if let Some(variant) = variants.iter().find(|variant| **variant == event) {
            return visitor.visit_enum(Variant { variant, rest: None, payload });
        }
        for variant in variants {
            if let Some(rest) = variant.strip_suffix('*').and_then(|prefix| event.strip_prefix(prefix)) {
                return visitor.visit_enum(Variant { variant, rest: Some(rest), payload });
            }
        }
        Err(de::Error::unknown_variant(event, variants))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// One event on its way into a variant.
struct Variant<'a> {
    variant: &'static str,
    /// What `*` stands for, in a variant that has one.
    rest: Option<&'a str>,
    payload: &'a Payload,
}

impl<'a> EnumAccess<'a> for Variant<'a> {
    type Error = serde_json::Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'a>>(self, seed: V) -> Result<(V::Value, Self), Self::Error> {
        let name: StrDeserializer<'_, Self::Error> = self.variant.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'a> VariantAccess<'a> for Variant<'a> {
    type Error = serde_json::Error;

    fn unit_variant(self) -> Result<(), Self::Error> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'a>>(self, seed: T) -> Result<T::Value, Self::Error> {
        match self.rest {
            Some(rest) => seed.deserialize(string(rest)),
            None => seed.deserialize(PayloadDeserializer(self.payload)),
        }
    }

    fn tuple_variant<V: Visitor<'a>>(self, len: usize, visitor: V) -> Result<V::Value, Self::Error> {
        match self.rest {
            Some(rest) => visitor.visit_seq(RestAndPayload { rest: Some(rest), payload: Some(self.payload) }),
            None => de::Deserializer::deserialize_tuple(PayloadDeserializer(self.payload), len, visitor),
        }
    }

    fn struct_variant<V: Visitor<'a>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        de::Deserializer::deserialize_struct(PayloadDeserializer(self.payload), self.variant, fields, visitor)
    }
}

/// The two fields of a `(String, T)` variant with a `*`.
struct RestAndPayload<'a> {
    rest: Option<&'a str>,
    payload: Option<&'a Payload>,
}

impl<'a> SeqAccess<'a> for RestAndPayload<'a> {
    type Error = serde_json::Error;

    fn next_element_seed<T: DeserializeSeed<'a>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Self::Error> {
        if let Some(rest) = self.rest.take() {
            return seed.deserialize(string(rest)).map(Some);
        }
        self.payload.take().map(|payload| seed.deserialize(PayloadDeserializer(payload))).transpose()
    }
}

fn string(text: &str) -> StrDeserializer<'_, serde_json::Error> {
    text.into_deserializer()
}

#[cfg(test)]
mod tests {
    use firecrest_wire::Text;
    use serde::Deserialize;

    use super::*;
    use crate::channel::Binary;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum In {
        Ping {
            ack_phrase: Option<String>,
        },
        Ding,
        Blob(Binary),
        Any(serde_json::Value),
        Pair(u8, u8),
        #[serde(rename = "ping:*")]
        Named(String),
        #[serde(rename = "x*")]
        Rest(String, serde_json::Value),
    }

    fn decode(event: &str, json: &str) -> Result<In, EventError> {
        In::decode(event, &Payload::Json(Text::copied(json)))
    }

    #[test]
    fn a_variant_is_an_event() {
        assert_eq!(decode("ping", "{}").unwrap(), In::Ping { ack_phrase: None });
        assert_eq!(
            decode("ping", r#"{"ack_phrase":"x"}"#).unwrap(),
            In::Ping { ack_phrase: Some("x".into()) }
        );
        assert_eq!(decode("ding", r#"{"whatever":1}"#).unwrap(), In::Ding);
        assert_eq!(decode("any", "null").unwrap(), In::Any(serde_json::Value::Null));
        assert_eq!(decode("pair", "[1,2]").unwrap(), In::Pair(1, 2));
    }

    #[test]
    fn h03_the_name_of_an_event_carries_data() {
        assert_eq!(decode("ping:hooray!", "{}").unwrap(), In::Named("hooray!".into()));
        assert_eq!(decode("x1", "[7]").unwrap(), In::Rest("1".into(), serde_json::json!([7])));
    }

    #[test]
    fn a_binary_payload_is_bytes() {
        let payload = Payload::Binary(bytes::Bytes::from_static(&[1, 2]));
        assert_eq!(
            In::decode("blob", &payload).unwrap(),
            In::Blob(Binary(bytes::Bytes::from_static(&[1, 2])))
        );
        assert!(In::decode("any", &payload).is_err());
        assert!(decode("blob", "{}").is_err());
    }

    #[test]
    fn h07_an_unknown_event_is_an_error_that_names_it() {
        let error = decode("nope", "{}").unwrap_err().to_string();
        assert!(error.contains("nope") && error.contains("ding"), "{error}");
        assert!(NoEvents::decode("nope", &Payload::empty()).is_err());
    }
}
