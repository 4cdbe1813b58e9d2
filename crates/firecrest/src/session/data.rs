use std::collections::BTreeMap;
use std::fmt;

use firecrest_wire::etf::{self, Term};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The content of a session: values by name (spec §1.9).
///
/// Values are kept as the terms they were in the cookie, so that what an Elixir application put there, such as atoms or
/// raw bytes, survives when this server writes the session again.
#[derive(Clone, Default, PartialEq)]
pub struct SessionData {
    entries: BTreeMap<String, Term>,
}

impl SessionData {
    /// The value of `key`; nothing when it is absent or no `T`.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        serde_json::from_value(Value::try_from(self.term(key)?).ok()?).ok()
    }

    /// The text of `key`; nothing when it is absent or no text.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.term(key)?.as_text()
    }

    /// The value of `key` as it is in the cookie.
    pub fn term(&self, key: &str) -> Option<&Term> {
        self.entries.get(key)
    }

    /// Sets the value of `key`.
    ///
    /// # Errors
    /// When the value has no JSON form.
    pub fn insert<T: Serialize + ?Sized>(
        &mut self,
        key: impl Into<String>,
        value: &T,
    ) -> Result<(), serde_json::Error> {
        self.insert_term(key, Term::from(&serde_json::to_value(value)?));
        Ok(())
    }

    /// Sets the value of `key` to a term, and returns what it was before.
    pub fn insert_term(&mut self, key: impl Into<String>, value: Term) -> Option<Term> {
        self.entries.insert(key.into(), value)
    }

    /// Removes `key` and returns its value.
    pub fn remove(&mut self, key: &str) -> Option<Term> {
        self.entries.remove(key)
    }

    /// Removes everything.
    pub fn clear(&mut self) {
        self.entries.clear();
    }

    /// The keys, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// A map with text keys, sorted as Elixir sorts them.
    pub(super) fn encode(&self) -> Vec<u8> {
        let entries = self.entries.iter().map(|(key, value)| (Term::text(key.as_str()), value.clone()));
        etf::encode(&Term::Map(entries.collect()))
    }

    /// Reads a map; an entry whose key is not text is no session entry and is dropped.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let Term::Map(entries) = etf::decode(bytes).ok()? else { return None };
        let entries = entries.into_iter().filter_map(|(key, value)| Some((key.as_text()?.to_owned(), value)));
        Some(Self { entries: entries.collect() })
    }
}

/// Without the values, which may be secrets.
impl fmt::Debug for SessionData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionData ")?;
        f.debug_set().entries(self.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_keys_are_shown() {
        let mut data = SessionData::default();
        data.insert("user_token", "geheim").unwrap();
        data.insert("user_id", &7).unwrap();
        assert_eq!(format!("{data:?}"), r#"SessionData {"user_id", "user_token"}"#);
    }

    #[test]
    fn values_are_typed_and_terms_survive() {
        let mut data = SessionData::default();
        data.insert("user_id", &7).unwrap();
        data.insert("roles", &["admin"]).unwrap();
        data.insert_term("user_token", Term::Binary(vec![0xff, 0]));
        data.insert_term("locale", Term::atom("de"));
        let mut read = SessionData::decode(&data.encode()).unwrap();
        assert_eq!(read, data);
        assert_eq!(read.get::<u64>("user_id"), Some(7));
        assert_eq!(read.get::<String>("user_id"), None);
        assert_eq!(read.get::<Vec<String>>("roles"), Some(vec!["admin".to_owned()]));
        assert_eq!(read.get::<String>("locale").as_deref(), Some("de"));
        assert_eq!(read.text("locale"), None);
        assert_eq!(read.term("user_token"), Some(&Term::Binary(vec![0xff, 0])));
        assert_eq!(read.keys().collect::<Vec<_>>(), ["locale", "roles", "user_id", "user_token"]);
        assert_eq!(read.remove("user_id"), Some(Term::Integer(7)));
        read.clear();
        assert!(read.is_empty());
    }

    #[test]
    fn only_maps_are_sessions() {
        assert_eq!(SessionData::decode(&etf::encode(&Term::Integer(1))), None);
        let map = Term::Map(vec![(Term::Integer(1), Term::nil()), (Term::text("a"), Term::Integer(1))]);
        assert_eq!(SessionData::decode(&etf::encode(&map)).unwrap().keys().collect::<Vec<_>>(), ["a"]);
    }
}
