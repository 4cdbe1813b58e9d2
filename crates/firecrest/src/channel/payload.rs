//! Reading payloads with serde: JSON as JSON, binary as bytes.

use bytes::Bytes;
use firecrest_wire::{Payload, Text};
use serde::de::{self, Deserialize, Visitor};

/// The bytes of a binary payload. As (part of) an event it accepts binary frames only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binary(pub Bytes);

impl<'de> Deserialize<'de> for Binary {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BytesVisitor;

        impl Visitor<'_> for BytesVisitor {
            type Value = Binary;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a binary payload")
            }

            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Binary, E> {
                Ok(Binary(Bytes::copy_from_slice(bytes)))
            }
        }

        deserializer.deserialize_bytes(BytesVisitor)
    }
}

/// Any payload at all, JSON or binary, unread: to pass it on, to echo it, to read it later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raw(pub Payload);

/// The name by which [`Raw`] asks [`PayloadDeserializer`] for the payload as it is.
const RAW: &str = "$firecrest::Raw";

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct RawVisitor;

        impl Visitor<'_> for RawVisitor {
            type Value = Raw;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("the whole payload of an event")
            }

            fn visit_str<E: de::Error>(self, json: &str) -> Result<Raw, E> {
                Ok(Raw(Payload::Json(Text::copied(json))))
            }

            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Raw, E> {
                Ok(Raw(Payload::Binary(Bytes::copy_from_slice(bytes))))
            }
        }

        deserializer.deserialize_newtype_struct(RAW, RawVisitor)
    }
}

/// Hands a payload to serde.
pub(super) struct PayloadDeserializer<'a>(pub(super) &'a Payload);

/// Forwards one method to serde_json for JSON; bytes answer everything with bytes.
macro_rules! forward {
    ($($method:ident($($name:ident: $type:ty),*);)*) => {$(
        fn $method<V: Visitor<'a>>(self, $($name: $type,)* visitor: V) -> Result<V::Value, Self::Error> {
            match self.0 {
                Payload::Json(json) => {
                    de::Deserializer::$method(&mut serde_json::Deserializer::from_str(json), $($name,)* visitor)
                }
                Payload::Binary(bytes) => visitor.visit_bytes(bytes),
            }
        }
    )*};
}

impl<'a> de::Deserializer<'a> for PayloadDeserializer<'a> {
    type Error = serde_json::Error;

    fn deserialize_bytes<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self.0 {
            Payload::Binary(bytes) => visitor.visit_bytes(bytes),
            Payload::Json(_) => Err(de::Error::custom("the payload is JSON, bytes were expected")),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        match self.0 {
            Payload::Binary(bytes) => visitor.visit_bytes(bytes),
            Payload::Json(json) if name == RAW => visitor.visit_str(json),
            Payload::Json(json) => {
                serde_json::Deserializer::from_str(json).deserialize_newtype_struct(name, visitor)
            }
        }
    }

    forward! {
        deserialize_any(); deserialize_bool(); deserialize_i8(); deserialize_i16(); deserialize_i32(); deserialize_i64();
        deserialize_u8(); deserialize_u16(); deserialize_u32(); deserialize_u64(); deserialize_i128();
        deserialize_u128(); deserialize_f32(); deserialize_f64(); deserialize_char(); deserialize_str();
        deserialize_string(); deserialize_byte_buf(); deserialize_option(); deserialize_unit();
        deserialize_seq(); deserialize_map(); deserialize_identifier(); deserialize_ignored_any();
        deserialize_unit_struct(name: &'static str);
        deserialize_tuple(len: usize);
        deserialize_tuple_struct(name: &'static str, len: usize);
        deserialize_struct(name: &'static str, fields: &'static [&'static str]);
        deserialize_enum(name: &'static str, variants: &'static [&'static str]);
    }
}
