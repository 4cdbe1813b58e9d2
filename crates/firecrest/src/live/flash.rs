//! Messages for the visitor that are shown once (F063, F104).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::session::{Session, SessionError};

/// Messages by kind, such as `info` and `error`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Flash(BTreeMap<String, String>);

/// Where a redirect's flash waits in the session for the next page.
pub(super) const FLASH_KEY: &str = "phoenix_flash";

/// Shows a message on the next live page that this visitor loads: for HTTP handlers that end with a redirect (F104).
///
/// # Errors
/// When the session's cookie has no room for it.
pub fn put_flash(
    session: &Session,
    kind: impl Into<String>,
    message: impl Into<String>,
) -> Result<(), SessionError> {
    let mut flash: Flash = session.get(FLASH_KEY).unwrap_or_default();
    flash.put(kind, message);
    session.insert(FLASH_KEY, &flash)
}

impl Flash {
    /// The message of this kind.
    pub fn get(&self, kind: &str) -> Option<&str> {
        self.0.get(kind).map(String::as_str)
    }

    /// Kinds and messages, sorted by kind.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(kind, message)| (kind.as_str(), message.as_str()))
    }

    /// Whether there is no message.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn put(&mut self, kind: impl Into<String>, message: impl Into<String>) {
        self.0.insert(kind.into(), message.into());
    }

    /// Removes one message, or all.
    pub(super) fn clear(&mut self, kind: Option<&str>) {
        match kind {
            Some(kind) => drop(self.0.remove(kind)),
            None => self.0.clear(),
        }
    }

    pub(super) fn extend(&mut self, other: Flash) {
        self.0.extend(other.0);
    }
}
