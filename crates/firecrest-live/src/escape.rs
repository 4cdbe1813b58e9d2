//! HTML escaping of text and attribute values (F005).

use std::fmt;

use crate::scan::{self, Special, equal};

/// Text that is on its way into HTML: whatever is written is escaped, so that it can be no markup.
///
/// It is what an [`AttributeValue`](crate::AttributeValue) writes into. The five characters `& < > " '` become entities.
#[derive(Debug)]
pub struct Escaped<'a>(&'a mut String);

impl<'a> Escaped<'a> {
    /// Appends to this text.
    pub fn new(out: &'a mut String) -> Self {
        Escaped(out)
    }

    /// Appends text, escaped.
    #[inline]
    pub fn push_str(&mut self, text: &str) {
        escape(self.0, text);
    }

    /// Appends what a value displays, escaped. A value whose `Display` fails ends where it failed.
    pub fn display(&mut self, value: &(impl fmt::Display + ?Sized)) {
        // Nothing that is written here fails; a value that says so has said what it could.
        let _ = fmt::Write::write_fmt(self, format_args!("{value}"));
    }

    /// Appends digits and letters, which need no escaping.
    pub(crate) fn push_plain(&mut self, plain: &str) {
        self.0.push_str(plain);
    }
}

impl fmt::Write for Escaped<'_> {
    #[inline]
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push_str(text);
        Ok(())
    }
}

/// Appends `text` to HTML. Runs that need no escaping are copied whole.
#[inline]
pub(crate) fn escape(out: &mut String, text: &str) {
    let plain = scan::plain::<Markup>(text.as_bytes());
    if plain == text.len() {
        out.push_str(text);
    } else {
        escape_from(out, text, plain);
    }
}

/// The same for text whose first `plain` bytes need no escaping and whose next one does.
#[cold]
fn escape_from(out: &mut String, mut text: &str, mut plain: usize) {
    while let Some(byte) = text.as_bytes().get(plain) {
        out.push_str(&text[..plain]);
        out.push_str(entity(*byte));
        text = &text[plain + 1..];
        plain = scan::plain::<Markup>(text.as_bytes());
    }
    out.push_str(text);
}

/// The bytes that become entities.
struct Markup;

impl Special for Markup {
    #[inline]
    fn is(byte: u8) -> bool {
        // `&` and `'` differ in the lowest bit, `<` and `>` in the one above it.
        byte & !1 == b'&' || byte & !2 == b'<' || byte == b'"'
    }

    #[inline]
    fn any(word: u64) -> bool {
        const NOT_1: u64 = u64::from_le_bytes([!1; 8]);
        const NOT_2: u64 = u64::from_le_bytes([!2; 8]);
        equal(word & NOT_1, b'&') | equal(word & NOT_2, b'<') | equal(word, b'"') != 0
    }
}

fn entity(byte: u8) -> &'static str {
    match byte {
        b'&' => "&amp;",
        b'<' => "&lt;",
        b'>' => "&gt;",
        b'"' => "&quot;",
        _ => "&#39;",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn escaped(text: &str) -> String {
        let mut out = String::new();
        escape(&mut out, text);
        out
    }

    #[test]
    fn f005_the_five_characters_become_entities_wherever_they_stand() {
        assert_eq!(
            escaped("<b class=\"x\">Tom & 'Jerry'</b>"),
            "&lt;b class=&quot;x&quot;&gt;Tom &amp; &#39;Jerry&#39;&lt;/b&gt;"
        );
        for at in 0..40 {
            let before = "x".repeat(at);
            assert_eq!(escaped(&format!("{before}<κόσμε")), format!("{before}&lt;κόσμε"));
        }
    }

    #[test]
    fn f005_no_other_byte_is_taken_for_one_of_them() {
        for byte in 0..=u8::MAX {
            let is_one = b"&<>\"'".contains(&byte);
            assert_eq!(
                (Markup::is(byte), Markup::any(u64::from_le_bytes([byte; 8]))),
                (is_one, is_one),
                "{byte}"
            );
        }
    }

    proptest! {
        #[test]
        fn f005_text_reads_back_as_it_was(text in "[&<>\"'a-eκ]{0,60}") {
            let html = escaped(&text);
            prop_assert!(!html.contains(['<', '>', '"', '\'']));
            let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
            let back = entities.iter().fold(html, |html, (entity, char)| html.replace(entity, char));
            prop_assert_eq!(back, text);
        }
    }
}
