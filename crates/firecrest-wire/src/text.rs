//! Text that shares its memory: UTF-8 over reference-counted bytes.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;

use bytes::Bytes;
use bytestring::ByteString;

/// UTF-8 text over shared bytes: cloning and slicing cost a pointer, never a copy.
///
/// The bytes are checked once, when the text is made. A slice keeps the whole buffer it came from alive, so a few bytes
/// that outlive a large frame are better copied: `Text::from(slice.to_string())`.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(ByteString);

/// The bytes are not UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are not UTF-8: {0}")]
pub struct NotUtf8(#[from] std::str::Utf8Error);

impl Text {
    /// Empty text; allocates nothing.
    pub const fn new() -> Self {
        Text(ByteString::new())
    }

    /// Text that borrows from the program itself; allocates nothing.
    pub const fn from_static(text: &'static str) -> Self {
        Text(ByteString::from_static(text))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A part of this text as a `Text` of its own, without copying.
    ///
    /// # Panics
    /// When `subset` does not lie inside this text's memory; equal text elsewhere is not enough.
    #[must_use]
    pub fn slice_ref(&self, subset: &str) -> Text {
        Text(self.0.slice_ref(subset))
    }

    /// The bytes, without copying.
    pub fn into_bytes(self) -> Bytes {
        self.0.into_bytes()
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl From<&'static str> for Text {
    fn from(text: &'static str) -> Self {
        Text::from_static(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Text(ByteString::from(text))
    }
}

impl TryFrom<Bytes> for Text {
    type Error = NotUtf8;

    fn try_from(bytes: Bytes) -> Result<Self, NotUtf8> {
        Ok(Text(ByteString::try_from(bytes)?))
    }
}

impl From<Text> for Bytes {
    fn from(text: Text) -> Self {
        text.into_bytes()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn a_slice_shares_the_memory_of_its_text() {
        let text = Text::from("room:lobby".to_owned());
        let slice = text.slice_ref(&text[5..]);
        assert_eq!(slice, "lobby");
        assert_eq!(slice.as_ptr(), text[5..].as_ptr());
    }

    #[test]
    #[should_panic]
    fn a_slice_of_other_memory_is_refused() {
        let _ = Text::from("abc".to_owned()).slice_ref("abc");
    }

    #[test]
    fn bytes_that_are_not_utf8_are_refused() {
        assert!(Text::try_from(Bytes::from_static(b"\xed\xa0\x80")).is_err());
        assert_eq!(Text::try_from(Bytes::from_static("κόσμε".as_bytes())).unwrap(), "κόσμε");
    }

    #[test]
    fn a_map_keyed_by_text_is_asked_by_str() {
        let map = HashMap::from([(Text::from("a"), 1)]);
        assert_eq!(map.get("a"), Some(&1));
    }

    #[test]
    fn it_prints_like_a_str() {
        let text = Text::from("a\"b");
        assert_eq!(format!("{text:?} {text:>5}"), r#""a\"b"   a"b"#);
    }
}
