//! The sessions of this node.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Session;
use crate::token::{self, SecretKeyBase};

/// Salt of session tokens.
const SALT: &str = "firecrest longpoll";

/// Lifetime of a session token (spec §1.2): 14 days.
const MAX_AGE: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// Most sessions of a node; beyond it new ones are refused with HTTP 503. Worst-case memory: this many outboxes.
const MAX_SESSIONS: usize = 100_000;

/// Sessions by their id.
#[derive(Clone, Default)]
pub(crate) struct Sessions(Arc<Mutex<HashMap<String, Arc<Session>>>>);

impl Sessions {
    /// An id that nobody can guess: 128 random bits.
    pub(super) fn new_id() -> String {
        format!("{:032x}", rand::random::<u128>())
    }

    pub(super) fn is_full(&self) -> bool {
        self.lock().len() >= MAX_SESSIONS
    }

    pub(super) fn insert(&self, session: &Arc<Session>) {
        self.lock().insert(session.id.clone(), Arc::clone(session));
    }

    pub(super) fn remove(&self, id: &str) {
        self.lock().remove(id);
    }

    /// The session a token stands for. An expired, forged or foreign token stands for none (spec §4.5).
    pub(super) fn find(&self, secret: &SecretKeyBase, token: Option<&str>) -> Option<Arc<Session>> {
        let id: String = token::verify(secret, SALT, token, MAX_AGE).ok()?;
        self.lock().get(&id).map(Arc::clone)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<Session>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The token of a session: its only credential.
pub(super) fn token(secret: &SecretKeyBase, id: &str) -> Result<String, token::SignError> {
    token::sign(secret, SALT, &id)
}
