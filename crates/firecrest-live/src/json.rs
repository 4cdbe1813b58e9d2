//! Writing the JSON of messages.

use crate::scan::{self, Special, below, equal};

/// Appends `text` as a JSON string, quotes included.
#[inline]
pub(crate) fn string(out: &mut String, text: &str) {
    out.push('"');
    let plain = scan::plain::<Unsafe>(text.as_bytes());
    if plain == text.len() {
        out.push_str(text);
    } else {
        escape_from(out, text, plain);
    }
    out.push('"');
}

/// Appends the name of a member that is a number, and before it a comma unless it is the first.
#[inline]
pub(crate) fn name(out: &mut String, number: usize) {
    const NAMES: [&str; 10] =
        ["\"0\":", "\"1\":", "\"2\":", "\"3\":", "\"4\":", "\"5\":", "\"6\":", "\"7\":", "\"8\":", "\"9\":"];
    separate(out);
    if let Some(name) = NAMES.get(number) {
        return out.push_str(name);
    }
    out.push('"');
    self::number(out, number);
    out.push_str("\":");
}

/// Appends a number.
pub(crate) fn number(out: &mut String, number: usize) {
    out.push_str(itoa::Buffer::new().format(number));
}

/// Appends the comma before a member, unless it is the first of its object. No value ends as an object begins.
#[inline]
pub(crate) fn separate(out: &mut String) {
    if !matches!(out.as_bytes().last(), None | Some(b'{')) {
        out.push(',');
    }
}

/// Appends text whose first `plain` bytes need no escaping and whose next one does.
#[cold]
fn escape_from(out: &mut String, mut text: &str, mut plain: usize) {
    while let Some(byte) = text.as_bytes().get(plain) {
        out.push_str(&text[..plain]);
        escape(out, *byte);
        text = &text[plain + 1..];
        plain = scan::plain::<Unsafe>(text.as_bytes());
    }
    out.push_str(text);
}

fn escape(out: &mut String, byte: u8) {
    const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    match byte {
        b'"' => out.push_str("\\\""),
        b'\\' => out.push_str("\\\\"),
        b'\n' => out.push_str("\\n"),
        b'\r' => out.push_str("\\r"),
        b'\t' => out.push_str("\\t"),
        _ => {
            out.push_str("\\u00");
            out.push(HEX[usize::from(byte >> 4)]);
            out.push(HEX[usize::from(byte & 0xf)]);
        }
    }
}

/// The bytes that a string cannot contain as they are.
struct Unsafe;

impl Special for Unsafe {
    #[inline]
    fn is(byte: u8) -> bool {
        byte < b' ' || byte == b'"' || byte == b'\\'
    }

    #[inline]
    fn any(word: u64) -> bool {
        below(word, b' ') | equal(word, b'"') | equal(word, b'\\') != 0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(write: impl FnOnce(&mut String)) -> String {
        let mut out = String::new();
        write(&mut out);
        out
    }

    #[test]
    fn every_byte_that_needs_it_is_escaped_wherever_it_stands() {
        for char in (0..0x80).map(char::from) {
            for at in 0..40 {
                let text = format!("{}{char}κ{char}", "x".repeat(at));
                let json = written(|out| string(out, &text));
                assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text, "{json}");
            }
        }
    }

    #[test]
    fn a_comma_stands_between_members_only() {
        let members = written(|out| {
            for number in [0, 9, 10, 1234] {
                name(out, number);
                out.push_str("{}");
            }
        });
        assert_eq!(members, r#""0":{},"9":{},"10":{},"1234":{}"#);
        assert_eq!(written(separate), "");
    }

    proptest! {
        #[test]
        fn a_string_reads_back_as_it_was(text in any::<String>()) {
            prop_assert_eq!(serde_json::from_str::<String>(&written(|out| string(out, &text))).unwrap(), text);
        }
    }
}
