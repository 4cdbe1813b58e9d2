use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use firecrest_wire::token_text::{EncryptedText, SignedText};
use hmac::{Hmac, KeyInit, Mac};
use pbkdf2::pbkdf2_hmac;
use sha2::{Sha256, Sha384, Sha512};

use super::{KeyDigest, KeyOptions};

/// The associated data of every encrypted token (spec §6.4).
const ASSOCIATED_DATA: &[u8] = b"A128GCM";

/// The length of a signature, in bytes.
pub(crate) const SIGNATURE_LEN: usize = 32;

pub(super) fn derive(secret: &[u8], salt: &[u8], options: KeyOptions) -> Vec<u8> {
    let rounds = options.iterations.max(1);
    let mut key = vec![0; options.length];
    match options.digest {
        KeyDigest::Sha256 => pbkdf2_hmac::<Sha256>(secret, salt, rounds, &mut key),
        KeyDigest::Sha384 => pbkdf2_hmac::<Sha384>(secret, salt, rounds, &mut key),
        KeyDigest::Sha512 => pbkdf2_hmac::<Sha512>(secret, salt, rounds, &mut key),
    }
    key
}

/// The signed token text for `payload` (spec §6.2).
pub(crate) fn sign_raw(key: &[u8], payload: &[u8]) -> String {
    let covered = SignedText::cover(payload);
    let signature = mac(key, covered.as_bytes()).finalize().into_bytes();
    SignedText::join(&covered, &signature)
}

/// The payload of a signed token text, if the signature is right. The comparison takes constant time.
pub(crate) fn open_signed(key: &[u8], token: &str) -> Option<Vec<u8>> {
    let text = SignedText::parse(token)?;
    mac(key, text.covered.as_bytes()).verify_slice(&text.signature).ok()?;
    Some(text.payload)
}

/// The encrypted token text for `plain`; nothing when the key has not 32 bytes (spec §6.4).
pub(crate) fn seal(key: &[u8], plain: &[u8]) -> Option<String> {
    let cipher = XChaCha20Poly1305::new_from_slice(key).ok()?;
    let iv: [u8; 24] = rand::random();
    let mut ciphertext =
        cipher.encrypt(&XNonce::from(iv), Payload { msg: plain, aad: ASSOCIATED_DATA }).ok()?;
    let tag = ciphertext.split_off(plain.len()).try_into().ok()?;
    Some(EncryptedText { iv, tag, ciphertext }.to_string())
}

/// The content of an encrypted token text, if it is authentic.
pub(crate) fn open(key: &[u8], token: &str) -> Option<Vec<u8>> {
    let cipher = XChaCha20Poly1305::new_from_slice(key).ok()?;
    let EncryptedText { iv, tag, mut ciphertext } = EncryptedText::parse(token)?;
    ciphertext.extend_from_slice(&tag);
    cipher.decrypt(&XNonce::from(iv), Payload { msg: &ciphertext, aad: ASSOCIATED_DATA }).ok()
}

fn mac(key: &[u8], text: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The derived key of spec §6.5.
    #[test]
    fn the_derived_key_is_that_of_the_reference() {
        let secret = "0123456789abcdef".repeat(4);
        assert_eq!(
            hex(&derive(secret.as_bytes(), b"user socket", KeyOptions::default())),
            "e18adee7806bc82063a16e63e5d3563488eb220b57c3fa5e656cabf753b34a5e"
        );
    }

    #[test]
    fn a_changed_bit_anywhere_is_noticed() {
        let key = [7; 32];
        assert_eq!(open_signed(&key, &sign_raw(&key, b"payload")).as_deref(), Some(&b"payload"[..]));
        let sealed = seal(&key, b"payload").unwrap();
        assert_eq!(open(&key, &sealed).as_deref(), Some(&b"payload"[..]));
        assert_eq!(open(&[8; 32], &sealed), None);
        for (token, opened) in
            [(sign_raw(&key, b"payload"), open_signed as fn(&[u8], &str) -> _), (sealed, open)]
        {
            for index in 0..token.len() {
                let mut bytes = token.clone().into_bytes();
                bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
                assert_eq!(opened(&key, &String::from_utf8(bytes).unwrap()), None, "{index}");
            }
        }
    }

    #[test]
    fn encryption_needs_a_key_of_32_bytes() {
        assert_eq!(seal(&[7; 31], b""), None);
        assert_eq!(open(&[7; 64], &seal(&[7; 32], b"").unwrap()), None);
    }
}
