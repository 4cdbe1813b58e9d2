//! What is said of one presence.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use firecrest_presence::Incarnation;
use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::TrackError;

const REF: &str = "phx_ref";
const REF_BEFORE: &str = "phx_ref_prev";

/// What is said of one presence: a JSON object with its `phx_ref`, and after an update `phx_ref_prev`, the one before. Of updates that follow
/// each other faster than clients are told, these see the last only, so that they need not have seen that one.
#[derive(Clone, PartialEq, Eq)]
pub struct Meta {
    /// A JSON object, without its own ref.
    said: firecrest_presence::Meta,
    state: State,
}

/// One state of one row: the operation that made it what it is. It is in no message, but on all nodes the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct State {
    pub(super) node: Incarnation,
    pub(super) version: u64,
}

impl Meta {
    /// The object's text.
    pub fn to_json(&self) -> String {
        let text = text_of(&self.said).unwrap_or("{}");
        let open = &text[..text.len() - 1];
        // At the end, where it wins over one of the same name.
        let comma = if open.trim_end().len() > 1 { "," } else { "" };
        format!(r#"{open}{comma}"{REF}":"{}"}}"#, self.phx_ref())
    }

    /// The object as a type of yours.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.to_json())
    }

    /// What tells it from all others, and from itself before an update: 16 characters that mean nothing else.
    pub fn phx_ref(&self) -> String {
        self.state.reference()
    }

    /// What another node has written is looked at before it becomes part of a message.
    pub(super) fn checked(said: &firecrest_presence::Meta, state: State) -> Option<Self> {
        let is_json = serde_json::from_str::<&RawValue>(text_of(said)?).is_ok();
        is_json.then(|| Meta { said: said.clone(), state })
    }
}

impl Serialize for Meta {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw = RawValue::from_string(self.to_json()).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

impl fmt::Debug for Meta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_json())
    }
}

impl State {
    /// What was drawn for the node's life, and the operation's number there.
    fn reference(self) -> String {
        let mut bytes = [0; 12];
        bytes[..5].copy_from_slice(&self.node.random().to_be_bytes()[3..]);
        bytes[5..].copy_from_slice(&self.version.to_be_bytes()[1..]);
        URL_SAFE_NO_PAD.encode(bytes)
    }
}

/// What an application wants to be said.
#[derive(Debug)]
pub(crate) struct Said(Map<String, Value>);

impl Said {
    /// # Errors
    /// When it is no JSON object.
    pub(crate) fn new(meta: &(impl Serialize + ?Sized)) -> Result<Self, TrackError> {
        match serde_json::to_value(meta)? {
            Value::Object(object) => Ok(Said(without_refs(object))),
            _ => Err(TrackError::NotAnObject),
        }
    }

    /// What is written when somebody comes.
    pub(super) fn written(&self) -> Vec<u8> {
        // Keys are text: there is always a form.
        serde_json::to_vec(&self.0).unwrap_or_default()
    }

    /// What is written instead of what was; nothing when it says the same.
    pub(super) fn instead(mut self, before: &firecrest_presence::Meta, state: State) -> Option<Vec<u8>> {
        let said = text_of(before).and_then(|text| serde_json::from_str(text).ok());
        if without_refs(said.unwrap_or_default()) == self.0 {
            return None;
        }
        self.0.insert(REF_BEFORE.to_owned(), Value::String(state.reference()));
        Some(self.written())
    }
}

/// The text of what may be an object.
fn text_of(said: &firecrest_presence::Meta) -> Option<&str> {
    said.as_str().map(str::trim).filter(|text| text.starts_with('{') && text.ends_with('}'))
}

fn without_refs(mut object: Map<String, Value>) -> Map<String, Value> {
    object.remove(REF);
    object.remove(REF_BEFORE);
    object
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NODE: Incarnation = Incarnation::new(1, 0x0123_4567_89ab_cdef);

    fn meta(text: &str, version: u64) -> Option<Meta> {
        Meta::checked(&text.as_bytes().into(), State { node: NODE, version })
    }

    #[test]
    fn refs_are_the_writers_whatever_the_meta_says() {
        let said = Said::new(&json!({ "phx_ref": "mine", "phx_ref_prev": "mine too", "at": 1 })).unwrap();
        assert_eq!(said.written(), br#"{"at":1}"#);
        let foreign = meta(r#"{"phx_ref":"theirs"}"#, 7).unwrap();
        assert_eq!(foreign.parse::<Value>().unwrap()["phx_ref"], foreign.phx_ref());
    }

    #[test]
    fn p053_an_update_names_the_ref_before() {
        let first = firecrest_presence::Meta::from(&br#"{"at":1}"#[..]);
        let state = State { node: NODE, version: 7 };
        let said = |at: u64| Said::new(&json!({ "at": at })).unwrap();
        assert_eq!(said(1).instead(&first, state), None, "it says the same");
        let second = said(2).instead(&first, state).unwrap();
        let expected = json!({ "at": 2, "phx_ref_prev": meta("{}", 7).unwrap().phx_ref() });
        assert_eq!(serde_json::from_slice::<Value>(&second).unwrap(), expected);
        let second = firecrest_presence::Meta::from(&*second);
        assert_eq!(said(2).instead(&second, state), None, "it says the same but for its refs");
    }

    #[test]
    fn a_meta_is_an_object() {
        for meta in [json!([]), json!("text"), json!(null), json!(1)] {
            assert!(matches!(Said::new(&meta), Err(TrackError::NotAnObject)), "{meta}");
        }
    }

    #[test]
    fn what_another_node_wrote_must_be_an_object_too() {
        for text in ["[]", "{", "{}{}", "", "{\"a\":}", "{,}"] {
            assert_eq!(meta(text, 1), None, "{text}");
        }
        assert_eq!(Meta::checked(&b"\xff"[..].into(), State { node: NODE, version: 1 }), None);
        for (text, shown) in [(" { } ", json!({})), (r#"{"a": [1, 2]}"#, json!({ "a": [1, 2] }))] {
            let mut value: Map<String, Value> = meta(text, 1).unwrap().parse().unwrap();
            assert_eq!(value.remove("phx_ref").unwrap().as_str().unwrap().len(), 16);
            assert_eq!(Value::Object(value), shown);
        }
    }

    #[test]
    fn refs_differ_by_operation_and_by_node() {
        let other = State { node: Incarnation::new(1, 2), version: 7 };
        let other = Meta::checked(&b"{}"[..].into(), other).unwrap();
        let refs = [meta("{}", 7).unwrap().phx_ref(), meta("{}", 8).unwrap().phx_ref(), other.phx_ref()];
        assert!(refs[0] != refs[1] && refs[0] != refs[2]);
    }
}
