//! How the way to the other nodes is.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

/// Whether a node reaches the others. Whatever it is, the node serves its own clients.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Health {
    /// It has not been connected yet.
    Connecting {
        /// Since when it tries.
        since: SystemTime,
        /// Why the last attempt failed, without secrets; nothing before that.
        error: Option<Arc<str>>,
    },
    /// What is published reaches the others.
    Connected,
    /// It was connected, and tries again.
    Disconnected {
        /// When the connection was lost.
        since: SystemTime,
        /// Why the last attempt failed, without secrets.
        error: Arc<str>,
    },
    /// It was closed.
    Closed,
}

impl Health {
    /// Whether it is [`Health::Connected`].
    pub fn is_connected(&self) -> bool {
        matches!(self, Health::Connected)
    }
}

/// One word: `connecting`, `connected`, `disconnected` or `closed`.
impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Health::Connecting { .. } => "connecting",
            Health::Connected => "connected",
            Health::Disconnected { .. } => "disconnected",
            Health::Closed => "closed",
        })
    }
}
