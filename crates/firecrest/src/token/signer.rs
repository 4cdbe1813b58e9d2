use std::time::SystemTime;

use firecrest_wire::etf::Term;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::envelope::Envelope;
use super::{KeyDigest, KeyOptions, MAX_TOKEN_LEN, MaxAge, SignError, TokenError, TokenSecret, crypto};

/// Makes a signed token from `data`, valid for a day (spec §6.1).
///
/// Everybody who holds the token can read `data`; see [`encrypt`] for what must stay secret.
///
/// # Errors
/// [`SignError`] when `data` has no JSON form or is too large.
pub fn sign<T: Serialize + ?Sized>(secret: &TokenSecret, salt: &str, data: &T) -> Result<String, SignError> {
    Signer::new(secret, salt).sign(data)
}

/// The value of a signed token that was made with the same secret and salt (spec §6.1).
///
/// `max_age` is a `Duration` or a [`MaxAge`]; it overrides what the token says about itself.
///
/// # Errors
/// [`TokenError`]: missing, invalid, or expired.
pub fn verify<T: DeserializeOwned>(
    secret: &TokenSecret,
    salt: &str,
    token: Option<&str>,
    max_age: impl Into<MaxAge>,
) -> Result<T, TokenError> {
    Signer::new(secret, salt).max_age(max_age).verify(token)
}

/// Makes an encrypted token from `data`, valid for a day (spec §6.4).
///
/// # Errors
/// As for [`sign`].
pub fn encrypt<T: Serialize + ?Sized>(
    secret: &TokenSecret,
    salt: &str,
    data: &T,
) -> Result<String, SignError> {
    Signer::new(secret, salt).encrypt(data)
}

/// The value of an encrypted token that was made with the same secret and salt (spec §6.4).
///
/// # Errors
/// As for [`verify`].
pub fn decrypt<T: DeserializeOwned>(
    secret: &TokenSecret,
    salt: &str,
    token: Option<&str>,
    max_age: impl Into<MaxAge>,
) -> Result<T, TokenError> {
    Signer::new(secret, salt).max_age(max_age).decrypt(token)
}

/// Makes and reads tokens with options of your choice (spec §6.1).
///
/// Who reads a token needs the same secret, salt and key options as who made it.
#[derive(Clone, Debug)]
pub struct Signer {
    secret: TokenSecret,
    salt: String,
    key: KeyOptions,
    signed_at: Option<SystemTime>,
    now: Option<SystemTime>,
    max_age: MaxAge,
}

impl Signer {
    /// A signer with the defaults of the reference.
    pub fn new(secret: &TokenSecret, salt: impl Into<String>) -> Self {
        Self {
            secret: secret.clone(),
            salt: salt.into(),
            key: KeyOptions::default(),
            signed_at: None,
            now: None,
            max_age: MaxAge::AsSigned,
        }
    }

    /// Rounds of the key derivation. Default 1000.
    pub fn key_iterations(mut self, iterations: u32) -> Self {
        self.key.iterations = iterations;
        self
    }

    /// The length of the key in bytes. Default 32, which encryption requires.
    pub fn key_length(mut self, bytes: usize) -> Self {
        self.key.length = bytes;
        self
    }

    /// The hash function of the key derivation. Default SHA-256.
    pub fn key_digest(mut self, digest: KeyDigest) -> Self {
        self.key.digest = digest;
        self
    }

    /// The time that made tokens carry, to the millisecond. Default: now.
    pub fn signed_at(mut self, time: SystemTime) -> Self {
        self.signed_at = Some(time);
        self
    }

    /// The time that counts as now when a token is read or made. Default: the clock of the system.
    pub fn now(mut self, time: SystemTime) -> Self {
        self.now = Some(time);
        self
    }

    /// How long a token is valid: written into made tokens, and overriding what read ones say. A `Duration` or a
    /// [`MaxAge`]. Default [`MaxAge::AsSigned`].
    pub fn max_age(mut self, max_age: impl Into<MaxAge>) -> Self {
        self.max_age = max_age.into();
        self
    }

    /// Makes a signed token.
    ///
    /// # Errors
    /// [`SignError`] when `data` has no JSON form or is too large.
    pub fn sign<T: Serialize + ?Sized>(&self, data: &T) -> Result<String, SignError> {
        self.sign_term(to_term(data)?)
    }

    /// Makes a signed token from a term, for values that JSON has no name for.
    ///
    /// # Errors
    /// [`SignError::TooLong`].
    pub fn sign_term(&self, data: Term) -> Result<String, SignError> {
        fitting(crypto::sign_raw(&self.key(), &self.payload(data)))
    }

    /// The value of a signed token.
    ///
    /// # Errors
    /// [`TokenError`]: missing, invalid, or expired.
    pub fn verify<T: DeserializeOwned>(&self, token: Option<&str>) -> Result<T, TokenError> {
        from_term(&self.verify_term(token)?)
    }

    /// The value of a signed token as the term that it is.
    ///
    /// # Errors
    /// [`TokenError`]: missing, invalid, or expired.
    pub fn verify_term(&self, token: Option<&str>) -> Result<Term, TokenError> {
        self.read(token, crypto::open_signed)
    }

    /// Makes an encrypted token.
    ///
    /// # Errors
    /// [`SignError`] when `data` has no JSON form or is too large, or the key has not 32 bytes.
    pub fn encrypt<T: Serialize + ?Sized>(&self, data: &T) -> Result<String, SignError> {
        let payload = self.payload(to_term(data)?);
        fitting(crypto::seal(&self.key(), &payload).ok_or(SignError::KeyLength(self.key.length))?)
    }

    /// The value of an encrypted token.
    ///
    /// # Errors
    /// [`TokenError`]: missing, invalid, or expired.
    pub fn decrypt<T: DeserializeOwned>(&self, token: Option<&str>) -> Result<T, TokenError> {
        from_term(&self.read(token, crypto::open)?)
    }

    fn read(
        &self,
        token: Option<&str>,
        open: fn(&[u8], &str) -> Option<Vec<u8>>,
    ) -> Result<Term, TokenError> {
        let token = token.ok_or(TokenError::Missing)?;
        if token.len() > MAX_TOKEN_LEN {
            return Err(TokenError::Invalid);
        }
        let payload = open(&self.key(), token).ok_or(TokenError::Invalid)?;
        let envelope = Envelope::decode(&payload).ok_or(TokenError::Invalid)?;
        envelope.check_age(self.clock(), self.max_age)?;
        Ok(envelope.data)
    }

    fn payload(&self, data: Term) -> Vec<u8> {
        Envelope::new(data, self.signed_at.unwrap_or_else(|| self.clock()), self.max_age).encode()
    }

    fn clock(&self) -> SystemTime {
        self.now.unwrap_or_else(SystemTime::now)
    }

    fn key(&self) -> std::sync::Arc<[u8]> {
        self.secret.key(&self.salt, self.key)
    }
}

fn to_term<T: Serialize + ?Sized>(data: &T) -> Result<Term, SignError> {
    Ok(Term::from(&serde_json::to_value(data)?))
}

fn from_term<T: DeserializeOwned>(term: &Term) -> Result<T, TokenError> {
    let value = Value::try_from(term).map_err(|_| TokenError::Invalid)?;
    serde_json::from_value(value).map_err(|_| TokenError::Invalid)
}

fn fitting(token: String) -> Result<String, SignError> {
    if token.len() > MAX_TOKEN_LEN { Err(SignError::TooLong(token.len())) } else { Ok(token) }
}

#[cfg(test)]
mod tests;
