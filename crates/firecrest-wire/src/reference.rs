//! Refs: the correlation values of the protocol, kept exactly as the client wrote them.

use std::borrow::Cow;

use compact_str::CompactString;
use serde_json::value::RawValue;

/// An opaque JSON scalar that a client uses to correlate messages (spec §2.1).
///
/// Clients send strings, numbers or null; the server echoes the same JSON value, so the raw JSON text is what is kept.
/// Two refs are equal when value *and* type are equal: `1` is not `"1"`. Up to 24 bytes are stored without allocating.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Ref(CompactString);

impl Ref {
    /// The null ref.
    pub const fn null() -> Self {
        Ref(CompactString::const_new(""))
    }

    /// A string ref.
    pub fn text(text: &str) -> Self {
        // Canonical JSON, so that an escaped spelling of the same string compares equal.
        let mut raw = Vec::with_capacity(text.len() + 2);
        crate::serializer::json::write_string(&mut raw, text);
        Ref(CompactString::from_utf8_lossy(&raw))
    }

    /// A ref from the JSON text of a scalar.
    pub fn from_json(raw: &RawValue) -> Self {
        let text = raw.get();
        match text.as_bytes().first() {
            Some(b'n') => Self::null(),
            Some(b'"') if text.contains('\\') => match serde_json::from_str::<String>(text) {
                Ok(unescaped) => Self::text(&unescaped),
                Err(_) => Ref(CompactString::new(text)),
            },
            _ => Ref(CompactString::new(text)),
        }
    }

    /// A ref from the JSON text of a string without escapes, quotes included.
    pub(crate) fn from_plain_json(text: &str) -> Self {
        Ref(CompactString::new(text))
    }

    /// Whether this is null, or was absent.
    pub fn is_null(&self) -> bool {
        self.0.is_empty()
    }

    /// The JSON text, `null` for the null ref.
    pub fn as_json(&self) -> &str {
        if self.is_null() { "null" } else { &self.0 }
    }

    /// The text as binary frames carry it: a string's content, a number's digits, nothing for null (spec §2.3).
    pub fn as_text(&self) -> Cow<'_, str> {
        match self.0.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            Some(inner) if !inner.contains('\\') => Cow::Borrowed(inner),
            Some(_) => Cow::Owned(serde_json::from_str(&self.0).unwrap_or_default()),
            None => Cow::Borrowed(&self.0),
        }
    }
}

impl From<&str> for Ref {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<u64> for Ref {
    /// A string ref of the decimal digits, which is what the official client sends.
    fn from(number: u64) -> Self {
        Self::text(&number.to_string())
    }
}

impl std::fmt::Debug for Ref {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_json())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Ref {
        Ref::from_json(&RawValue::from_string(text.into()).unwrap())
    }

    #[test]
    fn type_and_value_are_kept() {
        assert_ne!(json("1"), json("\"1\""));
        assert_eq!(json("1").as_json(), "1");
        assert_eq!(json("\"7\"").as_json(), "\"7\"");
        assert_eq!(json("null"), Ref::null());
        assert_ne!(json("\"\""), Ref::null());
    }

    #[test]
    fn an_escaped_spelling_is_the_same_string() {
        assert_eq!(json(r#""\u0031""#), json("\"1\""));
        assert_eq!(Ref::text("a\"b").as_text(), "a\"b");
        assert_eq!(json("12").as_text(), "12");
        assert_eq!(Ref::null().as_text(), "");
    }
}
