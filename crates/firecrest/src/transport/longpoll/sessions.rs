//! The sessions of this node, and the way to those of others.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use firecrest_pubsub::PubSub;
use tokio_util::task::TaskTracker;

use super::Session;
use super::relay::{Relay, Remote};
use crate::token::{self, SecretKeyBase};

/// Salt of session tokens.
const SALT: &str = "firecrest longpoll";

/// Lifetime of a session token (spec §1.2): 14 days.
const MAX_AGE: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// Most sessions of a node; beyond it new ones are refused with HTTP 503. Worst-case memory: two outboxes each.
const MAX_SESSIONS: usize = 100_000;

/// Which session: 128 random bits, that nobody can guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct SessionId(pub(super) u128);

impl SessionId {
    pub(super) fn new() -> Self {
        SessionId(rand::random())
    }

    fn parse(text: &str) -> Option<Self> {
        u128::from_str_radix(text, 16).ok().map(SessionId)
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// All sessions that a request may mean.
pub(crate) struct Sessions {
    table: Table,
    relay: Option<Arc<Relay>>,
}

/// Where a session is.
pub(super) enum Place {
    Here(Arc<Session>),
    Elsewhere(Remote),
}

impl Sessions {
    /// None yet. With other nodes, theirs can be reached from now on, and ours by them.
    pub(crate) fn new(pubsub: &PubSub, secret: &SecretKeyBase, tracker: &TaskTracker) -> Self {
        let table = Table::default();
        let relay = Relay::new(pubsub, table.clone(), secret, tracker);
        Sessions { table, relay }
    }

    pub(super) fn is_full(&self) -> bool {
        self.table.lock().len() >= MAX_SESSIONS
    }

    /// Sends the polls home that wait here for sessions of other nodes: this node goes, and those do not.
    pub(crate) fn send_home(&self) {
        if let Some(relay) = &self.relay {
            relay.send_home();
        }
    }

    /// The sessions of this node.
    pub(super) fn table(&self) -> &Table {
        &self.table
    }

    /// The token of a session of this node: its only credential. With other nodes, it also says whose the session is.
    pub(super) fn token(&self, secret: &SecretKeyBase, id: SessionId) -> Result<String, token::SignError> {
        let content = match &self.relay {
            Some(relay) => format!("{id}@{}", relay.name()),
            None => id.to_string(),
        };
        token::sign(secret, SALT, &content)
    }

    /// The session a token stands for. An expired, forged or foreign token stands for none (spec §4.5). Another node has `timeout`
    /// to say something.
    pub(super) fn find(
        &self,
        secret: &SecretKeyBase,
        token: Option<&str>,
        timeout: Duration,
    ) -> Option<Place> {
        let content: String = token::verify(secret, SALT, token, MAX_AGE).ok()?;
        let (id, node) = match content.split_once('@') {
            Some((id, node)) => (SessionId::parse(id)?, Some(node)),
            None => (SessionId::parse(&content)?, None),
        };
        match (&self.relay, node) {
            (Some(relay), Some(node)) if **relay.name() != *node => {
                Some(Place::Elsewhere(Remote::new(relay, node, id, timeout)))
            }
            // A session that is not in the table is none, whatever its node is called.
            _ => self.table.get(id).map(Place::Here),
        }
    }

    #[cfg(test)]
    pub(super) fn relay(&self) -> Option<&Arc<Relay>> {
        self.relay.as_ref()
    }
}

/// The sessions of this node by their id.
#[derive(Clone, Default)]
pub(super) struct Table(Arc<Mutex<HashMap<SessionId, Arc<Session>>>>);

impl Table {
    pub(super) fn insert(&self, session: &Arc<Session>) {
        self.lock().insert(session.id, Arc::clone(session));
    }

    pub(super) fn remove(&self, id: SessionId) {
        self.lock().remove(&id);
    }

    pub(super) fn get(&self, id: SessionId) -> Option<Arc<Session>> {
        self.lock().get(&id).map(Arc::clone)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SessionId, Arc<Session>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
