use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::parse::{self, ParamsError, ParamsLimits};
use super::{ParamsShapeError, deserialize};

/// One parameter: text, or a list or map of parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Param {
    /// A leaf.
    Text(String),
    /// What `key[]=…` builds.
    List(Vec<Param>),
    /// What `key[name]=…` builds.
    Map(BTreeMap<String, Param>),
}

impl Param {
    /// The text of a leaf.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Param::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The same tree as JSON.
    pub fn to_json(&self) -> Value {
        match self {
            Param::Text(text) => Value::from(text.as_str()),
            Param::List(items) => items.iter().map(Param::to_json).collect(),
            Param::Map(entries) => map_to_json(entries),
        }
    }

    fn child(&self, name: &str) -> Option<&Param> {
        match self {
            Param::Text(_) => None,
            Param::List(items) => items.get(name.parse::<usize>().ok()?),
            Param::Map(entries) => entries.get(name),
        }
    }
}

impl From<&str> for Param {
    fn from(text: &str) -> Self {
        Param::Text(text.to_owned())
    }
}

impl From<String> for Param {
    fn from(text: String) -> Self {
        Param::Text(text)
    }
}

/// The parameters of a request (spec §1.5).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params {
    pub(super) entries: BTreeMap<String, Param>,
}

impl Params {
    /// No parameters.
    pub const fn new() -> Self {
        Params { entries: BTreeMap::new() }
    }

    /// Parses a query string or a form body, without the leading `?`.
    ///
    /// Keys and values are percent-decoded and `+` is a space; a `%` that no two hexadecimal digits follow stays as it
    /// is. Empty segments are skipped. A key whose brackets do not match is taken literally.
    ///
    /// # Errors
    /// [`ParamsError`] when decoded bytes are not UTF-8 or a limit is exceeded. Answer it with 400.
    pub fn parse(query: &str, limits: &ParamsLimits) -> Result<Self, ParamsError> {
        parse::parse(query, limits).map(|entries| Self { entries })
    }

    /// The text of the parameter `key`; nothing when it is absent, a list or a map.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.param(key)?.as_text()
    }

    /// The parameter `key`.
    pub fn param(&self, key: &str) -> Option<&Param> {
        self.entries.get(key)
    }

    /// The parameter at the end of `path`, its steps separated by `/`: `"user/ids/0"`.
    ///
    /// A step is a key of a map or an index of a list. Keys that contain a `/` cannot be reached this way.
    pub fn pointer(&self, path: &str) -> Option<&Param> {
        let mut steps = path.split('/');
        let first = self.param(steps.next()?)?;
        steps.try_fold(first, Param::child)
    }

    /// Sets the parameter `key` and returns what it was before. Path variables are set like this, and win.
    pub fn insert(&mut self, key: impl Into<String>, value: impl Into<Param>) -> Option<Param> {
        self.entries.insert(key.into(), value.into())
    }

    /// The parameters of the top level, sorted by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Param)> {
        self.entries.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// The number of parameters of the top level.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no parameter.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The parameters as a JSON object; all leaves are strings.
    pub fn to_json(&self) -> Value {
        map_to_json(&self.entries)
    }

    /// The parameters as a type of yours.
    ///
    /// Text is read as a number, a boolean or a unit variant where the type asks for one. A map with the keys `0`, `1`,
    /// `2` … is read as a list where the type asks for a list, because the JavaScript client sends arrays like that.
    /// Types that do not say what they need (untagged enums, flattened fields, [`Value`]) get strings.
    ///
    /// # Errors
    /// [`ParamsShapeError`] says what does not fit.
    pub fn deserialize<T: DeserializeOwned>(&self) -> Result<T, ParamsShapeError> {
        deserialize::from_params(self)
    }
}

fn map_to_json(entries: &BTreeMap<String, Param>) -> Value {
    entries.iter().map(|(key, value)| (key.clone(), value.to_json())).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn params(query: &str) -> Params {
        Params::parse(query, &ParamsLimits::default()).unwrap()
    }

    #[test]
    fn parameters_are_found_at_any_depth() {
        let params = params("user_id=7&user[ids][]=1&user[ids][]=2&user[name]=ann");
        assert_eq!(params.get("user_id"), Some("7"));
        assert_eq!(params.get("user"), None);
        assert_eq!(params.pointer("user/ids/1").and_then(Param::as_text), Some("2"));
        assert_eq!(params.pointer("user/name").and_then(Param::as_text), Some("ann"));
        assert_eq!(params.pointer("user/ids/2"), None);
        assert_eq!(params.pointer("user_id/0"), None);
        assert_eq!(params.iter().map(|(key, _)| key).collect::<Vec<_>>(), ["user", "user_id"]);
        assert_eq!((params.len(), params.is_empty()), (2, false));
    }

    /// Spec §1.5: path variables win over the query string.
    #[test]
    fn an_inserted_parameter_wins() {
        let mut params = params("tenant=evil&a=1");
        assert_eq!(params.insert("tenant", "acme"), Some(Param::from("evil")));
        assert_eq!(params.to_json(), json!({"tenant": "acme", "a": "1"}));
    }
}
