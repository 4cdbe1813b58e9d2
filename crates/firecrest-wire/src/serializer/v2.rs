//! Version 2 text: `[join_ref, ref, topic, event, payload]` (spec §2.2).

use super::json::{write_name, write_reply_payload, write_string};
use super::{Outgoing, Reply};
use crate::Text;
use crate::websocket::{Frame, FrameWriter};

/// Punctuation and quotes around the five fields.
const OVERHEAD: usize = 32;

pub(super) fn message(message: &Outgoing<'_>, json: &Text) -> Frame {
    let Outgoing { join_ref, reference, topic, event, .. } = message;
    let mut frame = FrameWriter::text(json.len() + topic.len() + event.len() + OVERHEAD);
    let out = frame.payload_mut();
    out.push(b'[');
    out.extend_from_slice(join_ref.as_json().as_bytes());
    out.push(b',');
    out.extend_from_slice(reference.as_json().as_bytes());
    out.push(b',');
    write_string(out, topic);
    out.push(b',');
    write_string(out, event);
    out.push(b',');
    out.extend_from_slice(json.as_bytes());
    out.push(b']');
    frame.finish()
}

pub(super) fn reply(reply: &Reply<'_>, json: &Text) -> Frame {
    let mut frame = FrameWriter::text(json.len() + OVERHEAD + 96);
    let out = frame.payload_mut();
    out.push(b'[');
    out.extend_from_slice(reply.join_ref.as_json().as_bytes());
    out.push(b',');
    out.extend_from_slice(reply.reference.as_json().as_bytes());
    out.push(b',');
    write_name(out, reply.topic);
    out.extend_from_slice(b",\"phx_reply\",");
    write_reply_payload(out, reply.status, json);
    out.push(b']');
    frame.finish()
}
