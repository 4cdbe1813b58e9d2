//! Whether a text is one JSON object, without building anything.
//!
//! Every payload that clients send is checked before it is passed on unread, so this is made for speed: one pass, no
//! recursion, strings eight bytes at a time. It accepts exactly what serde_json accepts.

/// Nesting that is remembered without allocating, in levels.
const SHALLOW: usize = 64;

/// Whether `text` is a JSON object and nothing else, white space around it excepted.
///
/// An object nested deeper than 64 levels is none here: somebody slower may look at it.
pub(super) fn is_object(text: &str) -> bool {
    let mut scanner = Scanner { bytes: text.as_bytes(), at: 0 };
    scanner.skip_space();
    scanner.eat(b'{') && scanner.containers().is_some() && {
        scanner.skip_space();
        scanner.at == scanner.bytes.len()
    }
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// What a byte inside a string means; see [`Scanner::string`].
const SPECIAL: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        table[byte] = true;
        byte += 1;
    }
    table[b'"' as usize] = true;
    table[b'\\' as usize] = true;
    table
};

impl Scanner<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    /// Reads to the end of the object whose brace has been read, through everything in it.
    fn containers(&mut self) -> Option<()> {
        // One bit per open container, 1 for an object; the innermost is the lowest.
        let (mut open, mut depth) = (1_u64, 1);
        let mut first = true;
        loop {
            let object = open & 1 == 1;
            self.skip_space();
            if self.eat(if object { b'}' } else { b']' }) {
                (open, depth) = (open >> 1, depth - 1);
                if depth == 0 {
                    return Some(());
                }
                first = false;
                continue;
            }
            if !first {
                self.eat(b',').then_some(())?;
                self.skip_space();
            }
            if object {
                self.string()?;
                self.skip_space();
                self.eat(b':').then_some(())?;
                self.skip_space();
            }
            let inner = match self.peek()? {
                b'{' => 1,
                b'[' => 0,
                _ => {
                    self.scalar()?;
                    first = false;
                    continue;
                }
            };
            self.at += 1;
            (depth < SHALLOW).then_some(())?;
            (open, depth) = (open << 1 | inner, depth + 1);
            first = true;
        }
    }

    fn scalar(&mut self) -> Option<()> {
        match self.peek()? {
            b'"' => self.string(),
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'n' => self.word(b"null"),
            _ => self.number(),
        }
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        let found = self.bytes[self.at..].starts_with(word);
        self.at += word.len();
        found.then_some(())
    }

    fn number(&mut self) -> Option<()> {
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        }
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _ = self.eat(b'+') || self.eat(b'-');
            self.digits()?;
        }
        Some(())
    }

    /// At least one digit.
    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    fn string(&mut self) -> Option<()> {
        self.eat(b'"').then_some(())?;
        loop {
            self.at += plain(&self.bytes[self.at..]);
            match self.peek()? {
                b'"' => {
                    self.at += 1;
                    return Some(());
                }
                b'\\' => self.escape()?,
                _ => return None,
            }
        }
    }

    fn escape(&mut self) -> Option<()> {
        let kind = *self.bytes.get(self.at + 1)?;
        self.at += 2;
        match kind {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(()),
            b'u' => {
                let digits = self.bytes.get(self.at..self.at + 4)?;
                self.at += 4;
                digits.iter().all(u8::is_ascii_hexdigit).then_some(())
            }
            _ => None,
        }
    }
}

/// How many bytes at the front are neither quote nor backslash nor control character.
pub(super) fn plain(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGH: u64 = ONES * 128;
    let (words, tail) = bytes.as_chunks::<8>();
    for (number, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        // The high bit of a byte is set if it is below the bound; bytes from 128 on never are. What stands behind the first
        // such byte may be wrong, but is not looked at.
        let below = |word: u64, bound: u8| word.wrapping_sub(ONES * u64::from(bound)) & !word;
        let equal = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
        let special = (below(word, 0x20) | equal(b'"') | equal(b'\\')) & HIGH;
        if special != 0 {
            return number * 8 + special.trailing_zeros() as usize / 8;
        }
    }
    let special = |byte: &u8| SPECIAL[usize::from(*byte)];
    words.len() * 8 + tail.iter().position(special).unwrap_or(tail.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::de::IgnoredAny;

    use super::*;

    fn agrees(text: &str) -> bool {
        let serde = text.trim_start().starts_with('{') && serde_json::from_str::<IgnoredAny>(text).is_ok();
        is_object(text) == serde
    }

    #[test]
    fn every_short_text_is_judged_as_serde_json_does() {
        // All texts of these bytes, up to seven of them inside braces.
        let alphabet = ["\"", ":", ",", "{", "}", "[", "]", "1", "\\"];
        let mut texts = vec![String::new()];
        for _ in 0..5 {
            texts = texts.iter().flat_map(|text| alphabet.map(|byte| format!("{text}{byte}"))).collect();
            for text in &texts {
                assert!(agrees(&format!("{{{text}}}")), "{{{text}}}");
            }
        }
    }

    #[test]
    fn numbers_words_and_escapes_are_judged_as_serde_json_does() {
        for value in [
            "0",
            "-0",
            "01",
            "-",
            "1.",
            ".5",
            "1.5",
            "1e",
            "1e+",
            "1E-7",
            "1e5.0",
            "+1",
            "0x1",
            "1_0",
            "true",
            "tru",
            "truex",
            "null",
            "nul",
            "false",
            "NaN",
            r#""\u00e9""#,
            r#""\u00g9""#,
            r#""\u12""#,
            r#""\x""#,
            r#""\/\b\f\n\r\t\\\"""#,
            r#""\ud800""#,
            "\"\u{7f}é\u{80}\"",
            "\"\t\"",
            "\"\u{1f}\"",
            "\"",
            "1 ",
            " 1",
            "1 1",
            "[]",
            "[1,]",
            "[,1]",
            "{\"a\"}",
            "{\"a\":1,}",
            "{\"a\":1 , \"b\" : [ { } ] }",
        ] {
            for text in [format!("{{\"k\":{value}}}"), format!("{{\"k\":[{value}]}} "), value.to_owned()] {
                assert!(agrees(&text), "{text}");
            }
        }
    }

    #[test]
    fn deep_nesting_is_left_to_others() {
        let nested = |depth: usize| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
        assert!(is_object(&nested(64)));
        assert!(!is_object(&nested(65)));
    }

    proptest! {
        #[test]
        fn plain_stops_at_the_first_special_byte(bytes in proptest::collection::vec(any::<u8>(), 0..40), quiet in any::<bool>()) {
            let bytes: Vec<u8> = if quiet { bytes.iter().map(|byte| byte | 0x80).collect() } else { bytes };
            let expected = bytes.iter().position(|byte| SPECIAL[usize::from(*byte)]).unwrap_or(bytes.len());
            prop_assert_eq!(plain(&bytes), expected);
        }

        #[test]
        fn what_serde_json_writes_is_well_formed(strings in proptest::collection::vec(".*", 0..5)) {
            let value = serde_json::json!({ "strings": strings, "nested": [{ "n": 1.5e300, "b": [true, null] }] });
            prop_assert!(is_object(&value.to_string()));
        }

        #[test]
        fn a_changed_text_is_judged_as_serde_json_does(at in 0_usize..60, byte in 0_u8..128) {
            let mut text = r#"{"a":[1,-2.5e3,"x\n\u00e9",{"b":null}],"c":"0123456789","d":true}"#.to_owned().into_bytes();
            let len = text.len();
            text[at % len] = byte;
            let text = String::from_utf8(text).unwrap();
            prop_assert!(agrees(&text), "{}", text);
        }
    }
}
