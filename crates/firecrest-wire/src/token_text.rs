//! The text layout of signed and encrypted tokens, without any cryptography (spec §6.2, §6.4).
//!
//! Reading and writing the text is kept apart from keys and ciphers so that it can be fuzzed: this is the part that
//! sees arbitrary input before anything is authenticated.

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// The longest token text that is looked at, in bytes: 8 KiB, the usual limit of a URL or a header.
pub const MAX_TOKEN_LEN: usize = 8192;

/// The first part of a token signed with HMAC-SHA256: base64url of `HS256`.
pub const HS256: &str = "SFMyNTY";

/// The first part of a token encrypted with XChaCha20-Poly1305.
pub const XCP: &str = "XCP";

const IV_LEN: usize = 24;
const TAG_LEN: usize = 16;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A signed token taken apart: `SFMyNTY.PAYLOAD.SIGNATURE`.
///
/// Padding of the encoded parts is optional, so the text of a token does not identify it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedText<'a> {
    /// The text that the signature covers: everything before the second dot.
    pub covered: &'a str,
    /// The decoded payload. Not to be trusted before the signature is checked.
    pub payload: Vec<u8>,
    /// The decoded signature.
    pub signature: Vec<u8>,
}

impl<'a> SignedText<'a> {
    /// Takes `token` apart; nothing when it is longer than [`MAX_TOKEN_LEN`], has another number of parts, names
    /// another algorithm than HS256, or is not base64url.
    pub fn parse(token: &'a str) -> Option<Self> {
        if token.len() > MAX_TOKEN_LEN {
            return None;
        }
        let (covered, signature) = token.rsplit_once('.')?;
        let payload = covered.strip_prefix(HS256)?.strip_prefix('.')?;
        Some(Self {
            covered,
            payload: BASE64.decode(payload).ok()?,
            signature: BASE64.decode(signature).ok()?,
        })
    }

    /// The text to sign for `payload`: everything before the second dot.
    pub fn cover(payload: &[u8]) -> String {
        format!("{HS256}.{}", BASE64.encode(payload))
    }

    /// The whole token for a text made by [`cover`](Self::cover) and its signature.
    pub fn join(covered: &str, signature: &[u8]) -> String {
        format!("{covered}.{}", BASE64.encode(signature))
    }

    /// The length in bytes of a token with a payload and a signature of these lengths in bytes.
    pub fn len_for(payload: usize, signature: usize) -> usize {
        HS256.len() + 2 + encoded_len(payload) + encoded_len(signature)
    }
}

/// An encrypted token taken apart: `XCP.` and the base64url of nonce, tag and ciphertext.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncryptedText {
    /// The nonce.
    pub iv: [u8; IV_LEN],
    /// The authentication tag.
    pub tag: [u8; TAG_LEN],
    /// The encrypted content.
    pub ciphertext: Vec<u8>,
}

impl EncryptedText {
    /// Takes `token` apart; nothing when it is longer than [`MAX_TOKEN_LEN`], of another kind, not base64url or too
    /// short to hold nonce and tag.
    pub fn parse(token: &str) -> Option<Self> {
        if token.len() > MAX_TOKEN_LEN {
            return None;
        }
        let bytes = BASE64.decode(token.strip_prefix(XCP)?.strip_prefix('.')?).ok()?;
        let (iv, rest) = bytes.split_first_chunk()?;
        let (tag, ciphertext) = rest.split_first_chunk()?;
        Some(Self { iv: *iv, tag: *tag, ciphertext: ciphertext.to_vec() })
    }

    /// The length in bytes of a token with a ciphertext of this length in bytes.
    pub fn len_for(ciphertext: usize) -> usize {
        XCP.len() + 1 + encoded_len(IV_LEN + TAG_LEN + ciphertext)
    }
}

/// The text of the token.
impl std::fmt::Display for EncryptedText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{XCP}.{}", BASE64.encode([&self.iv[..], &self.tag, &self.ciphertext].concat()))
    }
}

fn encoded_len(bytes: usize) -> usize {
    (bytes * 4).div_ceil(3)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TOKEN: &str = "SFMyNTY.g2gDYQFuBgAAaOXPiwFiAAFRgA.dJbYvRWRb_lEczlJojrITlp54_rsgPaQMjLicffM3zA";

    #[test]
    fn a_signed_token_is_taken_apart_and_put_together() {
        let parts = SignedText::parse(TOKEN).unwrap();
        assert_eq!(parts.covered, "SFMyNTY.g2gDYQFuBgAAaOXPiwFiAAFRgA");
        assert_eq!((parts.payload.len(), parts.signature.len()), (19, 32));
        assert_eq!(SignedText::cover(&parts.payload), parts.covered);
        assert_eq!(SignedText::join(parts.covered, &parts.signature), TOKEN);
        assert_eq!(SignedText::len_for(19, 32), TOKEN.len());
    }

    /// Spec §6.2: padding is optional.
    #[test]
    fn padding_is_optional() {
        let padded = format!("{TOKEN}=");
        assert_eq!(SignedText::parse(&padded), SignedText::parse(TOKEN));
    }

    #[test]
    fn texts_of_another_shape_are_refused() {
        for token in [
            "",
            "SFMyNTY",
            "SFMyNTY.AA",
            "SFMyNTY.AA.AA.AA",
            "SFMyNTY..AA=A",
            "SFM1MTI.AA.AA",
            "SFMyNTYx.AA.AA",
            "SFMyNTY.A+A/.AA",
            "SFMyNTY.\u{e9}.AA",
        ] {
            assert_eq!(SignedText::parse(token), None, "{token:?}");
        }
        let longest = format!("SFMyNTY.{}.AAAA", "A".repeat(MAX_TOKEN_LEN - 13));
        assert_eq!(longest.len(), MAX_TOKEN_LEN);
        assert_eq!(SignedText::parse(&longest).is_some(), (MAX_TOKEN_LEN - 13) % 4 != 1);
        assert_eq!(SignedText::parse(&format!("{longest}AAAA")), None);
    }

    #[test]
    fn encrypted_tokens_need_nonce_and_tag() {
        assert_eq!(EncryptedText::parse(&format!("XCP.{}", BASE64.encode([0; 39]))), None);
        let empty = EncryptedText { iv: [0; 24], tag: [0; 16], ciphertext: vec![] };
        assert_eq!(EncryptedText::parse(&format!("XCP.{}", BASE64.encode([0; 40]))), Some(empty));
        assert_eq!(EncryptedText::parse(&format!("XCQ.{}", BASE64.encode([0; 60]))), None);
        assert_eq!(EncryptedText::parse(&format!("XCP.{}", "A".repeat(MAX_TOKEN_LEN))), None);
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(text in "\\PC{0,200}") {
            let _ = SignedText::parse(&text);
            let _ = EncryptedText::parse(&text);
            let _ = SignedText::parse(&format!("SFMyNTY.{text}"));
            let _ = EncryptedText::parse(&format!("XCP.{text}"));
        }

        #[test]
        fn tokens_survive_the_round_trip(
            payload in prop::collection::vec(any::<u8>(), 0..100),
            signature in prop::collection::vec(any::<u8>(), 0..64),
            iv in any::<[u8; 24]>(),
            tag in any::<[u8; 16]>(),
        ) {
            let covered = SignedText::cover(&payload);
            let token = SignedText::join(&covered, &signature);
            prop_assert_eq!(token.len(), SignedText::len_for(payload.len(), signature.len()));
            prop_assert_eq!(
                SignedText::parse(&token),
                Some(SignedText { covered: &covered, payload: payload.clone(), signature })
            );
            let encrypted = EncryptedText { iv, tag, ciphertext: payload };
            prop_assert_eq!(encrypted.to_string().len(), EncryptedText::len_for(encrypted.ciphertext.len()));
            prop_assert_eq!(EncryptedText::parse(&encrypted.to_string()), Some(encrypted));
        }
    }
}
