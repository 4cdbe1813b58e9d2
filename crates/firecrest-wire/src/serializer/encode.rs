//! From what the server says to complete frames.

use super::{EncodeError, Outgoing, Reply, binary, v1, v2};
use crate::websocket::Frame;
use crate::{Payload, ProtocolVersion, Ref};

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
