//! The serializers against spec §2, from outside and in the literal text and bytes of the spec.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod binary;
mod encoding_table;
mod roundtrip;
mod v1;
mod v2;

use bytes::Bytes;
use firecrest_wire::serializer::{self, Outgoing, Reply};
use firecrest_wire::websocket::{Frame, Opcode};
use firecrest_wire::{DecodeError, EncodeError, Message, Name, Payload, ProtocolVersion, Ref, Text};
use serde_json::Value;
use serde_json::value::RawValue;

fn json(text: &str) -> Payload {
    Payload::Json(Text::from(text.to_owned()))
}

fn bytes(data: &'static [u8]) -> Payload {
    Payload::Binary(Bytes::from_static(data))
}

/// The ref whose JSON text this is.
fn reference(json: &str) -> Ref {
    Ref::from_json(&RawValue::from_string(json.to_owned()).unwrap())
}

fn decode(version: ProtocolVersion, frame: &str) -> Result<Message, DecodeError> {
    serializer::decode_text(version, &Text::from(frame.to_owned()))
}

/// A push, `phx_close` or `phx_error` on topic `t`.
fn encode(
    version: ProtocolVersion,
    refs: [&str; 2],
    event: &str,
    payload: &Payload,
) -> Result<Frame, EncodeError> {
    let (join_ref, reference) = (&reference(refs[0]), &reference(refs[1]));
    serializer::encode(version, &Outgoing { join_ref, reference, topic: "t", event, payload })
}

/// A reply on a topic.
fn encode_reply(
    version: ProtocolVersion,
    refs: [&str; 2],
    topic: &Name,
    status: &str,
    payload: &Payload,
) -> Result<Frame, EncodeError> {
    let (join_ref, reference) = (&reference(refs[0]), &reference(refs[1]));
    serializer::encode_reply(version, &Reply { join_ref, reference, topic: topic.into(), status, payload })
}

/// The JSON value of a text frame.
fn value(frame: Result<Frame, EncodeError>) -> Value {
    let frame = frame.unwrap();
    assert_eq!(frame.opcode(), Opcode::Text);
    serde_json::from_slice(&frame.payload()).unwrap()
}

/// The payload of a binary frame.
fn binary_payload(frame: Result<Frame, EncodeError>) -> Bytes {
    let frame = frame.unwrap();
    assert_eq!(frame.opcode(), Opcode::Binary);
    frame.payload()
}
