//! What a handler answers.

use bytes::Bytes;
use firecrest_wire::{EncodeError, Payload};
use serde::Serialize;
use serde_json::Value;

/// What a callback of a channel returns (spec §3.5).
#[derive(Debug)]
#[must_use]
pub enum Outcome {
    /// Go on; say nothing. A live view is not rendered; an event of its page is acknowledged.
    NoReply,
    /// Go on. A live view is rendered, and what has changed is sent; an ordinary channel has nothing to render and says nothing.
    Render,
    /// Answer the message that is being handled, and go on. Only `handle_in` has a message to answer; elsewhere this
    /// crashes the channel.
    Reply(Reply),
    /// End the channel.
    Stop(Stop),
}

impl Outcome {
    /// Whether a channel crashes that has handled a client's message so.
    pub(crate) fn is_crash(&self) -> bool {
        let is_unfit = |reply: &Reply| reply.payload.is_err();
        match self {
            Outcome::NoReply | Outcome::Render => false,
            Outcome::Reply(reply) => is_unfit(reply),
            Outcome::Stop(stop) => stop.reason.is_crash() || stop.reply.as_ref().is_some_and(is_unfit),
        }
    }
}

/// An answer to a client's message: a status and a payload.
#[derive(Debug)]
#[must_use]
pub struct Reply {
    pub(crate) status: &'static str,
    /// The error is that of the payload; it crashes the channel when the reply is sent.
    pub(crate) payload: Result<Payload, EncodeError>,
}

impl Reply {
    /// Status `ok` with any serializable payload.
    pub fn ok(payload: impl Serialize) -> Self {
        Self::with_status("ok", payload)
    }

    /// Status `error` with any serializable payload.
    pub fn error(payload: impl Serialize) -> Self {
        Self::with_status("error", payload)
    }

    /// Any status: the official client calls the hooks registered with `receive(status, …)`.
    pub fn with_status(status: &'static str, payload: impl Serialize) -> Self {
        Reply { status, payload: Payload::json(&payload).map_err(EncodeError::from) }
    }

    /// Status `ok` with an empty payload.
    pub fn empty() -> Self {
        Self::payload("ok", Payload::empty())
    }

    /// Status `ok` with bytes, which travel as a binary frame. Clients of protocol version 1 cannot be told.
    pub fn binary(bytes: impl Into<Bytes>) -> Self {
        Self::payload("ok", Payload::Binary(bytes.into()))
    }

    /// Any status with a payload that is encoded already: to echo one, say.
    pub fn payload(status: &'static str, payload: Payload) -> Self {
        Reply { status, payload: Ok(payload) }
    }
}

/// How a channel ends.
#[derive(Debug)]
#[must_use]
pub struct Stop {
    pub(crate) reason: Reason,
    pub(crate) reply: Option<Reply>,
}

impl Stop {
    /// An orderly end: the client gets `phx_close` and does not rejoin.
    pub fn normal() -> Self {
        Stop { reason: Reason::Normal, reply: None }
    }

    /// An end by crash: the client gets `phx_error` and rejoins. The reason goes into the log.
    pub fn error(reason: impl Into<String>) -> Self {
        Stop { reason: Reason::Crashed(reason.into()), reply: None }
    }

    /// Answers the message that is being handled before ending.
    pub fn with_reply(mut self, reply: impl Into<Reply>) -> Self {
        self.reply = Some(reply.into());
        self
    }
}

/// Why a channel ended, as `terminate` is told (spec §3.8).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The channel stopped itself.
    Normal,
    /// The client left.
    Left,
    /// The connection was closed by the client, or the network.
    Closed,
    /// The connection was closed because the client said nothing for too long.
    Timeout,
    /// The connection was closed because the client read too slowly, or broke the protocol.
    Refused,
    /// All connections of this socket id were disconnected.
    Disconnected,
    /// The long-poll session was not polled any more.
    Inactive,
    /// The server is shutting down.
    Draining,
    /// The client joined the same topic again.
    DuplicateJoin,
    /// A callback panicked, returned what it may not, or asked for it.
    Crashed(String),
}

impl Reason {
    /// Whether the client is told `phx_error` rather than `phx_close`.
    pub fn is_crash(&self) -> bool {
        matches!(self, Reason::Crashed(_))
    }
}

impl From<Value> for Reply {
    fn from(payload: Value) -> Self {
        Reply::ok(payload)
    }
}

impl From<Reply> for Outcome {
    fn from(reply: Reply) -> Self {
        Outcome::Reply(reply)
    }
}

impl From<Stop> for Outcome {
    fn from(stop: Stop) -> Self {
        Outcome::Stop(stop)
    }
}
