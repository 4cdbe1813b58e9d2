//! CSRF tokens in the format of Plug (spec §1.9).
//!
//! The session holds a random *state*. A page gets the state *masked*: combined with a random mask that is different
//! every time, so that a compressed page does not reveal the state to somebody who can observe its length.

use std::fmt;

use axum::extract::FromRequestParts;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use http::request::Parts;
use subtle::ConstantTimeEq;

use super::{Session, SessionData, SessionRejection};

/// The length of the state, and of the mask.
const STATE_LEN: usize = 24;

/// The length of the encoded combination of state and mask.
const COMBINED_LEN: usize = 32;

/// Whether `token` is a masked form of the state that `session` holds under `key`. Takes constant time.
pub fn validate(session: &SessionData, key: &str, token: &str) -> bool {
    session.text(key).and_then(State::parse).is_some_and(|state| state.matches(token))
}

/// A masked token for the state that `session` holds under `key`, if it holds one.
pub(crate) fn masked(session: &SessionData, key: &str) -> Option<String> {
    session.text(key).and_then(State::parse).map(|state| state.masked())
}

/// A CSRF token for the page that is being made, as an axum extractor.
///
/// Shown as text it is the masked token, which belongs into `<meta name="csrf-token">` and into a hidden field
/// `_csrf_token` of every form. The session gets a state if it has none.
pub struct CsrfToken(State);

impl CsrfToken {
    pub(super) fn new(state: State) -> Self {
        CsrfToken(state)
    }

    /// A masked token of 56 characters that are safe in HTML and URLs; another one each time.
    pub fn masked(&self) -> String {
        self.0.masked()
    }
}

impl fmt::Display for CsrfToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Debug for CsrfToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CsrfToken([redacted])")
    }
}

impl<S: Send + Sync> FromRequestParts<S> for CsrfToken {
    type Rejection = SessionRejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, SessionRejection> {
        let session = parts.extensions.get::<Session>().ok_or(SessionRejection::NoLayer)?;
        Ok(Self(session.csrf_state()?))
    }
}

/// The unmasked secret: 24 characters, the base64url text of 18 random bytes.
pub(super) struct State(String);

impl State {
    pub(super) fn random() -> Self {
        Self(URL_SAFE.encode(rand::random::<[u8; 18]>()))
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        (text.len() == STATE_LEN).then(|| Self(text.to_owned()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    fn masked(&self) -> String {
        let mask = Self::random();
        URL_SAFE.encode(xor(self.0.as_bytes(), mask.0.as_bytes())) + &mask.0
    }

    fn matches(&self, token: &str) -> bool {
        let Some((combined, mask)) = token.split_at_checked(COMBINED_LEN) else { return false };
        let Ok(combined) = URL_SAFE.decode(combined) else { return false };
        mask.len() == STATE_LEN && xor(&combined, mask.as_bytes()).ct_eq(self.0.as_bytes()).into()
    }
}

fn xor(left: &[u8], right: &[u8]) -> Vec<u8> {
    left.iter().zip(right).map(|(left, right)| left ^ right).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn session(state: &str) -> SessionData {
        let mut data = SessionData::default();
        data.insert("_csrf_token", state).unwrap();
        data
    }

    fn is_valid(state: &str, token: &str) -> bool {
        validate(&session(state), "_csrf_token", token)
    }

    /// The lengths of spec §1.9.
    #[test]
    fn the_token_has_the_documented_shape() {
        let state = State::random();
        let token = CsrfToken(State::parse(state.as_str()).unwrap());
        assert_eq!((state.as_str().len(), token.masked().len()), (24, 56));
        assert_ne!(token.masked(), token.masked());
        assert!(is_valid(state.as_str(), &token.to_string()));
        assert_eq!(format!("{token:?}"), "CsrfToken([redacted])");
    }

    /// Combined by hand: XOR of `AAAA…` and `BBBB…` is 24 times the byte 3.
    #[test]
    fn a_token_made_elsewhere_is_understood() {
        let token = format!("{}{}", "AwMD".repeat(8), "B".repeat(24));
        assert!(is_valid(&"A".repeat(24), &token));
        assert!(!is_valid(&"C".repeat(24), &token));
    }

    #[test]
    fn other_tokens_are_refused() {
        let state = State::random();
        let token = state.masked();
        for other in
            ["", "x", state.as_str(), &token[1..], &format!("{token}A"), &"é".repeat(28), &"=".repeat(56)]
        {
            assert!(!is_valid(state.as_str(), other), "{other:?}");
        }
        assert!(!is_valid(State::random().as_str(), &token));
        assert!(!is_valid("short", &token));
        assert!(!validate(&SessionData::default(), "_csrf_token", &token));
        assert!(!validate(&session(state.as_str()), "other", &token));
    }

    proptest! {
        #[test]
        fn arbitrary_text_is_refused_without_panic(token in "\\PC{0,80}", shaped in "[A-Za-z0-9_=-]{56}") {
            let state = State::random();
            prop_assert!(!is_valid(state.as_str(), &token));
            prop_assert!(!is_valid(state.as_str(), &shaped));
        }
    }
}
