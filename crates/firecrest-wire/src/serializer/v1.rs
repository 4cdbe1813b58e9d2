//! Version 1: JSON objects with exactly `event`, `payload`, `ref`, `topic` (spec §2.4).

use super::json::{write_name, write_reply_payload, write_string};
use super::{Outgoing, Reply};
use crate::Text;
use crate::websocket::{Frame, FrameWriter};

/// Keys and punctuation around the four fields.
const OVERHEAD: usize = 64;

pub(super) fn message(message: &Outgoing<'_>, json: &Text) -> Frame {
    let Outgoing { reference, topic, event, .. } = message;
    let mut frame = FrameWriter::text(json.len() + topic.len() + event.len() + OVERHEAD);
    let out = frame.payload_mut();
    out.extend_from_slice(b"{\"event\":");
    write_string(out, event);
    out.extend_from_slice(b",\"payload\":");
    out.extend_from_slice(json.as_bytes());
    out.extend_from_slice(b",\"ref\":");
    out.extend_from_slice(reference.as_json().as_bytes());
    out.extend_from_slice(b",\"topic\":");
    write_string(out, topic);
    out.push(b'}');
    frame.finish()
}

pub(super) fn reply(reply: &Reply<'_>, json: &Text) -> Frame {
    let mut frame = FrameWriter::text(json.len() + OVERHEAD + 96);
    let out = frame.payload_mut();
    out.extend_from_slice(b"{\"event\":\"phx_reply\",\"payload\":");
    write_reply_payload(out, reply.status, json);
    out.extend_from_slice(b",\"ref\":");
    out.extend_from_slice(reply.reference.as_json().as_bytes());
    out.extend_from_slice(b",\"topic\":");
    write_name(out, reply.topic);
    out.push(b'}');
    frame.finish()
}
