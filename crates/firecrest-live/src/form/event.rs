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
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::form::LIMITS;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Event {
        Inc {
            by: i32,
        },
        Key(Key),
        Ping(Value),
        Cleared,
        Validate {
            user: FormData,
            #[serde(rename = "_target")]
            target: Vec<String>,
        },
        Save {
            user: User,
        },
        #[serde(rename = "row:*")]
        Row(String),
        #[serde(rename = "x*")]
        Rest(String, Value),
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Key {
        key: String,
        #[serde(default)]
        repeat: bool,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct User {
        name: String,
        age: u8,
    }

    fn parse(payload: &Value) -> Result<ClientEvent, EventError> {
        ClientEvent::parse(&payload.to_string(), &LIMITS)
    }

    fn read(payload: &Value) -> Result<Event, ReadError> {
        parse(payload).unwrap().read()
    }

    /// The examples of spec §4.1.
    #[test]
    fn an_event_becomes_the_variant_with_its_name() {
        for (payload, expected) in [
            (json!({"type":"click","event":"inc","value":{"by":"2","value":"v"}}), Event::Inc { by: 2 }),
            (json!({"type":"click","event":"inc","value":{"by":2}}), Event::Inc { by: 2 }),
            (
                json!({"type":"keydown","event":"key","value":{"key":"Escape"}}),
                Event::Key(Key { key: "Escape".to_owned(), repeat: false }),
            ),
            (json!({"type":"hook","event":"ping","value":{"a":1},"cid":1}), Event::Ping(json!({"a": 1}))),
            (json!({"type":"hook","event":"ping","value":["", null]}), Event::Ping(json!(["", null]))),
            (json!({"type":null,"event":"cleared","value":{"x":1}}), Event::Cleared),
            (json!({"type":"new","event":"cleared"}), Event::Cleared),
            (json!({"type":"click","event":"row:7","value":{}}), Event::Row("7".to_owned())),
            (json!({"type":"js","event":"xy","value":1}), Event::Rest("y".to_owned(), json!(1))),
        ] {
            assert_eq!(read(&payload), Ok(expected), "{payload}");
        }
    }

    #[test]
    fn an_event_may_be_for_a_component() {
        let event = parse(&json!({"type":"hook","event":"ping","value":{"a":1},"cid":1})).unwrap();
        assert_eq!((event.cid, event.kind.as_deref(), event.name.as_str()), (Some(1), Some("hook"), "ping"));
        assert_eq!(event.value, EventValue::Json(json!({"a": 1})));
    }

    /// The form of spec §4.1.
    #[test]
    fn f140_a_form_is_decoded_and_its_meta_wins() {
        let event = parse(&json!({
            "type": "form", "event": "validate", "value": "user%5Bname%5D=Jo&_unused_s=&s=2&extra=D",
            "meta": {"_target": "user[name]", "extra": "E", "n": 1}, "uploads": {"phx-UP": []},
        }))
        .unwrap();
        let EventValue::Form(data) = &event.value else { panic!("a form: {event:?}") };
        let expected = json!({
            "user": {"name": "Jo"}, "_unused_s": "", "s": "2", "extra": "E", "n": 1, "_target": ["user", "name"],
        });
        assert_eq!(data.as_map(), expected.as_object().unwrap());
        assert_eq!(event.uploads.keys().collect::<Vec<_>>(), ["phx-UP"]);
    }

    #[test]
    fn f140_targets_are_paths_and_lists_are_kept() {
        for (target, expected) in [
            (json!("user[name]"), vec!["user", "name"]),
            (json!("tags[]"), vec!["tags"]),
            (json!(["a", "b"]), vec!["a", "b"]),
            (json!("undefined"), vec!["undefined"]),
            (json!(null), vec![]),
        ] {
            let event =
                parse(&json!({"type":"form","event":"x","value":"","meta":{"_target":target}})).unwrap();
            let EventValue::Form(data) = event.value else { panic!("a form") };
            assert_eq!(data.target(), expected);
        }
    }

    #[test]
    fn e140_fields_that_contradict_each_other_have_targets_of_their_own() {
        for (target, keys) in [("foo", vec!["foo"]), ("foo[bar]", vec!["foo", "bar"])] {
            let payload = json!({
                "type": "form", "event": "x", "value": "foo=1&foo%5Bbar%5D=2", "meta": {"_target": target},
            });
            let EventValue::Form(data) = parse(&payload).unwrap().value else { panic!("a form") };
            assert_eq!((data.target(), data.text("foo[bar]")), (keys, Some("2")));
        }
    }

    #[test]
    fn f141_the_change_of_a_single_input_has_only_its_field() {
        let payload = json!({
            "type": "form", "event": "validate", "value": "user%5Bname%5D=Jo", "meta": {"_target": "user[name]"},
        });
        let Ok(Event::Validate { user, target }) = read(&payload) else { panic!("a change") };
        assert_eq!((user.text("name"), user.as_map().len()), (Some("Jo"), 1));
        assert_eq!(target, ["user", "name"]);
    }

    #[test]
    fn f142_the_button_that_submits_is_a_field() {
        let payload = json!({
            "type": "form", "event": "save", "value": "user%5Bname%5D=Jo&user%5Bage%5D=42&action=save",
        });
        let event = parse(&payload).unwrap();
        let EventValue::Form(data) = &event.value else { panic!("a form") };
        assert_eq!((data.text("action"), data.target()), (Some("save"), vec![]));
        assert_eq!(event.read(), Ok(Event::Save { user: User { name: "Jo".to_owned(), age: 42 } }));
    }

    #[test]
    fn what_does_not_fit_is_named_as_in_the_form() {
        let error =
            read(&json!({"type":"form","event":"save","value":"user[name]=Jo&user[age]=old"})).unwrap_err();
        assert_eq!(error.to_string(), "user[age]: is not a whole number");
        let error = read(&json!({"type":"form","event":"save","value":"user=Jo"})).unwrap_err();
        assert_eq!(error.field(), "user");
        let error = read(&json!({"type":"click","event":"inc","value":{}})).unwrap_err();
        assert_eq!((error.field(), error.message()), ("by", "is missing"));
    }

    #[test]
    fn an_unknown_event_is_an_error_that_names_it() {
        let error = read(&json!({"type":"click","event":"nope","value":{}})).unwrap_err().to_string();
        assert!(error.contains("nope") && error.contains("inc"), "{error}");
        assert!(parse(&json!({"event": "inc"})).unwrap().read::<u8>().is_err());
    }

    #[test]
    fn what_is_no_event_is_refused() {
        for (payload, expected) in [
            ("", "no event"),
            ("[]", "no event"),
            (r#"{"type":"click"}"#, "missing field `event`"),
            (r#"{"event":"x","cid":-1}"#, "no event"),
            (r#"{"type":"form","event":"x","value":{}}"#, "no text"),
            (r#"{"type":"form","event":"x","value":"a=%ff"}"#, "UTF-8"),
        ] {
            let error = ClientEvent::parse(payload, &LIMITS).unwrap_err().to_string();
            assert!(error.contains(expected), "{payload}: {error}");
        }
    }

    #[test]
    fn f177_what_an_event_carries_is_bounded() {
        let carrying = |bytes: usize| json!({"type": "hook", "event": "ping", "value": "x".repeat(bytes)});
        assert!(parse(&carrying(MAX_JSON - 2)).is_ok());
        assert!(matches!(parse(&carrying(MAX_JSON)), Err(EventError::TooLarge)));
        let meta = json!({"type": "form", "event": "x", "value": "", "meta": {"a": "x".repeat(MAX_JSON)}});
        assert!(matches!(parse(&meta), Err(EventError::TooLarge)));
    }

    #[test]
    fn f177_a_form_with_too_many_fields_is_refused() {
        let payload = |fields: usize| {
            let body: String = (0..fields).map(|index| format!("_unused_f{index}=&f{index}=x&")).collect();
            json!({"type": "form", "event": "validate", "value": body})
        };
        assert!(parse(&payload(crate::form::MAX_FIELDS)).is_ok());
        let error = parse(&payload(crate::form::MAX_FIELDS + 1)).unwrap_err();
        assert!(matches!(error, EventError::Form(ParamsError::TooManyPairs(_))), "{error}");
        let deep = json!({"type": "form", "event": "x", "value": format!("a{}=1", "[b]".repeat(33))});
        assert!(matches!(parse(&deep), Err(EventError::Form(ParamsError::TooDeep(_)))));
    }

    proptest! {
        #[test]
        fn any_payload_is_an_event_or_refused(
            kind in "form|click|x",
            name in "unit|plain|typed|nested|x:.{0,3}",
            body in "((rows|rest|number|list|list_sort|pair)(\\[[a01]?\\]){0,3}(=[a1]?)?&){0,8}",
            target in "[a\\[\\]]{0,8}",
        ) {
            let meta = json!({"_target": target});
            let payload = json!({"type": kind, "event": name, "value": body, "meta": meta}).to_string();
            crate::fuzzing::live_event(payload.as_bytes());
            crate::fuzzing::live_event(&payload.as_bytes()[..payload.len() - 1]);
        }
    }
}
