//! From what the server says to complete frames.

use super::{EncodeError, binary, v1, v2};
use crate::websocket::Frame;
use crate::{Name, Payload, ProtocolVersion, Ref, Text};

/// Something the server says that is not a reply: a push, `phx_close`, `phx_error`.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
    /// The channel's join ref.
    pub join_ref: &'a Ref,
    /// Null for a push; the stored join ref for `phx_close` and `phx_error` (spec §2.5).
    pub reference: &'a Ref,
    /// The topic.
    pub topic: &'a str,
    /// The event.
    pub event: &'a str,
    /// An object or bytes.
    pub payload: &'a Payload,
}

/// A reply to a client's message, `phx_reply` on the wire.
#[derive(Clone, Copy, Debug)]
pub struct Reply<'a> {
    /// The join ref as spec §2.5 says for this kind of reply.
    pub join_ref: &'a Ref,
    /// The ref of the message that is answered.
    pub reference: &'a Ref,
    /// The topic, echoed.
    pub topic: &'a Name,
    /// `ok`, `error` or any other name.
    pub status: &'a str,
    /// Any JSON value, or bytes.
    pub payload: &'a Payload,
}

/// Encodes a push or another event for one client.
///
/// # Errors
/// A payload that is no object, a binary payload for version 1, a field too long for a binary frame.
pub fn encode(version: ProtocolVersion, message: &Outgoing<'_>) -> Result<Frame, EncodeError> {
    match (version, message.payload) {
        (_, payload) if !payload.is_object_or_binary() => Err(EncodeError::NotAnObject),
        (ProtocolVersion::V2, Payload::Json(json)) => Ok(v2::message(message, json)),
        (ProtocolVersion::V2, Payload::Binary(data)) => binary::push(message, data),
        (ProtocolVersion::V1, Payload::Json(json)) => Ok(v1::message(message, json)),
        (ProtocolVersion::V1, Payload::Binary(_)) => Err(EncodeError::BinaryInV1),
    }
}

/// Encodes a reply.
///
/// # Errors
/// A binary payload for version 1, a field too long for a binary frame.
pub fn encode_reply(version: ProtocolVersion, reply: &Reply<'_>) -> Result<Frame, EncodeError> {
    match (version, reply.payload) {
        (ProtocolVersion::V2, Payload::Json(json)) => Ok(v2::reply(reply, json)),
        (ProtocolVersion::V2, Payload::Binary(data)) => binary::reply(reply, data),
        (ProtocolVersion::V1, Payload::Json(json)) => Ok(v1::reply(reply, json)),
        (ProtocolVersion::V1, Payload::Binary(_)) => Err(EncodeError::BinaryInV1),
    }
}

/// Encodes a broadcast, once for all clients of this version.
///
/// # Errors
/// As [`encode`].
pub fn encode_broadcast(
    version: ProtocolVersion,
    topic: &str,
    event: &str,
    payload: &Payload,
) -> Result<Frame, EncodeError> {
    let null = Ref::null();
    match (version, payload) {
        (ProtocolVersion::V2, Payload::Binary(data)) => binary::broadcast(topic, event, data),
        _ => encode(version, &Outgoing { join_ref: &null, reference: &null, topic, event, payload }),
    }
}

/// Checks that every client of version 2 can be told this, before anybody is.
///
/// # Errors
/// A payload that is no object, or a name too long for the binary frame that a binary payload needs.
pub fn validate_broadcast(topic: &str, event: &str, payload: &Payload) -> Result<(), EncodeError> {
    match payload {
        Payload::Binary(_) => {
            binary::check("topic", topic)?;
            binary::check("event", event)
        }
        json if json.is_object_or_binary() => Ok(()),
        _ => Err(EncodeError::NotAnObject),
    }
}

/// The JSON text of a topic: quoted if it is a string, as it came otherwise.
pub(super) fn write_name(out: &mut Vec<u8>, name: &Name) {
    match name {
        Name::Text(text) => super::json::write_string(out, text),
        Name::Other(raw) => out.extend_from_slice(raw.as_bytes()),
    }
}

/// The `{"response":…,"status":…}` of a reply.
pub(super) fn write_reply_payload(out: &mut Vec<u8>, status: &str, json: &Text) {
    out.extend_from_slice(b"{\"response\":");
    out.extend_from_slice(json.as_bytes());
    out.extend_from_slice(b",\"status\":");
    super::json::write_string(out, status);
    out.push(b'}');
}
