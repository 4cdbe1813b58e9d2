//! What a client hears.

use firecrest_wire::{Payload, Text};

use crate::JoinError;

/// Something that happens to a joined channel.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// A push or a broadcast.
    Message {
        /// Its event.
        event: Text,
        /// Its payload.
        payload: Payload,
    },
    /// The channel crashed on the server (`phx_error`) and will be joined again.
    Error(Payload),
    /// The connection was lost; the channel will be joined again on the next one.
    Disconnected(CloseInfo),
    /// The channel has been joined again, and this is the reply. What was broadcast in between is lost.
    Rejoined(Payload),
    /// An attempt to join again failed; there will be another.
    RejoinFailed(JoinError),
    /// This many events were dropped because they were not taken in time
    /// ([`ClientConfig::max_events`](crate::ClientConfig::max_events)).
    Lagged(u64),
    /// The channel was left, closed by the server (`phx_close`), or its client disconnected. There is nothing after this
    /// unless it is joined again.
    Closed,
}

/// The answer to a push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The status, `ok` or `error` as a rule.
    pub status: Text,
    /// The response.
    pub payload: Payload,
}

impl Reply {
    /// Whether the status is `ok`.
    pub fn is_ok(&self) -> bool {
        self.status == "ok"
    }
}

/// How a connection ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CloseInfo {
    /// The close code (spec §1.13): the server's, 1000 when this client closed, none when the connection broke.
    pub code: Option<u16>,
    /// The reason sent with the code, or the error that broke the connection.
    pub reason: String,
}

impl CloseInfo {
    pub(crate) fn new(code: impl Into<Option<u16>>, reason: impl Into<String>) -> Self {
        CloseInfo { code: code.into(), reason: reason.into() }
    }
}
