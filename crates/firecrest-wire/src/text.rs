//! Text that shares its memory: UTF-8 that is counted by reference.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

use bytes::Bytes;

/// UTF-8 text that is cloned and sliced without copying it.
///
/// It is one allocation, made when the text is. A slice keeps the whole text it came from alive, so a few bytes that outlive
/// a large frame are better copied: [`Text::copied`].
#[derive(Clone)]
pub struct Text(Repr);

#[derive(Clone)]
enum Repr {
    /// Borrowed from the program itself.
    Static(&'static str),
    /// A text of its own.
    Whole(Arc<str>),
    /// A part of another, in bytes from there to there.
    Part(Arc<str>, u32, u32),
}

/// The bytes are not UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are not UTF-8: {0}")]
pub struct NotUtf8(#[from] std::str::Utf8Error);

impl Text {
    /// Empty text; allocates nothing.
    pub const fn new() -> Self {
        Text::from_static("")
    }

    /// Text that borrows from the program itself; allocates nothing.
    pub const fn from_static(text: &'static str) -> Self {
        Text(Repr::Static(text))
    }

    /// A copy of a text.
    pub fn copied(text: &str) -> Self {
        Text(Repr::Whole(Arc::from(text)))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Repr::Static(text) => text,
            Repr::Whole(text) => text,
            Repr::Part(text, from, to) => &text[*from as usize..*to as usize],
        }
    }

    /// A part of this text as a `Text` of its own, without copying; a part that ends behind the first 4 GiB is copied.
    ///
    /// # Panics
    /// When `subset` does not lie inside this text's memory; equal text elsewhere is not enough.
    #[must_use]
    pub fn slice_ref(&self, subset: &str) -> Text {
        let whole = self.as_str();
        let from = (subset.as_ptr() as usize).wrapping_sub(whole.as_ptr() as usize);
        let to = from.saturating_add(subset.len());
        assert!(to <= whole.len(), "the slice does not lie inside the text");
        let (owner, start) = match &self.0 {
            Repr::Static(text) => return Text(Repr::Static(&text[from..to])),
            Repr::Whole(owner) => (owner, 0),
            Repr::Part(owner, start, _) => (owner, *start as usize),
        };
        match (u32::try_from(start + from), u32::try_from(start + to)) {
            (Ok(from), Ok(to)) => Text(Repr::Part(Arc::clone(owner), from, to)),
            _ => Text::copied(subset),
        }
    }
}

impl Default for Text {
    fn default() -> Self {
        Text::new()
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Text {}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        self.as_str()
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
        Text(Repr::Whole(Arc::from(text)))
    }
}

impl TryFrom<&[u8]> for Text {
    type Error = NotUtf8;

    fn try_from(bytes: &[u8]) -> Result<Self, NotUtf8> {
        Ok(Text::copied(std::str::from_utf8(bytes)?))
    }
}

impl TryFrom<Bytes> for Text {
    type Error = NotUtf8;

    fn try_from(bytes: Bytes) -> Result<Self, NotUtf8> {
        Text::try_from(&*bytes)
    }
}

impl From<Text> for Bytes {
    fn from(text: Text) -> Self {
        Bytes::copy_from_slice(text.as_bytes())
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
    fn a_slice_of_a_slice_is_one_of_the_whole() {
        for text in [Text::from("a κόσμε b"), Text::copied("a κόσμε b")] {
            let inner = text.slice_ref(&text[2..text.len() - 2]);
            let innermost = inner.slice_ref(&inner[2..4]);
            assert_eq!((&*inner, &*innermost), ("κόσμε", "ό"));
            drop((text, inner));
            assert_eq!(innermost, "ό");
        }
        assert_eq!(size_of::<Text>(), 32);
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
