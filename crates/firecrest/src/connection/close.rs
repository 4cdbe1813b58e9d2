//! Why the server closes a connection.

use firecrest_wire::websocket::CloseCode;

use crate::channel::Reason;

/// Why a connection ends. Each has a close code that makes clients come back, except the client's own wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CloseReason {
    /// The client closed, with this code.
    Client(Option<u16>),
    /// The network broke, or the client vanished.
    Lost,
    /// The client said nothing for the idle timeout.
    Timeout,
    /// A `disconnect` on the socket's id.
    Disconnected,
    /// The server is shutting down.
    Draining,
    /// The outbox reached its bound.
    SlowReader,
    /// The client broke the WebSocket protocol or a limit of it.
    Protocol(CloseCode),
    /// What came was no message (spec §2.8).
    Undecodable,
    /// The long-poll session was not polled any more.
    Inactive,
}

impl CloseReason {
    /// The code the client is told (spec §1.13).
    pub(crate) fn code(self) -> CloseCode {
        match self {
            CloseReason::Client(code) => CloseCode::reply_to(code),
            CloseReason::Timeout => CloseCode::PROTOCOL_ERROR,
            CloseReason::Disconnected | CloseReason::Lost | CloseReason::Inactive => CloseCode::GOING_AWAY,
            CloseReason::Draining => CloseCode::SERVICE_RESTART,
            CloseReason::SlowReader => CloseCode::SLOW_READER,
            CloseReason::Protocol(code) => code,
            CloseReason::Undecodable => CloseCode::INTERNAL_ERROR,
        }
    }

    /// As metrics say it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            CloseReason::Client(_) => "client",
            CloseReason::Lost => "lost",
            CloseReason::Timeout => "timeout",
            CloseReason::Disconnected => "disconnected",
            CloseReason::Draining => "draining",
            CloseReason::SlowReader => "slow_reader",
            CloseReason::Protocol(_) => "protocol",
            CloseReason::Undecodable => "undecodable",
            CloseReason::Inactive => "inactive",
        }
    }

    /// What the channels of the connection are told.
    pub(crate) fn reason(self) -> Reason {
        match self {
            CloseReason::Client(_) | CloseReason::Lost => Reason::Closed,
            CloseReason::Timeout => Reason::Timeout,
            CloseReason::Disconnected => Reason::Disconnected,
            CloseReason::Draining => Reason::Draining,
            CloseReason::SlowReader | CloseReason::Protocol(_) | CloseReason::Undecodable => Reason::Refused,
            CloseReason::Inactive => Reason::Inactive,
        }
    }
}
