//! From values to connection parameters, which are all text.

use firecrest::wire::params::{Param, Params};
use serde::Serialize;
use serde_json::Value;

/// The parameters a client would send: objects and lists keep their shape, everything else becomes text. `()` is none.
pub(crate) fn params(value: &impl Serialize) -> Params {
    let mut params = Params::default();
    if let Value::Object(map) = json(value) {
        for (key, value) in map {
            params.insert(key, param(value));
        }
    }
    params
}

/// A payload; `()` is the empty object.
pub(crate) fn payload(value: &impl Serialize) -> Value {
    match json(value) {
        Value::Null => Value::Object(serde_json::Map::new()),
        value => value,
    }
}

fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).expect("a test's values have a JSON form")
}

fn param(value: Value) -> Param {
    match value {
        Value::String(text) => Param::Text(text),
        Value::Object(map) => Param::Map(map.into_iter().map(|(key, value)| (key, param(value))).collect()),
        Value::Array(items) => Param::List(items.into_iter().map(param).collect()),
        other => Param::Text(other.to_string()),
    }
}
