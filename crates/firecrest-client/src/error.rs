//! What can fail.

use firecrest_wire::{EncodeError, Payload};
use tokio_tungstenite::tungstenite;

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The URL is none, or of a scheme that is not supported.
    #[error("{url:?} is not a WebSocket URL: {reason}")]
    Url {
        /// The URL, without its query.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A header that cannot be sent.
    #[error("the header {name:?} or its value cannot be sent")]
    Header {
        /// Its name.
        name: String,
    },
    /// The server answered, but with another HTTP status than 101. 403 is a refusal by its `connect` (spec §1.6).
    #[error("the server refused the connection with HTTP status {status}")]
    Refused {
        /// The HTTP status.
        status: u16,
    },
    /// The server did not answer in time.
    #[error("the server did not answer in time")]
    Timeout,
    /// The network failed, or what answers is no WebSocket server.
    #[error("cannot connect: {0}")]
    Transport(TransportError),
}

/// An error of the network or the WebSocket protocol; only its text is of interest.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct TransportError(pub(crate) Box<tungstenite::Error>);

/// Why a channel is not joined.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JoinError {
    /// The server refused; the payload says why, mostly in its member `reason` (spec §3.4).
    #[error("the server refused the join: {0:?}")]
    Rejected(Payload),
    /// There was no answer in time, or no connection all the time.
    #[error("the join was not answered in time")]
    Timeout,
    /// This channel, or another one of this client with its topic, is joined already.
    #[error("the client has joined this topic already")]
    AlreadyJoined,
    /// The channel was left, or closed by the server, before the join was answered.
    #[error("the channel was closed while it was being joined")]
    Closed,
    /// The client has been disconnected.
    #[error("the client is disconnected")]
    Disconnected,
    /// The join cannot be written down: a binary payload with a topic over 255 bytes.
    #[error("the join cannot be sent: {0}")]
    Encode(String),
}

/// Why there is no reply to a push.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PushError {
    /// There was no reply in time. The server may have handled the message all the same.
    #[error("there was no reply in time")]
    Timeout,
    /// The channel has not been joined, or has been left or closed.
    #[error("the channel is not joined")]
    NotJoined,
    /// The connection was lost or the channel crashed before there was a reply. The server may have handled the message.
    #[error("the connection or the channel ended before there was a reply")]
    Interrupted,
    /// Too many pushes wait ([`ClientConfig::max_unsent`](crate::ClientConfig::max_unsent),
    /// [`max_unanswered`](crate::ClientConfig::max_unanswered)). The message has not been sent.
    #[error("too many pushes are waiting")]
    Full,
    /// The client has been disconnected.
    #[error("the client is disconnected")]
    Disconnected,
    /// The message cannot be written down.
    #[error("the message cannot be sent: {0}")]
    Encode(#[from] EncodeError),
}
