//! What channels are called.

use std::sync::Arc;

/// The name of a channel.
pub(crate) type Name = Arc<[u8]>;

/// The names of an application's channels. A subject's is never a node's: what follows the prefix tells them apart.
#[derive(Debug)]
pub(crate) struct Names {
    prefix: String,
}

impl Names {
    pub(crate) fn new(prefix: String) -> Self {
        Names { prefix }
    }

    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Where messages on a subject are published.
    pub(crate) fn subject(&self, subject: &str) -> Name {
        self.name(":s:", subject)
    }

    /// Where messages to a node are published.
    pub(crate) fn node(&self, node: &str) -> Name {
        self.name(":n:", node)
    }

    /// Where nobody listens.
    pub(crate) fn nobody(&self) -> Name {
        self.name(":0", "")
    }

    fn name(&self, kind: &str, of: &str) -> Name {
        [&self.prefix, kind, of].concat().into_bytes().into()
    }
}
