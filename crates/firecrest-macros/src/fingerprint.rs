//! A hash that is the same in every process and every build (F042).

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// FNV-1a over 64 bits. What is hashed is the text of tokens, not where they stand nor how they are spaced.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fingerprint(u64);

impl Default for Fingerprint {
    fn default() -> Self {
        Fingerprint(0xcbf2_9ce4_8422_2325)
    }
}

impl Fingerprint {
    pub(crate) fn value(self) -> u64 {
        self.0
    }

    /// Text and its end, so that two texts are not the same as both in one.
    pub(crate) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
        // No byte of UTF-8.
        self.bytes(&[0xff]);
    }

    pub(crate) fn number(&mut self, number: u64) {
        self.bytes(&number.to_le_bytes());
    }

    pub(crate) fn tokens(&mut self, tokens: &TokenStream) {
        for token in tokens.clone() {
            self.token(&token);
        }
        self.text("");
    }

    fn token(&mut self, token: &TokenTree) {
        match token {
            TokenTree::Group(group) => {
                self.text(match group.delimiter() {
                    Delimiter::Parenthesis => "(",
                    Delimiter::Brace => "{",
                    Delimiter::Bracket => "[",
                    Delimiter::None => "",
                });
                self.tokens(&group.stream());
            }
            TokenTree::Punct(punct) => self.text(punct.as_char().encode_utf8(&mut [0; 4])),
            TokenTree::Ident(ident) => self.text(&ident.to_string()),
            TokenTree::Literal(literal) => self.text(&literal.to_string()),
        }
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(source: &str) -> u64 {
        let mut fingerprint = Fingerprint::default();
        fingerprint.tokens(&source.parse().unwrap());
        fingerprint.value()
    }

    #[test]
    fn f042_a_fingerprint_is_the_same_wherever_and_however_spaced() {
        assert_eq!(of("if a.b { c }"), of("if  a . b\n{c}"));
        assert_eq!(of("a"), 0xe57e_2e19_03df_23e2, "it depends on nothing but the source");
    }

    #[test]
    fn what_differs_has_another_fingerprint() {
        let sources =
            ["", "a", "b", "a b", "ab", "(a)", "{a}", "[a]", "(a) b", "(a b)", "\"a\"", "a.b", "a+b"];
        let mut all: Vec<_> = sources.iter().map(|source| of(source)).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), sources.len());
    }
}
