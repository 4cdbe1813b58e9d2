//! How subjects and nodes are written as NATS' subjects.
//!
//! One word for each: letters, digits, `:`, `-` and `_` as they are, every other byte as `=` and two hexadecimal digits, and a
//! lone `=` for the empty text. What gets long is cut and followed by `=sha256:` and the digest of the whole, which is nothing that
//! another text could be written as.

use sha2::{Digest, Sha256};

/// Most bytes of a word without a digest. A server takes lines of 4,096 bytes.
const LONG: usize = 200;

/// How many bytes of a long word are kept, for people to read.
const KEPT: usize = 100;

/// Names what is published and subscribed to.
#[derive(Debug)]
pub(crate) struct Names {
    prefix: String,
}

impl Names {
    pub(crate) fn new(prefix: String) -> Self {
        Names { prefix }
    }

    /// Where messages of a subject are published.
    pub(crate) fn subject(&self, subject: &str) -> Box<str> {
        self.name('s', subject)
    }

    /// Where messages to one node are published.
    pub(crate) fn node(&self, node: &str) -> Box<str> {
        self.name('n', node)
    }

    fn name(&self, kind: char, text: &str) -> Box<str> {
        let mut name = String::with_capacity(self.prefix.len() + 3 + text.len().min(LONG));
        name.push_str(&self.prefix);
        name.extend(['.', kind, '.']);
        let start = name.len();
        escape(text, &mut name, start + LONG);
        if name.len() - start > LONG {
            name.truncate(start + KEPT);
            name.push_str("=sha256:");
            for byte in Sha256::digest(text) {
                push_hex(byte, &mut name);
            }
        } else if name.len() == start {
            name.push('=');
        }
        name.into_boxed_str()
    }
}

/// Writes a text as a word, or the beginning of it, of more than `enough` bytes.
fn escape(text: &str, word: &mut String, enough: usize) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b':' | b'-' | b'_' => word.push(byte.into()),
            _ => {
                word.push('=');
                push_hex(byte, word);
            }
        }
        if word.len() > enough {
            return;
        }
    }
}

fn push_hex(byte: u8, word: &mut String) {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or_default();
    word.extend([digit(byte >> 4), digit(byte & 15)]);
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    fn word(text: &str) -> String {
        let name = Names::new("p".to_owned()).subject(text);
        name.strip_prefix("p.s.").unwrap().to_owned()
    }

    #[test]
    fn words_can_be_read() {
        for (text, written) in [
            ("t:room:garden-1_A", "t:room:garden-1_A"),
            ("", "="),
            ("=", "=3d"),
            ("a b", "a=20b"),
            ("a.*.>", "a=2e=2a=2e=3e"),
            ("ä\r\n", "=c3=a4=0d=0a"),
        ] {
            assert_eq!(word(text), written);
        }
        let long = word(&"long:".repeat(41));
        assert!(long.starts_with(&"long:".repeat(20)) && long.len() == 172, "{long}");
        assert_eq!(word(&"x".repeat(200)), "x".repeat(200));
        assert_eq!(&*Names::new("shop.eu".to_owned()).node("a b"), "shop.eu.n.a=20b");
    }

    /// What was written, unless it was cut.
    fn read(word: &str) -> Option<String> {
        let mut bytes = word.bytes();
        let mut text = Vec::new();
        while let Some(byte) = bytes.next() {
            match byte {
                b'=' if word == "=" => {}
                b'=' => {
                    let hex = [bytes.next()?, bytes.next()?];
                    text.push(u8::from_str_radix(std::str::from_utf8(&hex).ok()?, 16).ok()?);
                }
                byte => text.push(byte),
            }
        }
        String::from_utf8(text).ok()
    }

    proptest! {
        #[test]
        fn short_texts_can_be_read_back(text in "\\PC{0,60}|[ -~]{0,60}|(?s:.){0,20}") {
            let word = word(&text);
            prop_assume!(word.len() < 172);
            prop_assert_eq!(read(&word), Some(text));
        }

        #[test]
        fn words_are_words_of_the_protocol_and_no_two_texts_have_the_same(
            texts in prop::collection::hash_set("(?s:.){0,3}|[a=.]{0,4}|(x|\\.){190,210}|=[0-9a-f]{2}", 1..100),
        ) {
            let mut words = HashMap::new();
            for text in texts {
                let word = word(&text);
                prop_assert!(!word.is_empty() && word.len() <= LONG);
                prop_assert!(!word.contains(|char: char| !char.is_ascii_graphic() || ".*>".contains(char)));
                let other = words.insert(word, text.clone());
                prop_assert_eq!(other, None, "{}", text);
            }
        }
    }
}
