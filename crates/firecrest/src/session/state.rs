use std::convert::Infallible;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use firecrest_wire::etf::Term;
use http::HeaderValue;
use http::request::Parts;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::codec::Codec;
use super::{SessionData, SessionError, SessionRejection, cookie, csrf};

/// The session of the current request, as an axum extractor.
///
/// It is decoded when it is first looked at, and written to the response only when it was changed. Clones share the
/// same session. Changes after the response's headers were sent are lost.
#[derive(Clone)]
pub struct Session(Arc<Mutex<State>>);

struct State {
    codec: Codec,
    /// The value of the cookie in the request.
    cookie: Option<String>,
    /// The decoded session; nothing until somebody asks.
    data: Option<SessionData>,
    /// Whether the response must carry the session.
    changed: bool,
}

impl Session {
    pub(super) fn new(codec: Codec, cookie: Option<String>) -> Self {
        Self(Arc::new(Mutex::new(State { codec, cookie, data: None, changed: false })))
    }

    /// The value of `key`; nothing when it is absent or no `T`.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        self.state().data().get(key)
    }

    /// Sets the value of `key`.
    ///
    /// # Errors
    /// [`SessionError`] when the value has no JSON form or the cookie would become too large; the session is then as
    /// it was.
    pub fn insert<T: Serialize + ?Sized>(&self, key: &str, value: &T) -> Result<(), SessionError> {
        self.state().insert(key, Term::from(&serde_json::to_value(value).map_err(SessionError::from)?))
    }

    /// Sets the value of `key` to a term, for values that JSON has no name for.
    ///
    /// # Errors
    /// [`SessionError::TooLarge`].
    pub fn insert_term(&self, key: &str, value: Term) -> Result<(), SessionError> {
        self.state().insert(key, value)
    }

    /// Removes `key` and returns its value, when it has a JSON form.
    pub fn remove(&self, key: &str) -> Option<Value> {
        let mut state = self.state();
        let removed = state.data().remove(key)?;
        state.changed = true;
        Value::try_from(&removed).ok()
    }

    /// Removes everything. The browser is told to forget the cookie.
    pub fn clear(&self) {
        let mut state = self.state();
        state.data().clear();
        state.changed = true;
    }

    /// Writes the cookie anew and forgets the CSRF state, so that tokens from before are worth nothing.
    ///
    /// Call it whenever the rights of the visitor change, above all at login, before anything is inserted.
    pub fn renew(&self) {
        let mut state = self.state();
        let key = Arc::clone(&state.codec.config);
        state.data().remove(&key.csrf_key);
        state.changed = true;
    }

    /// A copy of the content.
    pub fn data(&self) -> SessionData {
        self.state().data().clone()
    }

    /// Whether `token` is a CSRF token of this session. Takes constant time (spec §1.9).
    pub fn has_csrf_token(&self, token: &str) -> bool {
        let mut state = self.state();
        let config = Arc::clone(&state.codec.config);
        csrf::validate(state.data(), &config.csrf_key, token)
    }

    /// A CSRF token for the page that is being made.
    pub(crate) fn csrf_token(&self) -> Result<csrf::CsrfToken, SessionError> {
        self.csrf_state().map(csrf::CsrfToken::new)
    }

    /// The CSRF state, made now if there is none.
    pub(super) fn csrf_state(&self) -> Result<csrf::State, SessionError> {
        let mut state = self.state();
        let config = Arc::clone(&state.codec.config);
        if let Some(known) = state.data().text(&config.csrf_key).and_then(csrf::State::parse) {
            return Ok(known);
        }
        let new = csrf::State::random();
        state.insert(&config.csrf_key, Term::text(new.as_str()))?;
        Ok(new)
    }

    /// The header that the response must carry, if any.
    pub(super) fn set_cookie(&self, secure: bool) -> Option<Result<HeaderValue, SessionError>> {
        let mut state = self.state();
        if !state.changed {
            return None;
        }
        if state.data().is_empty() {
            state.cookie.as_ref()?;
            return cookie::set(&state.codec.config, None, secure).map(Ok);
        }
        if let Err(error) = state.check_size() {
            return Some(Err(error));
        }
        let codec = state.codec.clone();
        let value = codec.encode(state.data())?;
        cookie::set(&codec.config, Some(&value), secure).map(Ok)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn data(&mut self) -> &mut SessionData {
        self.data.get_or_insert_with(|| {
            self.cookie.as_deref().map(|cookie| self.codec.decode(cookie)).unwrap_or_default()
        })
    }

    fn insert(&mut self, key: &str, value: Term) -> Result<(), SessionError> {
        let before = self.data().insert_term(key, value);
        if let Err(error) = self.check_size() {
            match before {
                Some(before) => self.data().insert_term(key, before),
                None => self.data().remove(key),
            };
            return Err(error);
        }
        self.changed = true;
        Ok(())
    }

    fn check_size(&mut self) -> Result<(), SessionError> {
        let codec = self.codec.clone();
        let (size, limit) = (codec.cookie_len(self.data()), codec.config.max_size);
        if size > limit { Err(SessionError::TooLarge { size, limit }) } else { Ok(()) }
    }
}

/// The content is not shown: it may be secret.
impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Session {
    type Rejection = SessionRejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, SessionRejection> {
        parts.extensions.get::<Session>().cloned().ok_or(SessionRejection::NoLayer)
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for Session {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Option<Self>, Infallible> {
        Ok(parts.extensions.get::<Session>().cloned())
    }
}
