use std::sync::Arc;

use firecrest_wire::token_text::{EncryptedText, SignedText};

use super::{SessionConfig, SessionData};
use crate::token::{self, KeyOptions, SIGNATURE_LEN, SecretKeyBase};

/// Turns sessions into cookie values and back (spec §1.9).
///
/// The layouts are those of tokens, but the content is the bare map, without time and age.
#[derive(Clone, Debug)]
pub(super) struct Codec {
    secret: SecretKeyBase,
    pub(super) config: Arc<SessionConfig>,
}

impl Codec {
    pub(super) fn new(secret: SecretKeyBase, config: SessionConfig) -> Self {
        Self { secret, config: Arc::new(config) }
    }

    pub(super) fn encode(&self, data: &SessionData) -> Option<String> {
        let content = data.encode();
        match &self.config.encryption_salt {
            Some(salt) => token::seal(&self.key(salt), &content),
            None => Some(token::sign_raw(&self.key(&self.config.signing_salt), &content)),
        }
    }

    /// The session in a cookie value; the empty session, and a line in the log, when it is not authentic.
    pub(super) fn decode(&self, cookie: &str) -> SessionData {
        let content = match &self.config.encryption_salt {
            Some(salt) => token::open(&self.key(salt), cookie),
            None => token::open_signed(&self.key(&self.config.signing_salt), cookie),
        };
        content.and_then(|content| SessionData::decode(&content)).unwrap_or_else(|| {
            tracing::debug!(cookie = %self.config.cookie_name, "the session cookie is not authentic and is ignored");
            SessionData::default()
        })
    }

    /// The length of name and value of the cookie for `data`, in bytes.
    pub(super) fn cookie_len(&self, data: &SessionData) -> usize {
        let content = data.encode().len();
        let value = match self.config.encryption_salt {
            Some(_) => EncryptedText::len_for(content),
            None => SignedText::len_for(content, SIGNATURE_LEN),
        };
        self.config.cookie_name.len() + value
    }

    fn key(&self, salt: &str) -> Arc<[u8]> {
        self.secret.key(salt, KeyOptions::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codecs() -> [Codec; 2] {
        let secret = SecretKeyBase::new("0123456789abcdef".repeat(4)).unwrap();
        let signed = SessionConfig::new("signing");
        let encrypted = signed.clone().encryption_salt("encryption");
        [Codec::new(secret.clone(), signed), Codec::new(secret, encrypted)]
    }

    fn data() -> SessionData {
        let mut data = SessionData::default();
        data.insert("user_id", &7).unwrap();
        data
    }

    #[test]
    fn sessions_survive_signing_and_encryption() {
        for codec in codecs() {
            let cookie = codec.encode(&data()).unwrap();
            assert_eq!(codec.decode(&cookie), data());
            assert_eq!(codec.cookie_len(&data()), "_firecrest_key".len() + cookie.len());
        }
    }

    /// Spec §1.9: the bare map with text keys, in the layout of §6.2 or §6.4.
    #[test]
    fn the_content_is_a_bare_map() {
        let [signed, encrypted] = codecs();
        let text = signed.encode(&data()).unwrap();
        assert_eq!(SignedText::parse(&text).unwrap().payload, b"\x83t\0\0\0\x01m\0\0\0\x07user_ida\x07");
        assert!(encrypted.encode(&data()).unwrap().starts_with("XCP."));
    }

    /// A forged cookie, one of another kind, and an empty one.
    #[test]
    fn other_cookies_are_empty_sessions() {
        let [signed, encrypted] = codecs();
        let cookie = signed.encode(&data()).unwrap();
        assert_eq!(encrypted.decode(&cookie), SessionData::default());
        assert_eq!(signed.decode(&cookie.replace("SFMyNTY.g3", "SFMyNTY.g4")), SessionData::default());
        assert_eq!(signed.decode(""), SessionData::default());
    }
}
