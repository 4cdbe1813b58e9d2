use std::collections::VecDeque;
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use super::crypto;

/// The least length of a [`SecretKeyBase`], in bytes, as the cookie session needs it (spec §1.9).
pub const MIN_SECRET_KEY_BASE_LEN: usize = 64;

/// The least length of a [`TokenSecret`], in bytes (spec §6.1).
pub const MIN_SECRET_LEN: usize = 20;

/// Derived keys kept per secret, those used last. Each takes about 200 bytes; an application has a handful of salts.
const MAX_CACHED_KEYS: usize = 32;

/// A secret is too short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the secret has {actual} bytes and needs at least {required}; \
     `openssl rand -base64 48` makes a good one of 64 characters"
)]
#[non_exhaustive]
pub struct SecretError {
    /// The length of the refused secret, in bytes.
    pub actual: usize,
    /// The least length, in bytes.
    pub required: usize,
}

/// The secret of an application, of at least 64 bytes, from which all keys are derived.
///
/// It is the same as the `secret_key_base` of a Phoenix application and may be shared with one. Cloning copies a
/// pointer. It works wherever a [`TokenSecret`] is asked for.
#[derive(Clone)]
pub struct SecretKeyBase(TokenSecret);

impl SecretKeyBase {
    /// The secret with these bytes, usually the text of an environment variable.
    ///
    /// # Errors
    /// [`SecretError`] when there are fewer than [`MIN_SECRET_KEY_BASE_LEN`] bytes.
    pub fn new(secret: impl Into<Vec<u8>>) -> Result<Self, SecretError> {
        TokenSecret::at_least(MIN_SECRET_KEY_BASE_LEN, secret.into()).map(Self)
    }

    /// A new random secret: for tests, and for development where tokens and sessions may end with the process.
    pub fn random() -> Self {
        Self(TokenSecret::from_bytes(rand::random::<[u8; MIN_SECRET_KEY_BASE_LEN]>().to_vec()))
    }
}

impl Deref for SecretKeyBase {
    type Target = TokenSecret;

    fn deref(&self) -> &TokenSecret {
        &self.0
    }
}

impl fmt::Debug for SecretKeyBase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKeyBase([redacted])")
    }
}

/// A secret of at least 20 bytes that tokens may be made with (spec §6.1).
///
/// Only for sharing tokens with a system that uses a plain secret text; an application has a [`SecretKeyBase`].
/// Cloning copies a pointer, and clones share their derived keys.
#[derive(Clone)]
pub struct TokenSecret(Arc<Inner>);

struct Inner {
    bytes: Vec<u8>,
    /// Derived keys, the one used last at the end. Deriving one takes a thousand rounds of HMAC, so it is done once per salt.
    keys: Mutex<VecDeque<DerivedKey>>,
}

struct DerivedKey {
    salt: String,
    options: KeyOptions,
    key: Arc<[u8]>,
}

impl TokenSecret {
    /// The secret with these bytes.
    ///
    /// # Errors
    /// [`SecretError`] when there are fewer than [`MIN_SECRET_LEN`] bytes.
    pub fn new(secret: impl Into<Vec<u8>>) -> Result<Self, SecretError> {
        Self::at_least(MIN_SECRET_LEN, secret.into())
    }

    fn at_least(required: usize, bytes: Vec<u8>) -> Result<Self, SecretError> {
        let actual = bytes.len();
        if actual < required { Err(SecretError { actual, required }) } else { Ok(Self::from_bytes(bytes)) }
    }

    fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(Arc::new(Inner { bytes, keys: Mutex::default() }))
    }

    /// The key for a salt: PBKDF2 of the secret, kept for the next time (spec §6.2).
    pub(crate) fn key(&self, salt: &str, options: KeyOptions) -> Arc<[u8]> {
        if let Some(key) = self.cached(salt, options) {
            return key;
        }
        let key: Arc<[u8]> = crypto::derive(&self.0.bytes, salt.as_bytes(), options).into();
        let mut keys = self.0.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if keys.len() >= MAX_CACHED_KEYS {
            keys.pop_front();
        }
        keys.push_back(DerivedKey { salt: salt.to_owned(), options, key: Arc::clone(&key) });
        key
    }

    fn cached(&self, salt: &str, options: KeyOptions) -> Option<Arc<[u8]>> {
        let mut keys = self.0.keys.lock().unwrap_or_else(PoisonError::into_inner);
        let at = keys.iter().position(|known| known.salt == salt && known.options == options)?;
        let known = keys.remove(at)?;
        let key = Arc::clone(&known.key);
        keys.push_back(known);
        Some(key)
    }
}

impl fmt::Debug for TokenSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenSecret([redacted])")
    }
}

/// How a key is derived from a secret and a salt (spec §6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyOptions {
    /// Rounds of PBKDF2. Default 1000. 0 counts as 1.
    pub iterations: u32,
    /// The length of the key in bytes. Default 32.
    pub length: usize,
    /// The hash function of PBKDF2. Default SHA-256.
    pub digest: KeyDigest,
}

impl Default for KeyOptions {
    fn default() -> Self {
        Self { iterations: 1000, length: 32, digest: KeyDigest::Sha256 }
    }
}

/// The hash function of the key derivation. The signature itself is always HMAC-SHA256.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyDigest {
    /// SHA-256, the default.
    #[default]
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_secrets_are_refused_with_advice() {
        let error = SecretKeyBase::new("0123456789abcdef").unwrap_err();
        assert_eq!((error.actual, error.required), (16, 64));
        assert!(error.to_string().contains("openssl rand -base64 48"), "{error}");
        assert!(SecretKeyBase::new("a".repeat(63)).is_err());
        assert!(SecretKeyBase::new("a".repeat(64)).is_ok());
        assert!(TokenSecret::new("a".repeat(19)).is_err());
        assert!(TokenSecret::new("a".repeat(20)).is_ok());
    }

    #[test]
    fn secrets_are_not_shown() {
        let secret = SecretKeyBase::new("a".repeat(64)).unwrap();
        assert_eq!(format!("{secret:?} {:?}", *secret), "SecretKeyBase([redacted]) TokenSecret([redacted])");
    }

    #[test]
    fn derived_keys_are_kept_within_bounds() {
        let secret = SecretKeyBase::random();
        let options = KeyOptions { iterations: 1, ..KeyOptions::default() };
        let first = secret.key("0", options);
        assert!(Arc::ptr_eq(&first, &secret.clone().key("0", options)));
        assert!(!Arc::ptr_eq(&first, &secret.key("0", KeyOptions { iterations: 2, ..options })));
        for salt in 0..3 * MAX_CACHED_KEYS {
            secret.key(&salt.to_string(), options);
        }
        assert_eq!(secret.0.0.keys.lock().unwrap().len(), MAX_CACHED_KEYS);
        assert_eq!(secret.key("0", options), first);
    }

    #[test]
    fn a_key_in_use_stays_whatever_other_salts_come() {
        let secret = SecretKeyBase::random();
        let options = KeyOptions { iterations: 1, ..KeyOptions::default() };
        let used = secret.key("used", options);
        for salt in 0..3 * MAX_CACHED_KEYS {
            secret.key(&salt.to_string(), options);
            assert!(Arc::ptr_eq(&used, &secret.key("used", options)), "forgotten after {salt}");
        }
    }

    #[test]
    fn random_secrets_differ() {
        let options = KeyOptions::default();
        assert_ne!(SecretKeyBase::random().key("a", options), SecretKeyBase::random().key("a", options));
    }
}
