//! Version 2 text: `[join_ref, ref, topic, event, payload]` (spec §2.2).

use super::json::{write_name, write_reply_payload, write_string};
use super::{Outgoing, Reply};
use crate::websocket::{Frame, FrameWriter};
use crate::{NameRef, Text};

/// Punctuation around the five fields of a message, in bytes.
///
/// Exact, as long as nothing is escaped: a frame that just fills its buffer needs no second allocation.
const MESSAGE: usize = r#"[,,"","",]"#.len();

/// The same of a reply.
const REPLY: usize = r#"[,,,"phx_reply",{"response":,"status":""}]"#.len();

pub(super) fn message(message: &Outgoing<'_>, json: &Text) -> Frame {
    let Outgoing { join_ref, reference, topic, event, .. } = message;
    let (join_ref, reference) = (join_ref.as_json(), reference.as_json());
    let fields = join_ref.len() + reference.len() + topic.len() + event.len() + json.len();
    let mut frame = FrameWriter::text(MESSAGE + fields);
    let out = frame.payload_mut();
    out.push(b'[');
    out.extend_from_slice(join_ref.as_bytes());
    out.push(b',');
    out.extend_from_slice(reference.as_bytes());
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
    let (join_ref, reference) = (reply.join_ref.as_json(), reply.reference.as_json());
    let topic = match reply.topic {
        NameRef::Text(text) => text.len() + 2,
        NameRef::Other(raw) => raw.len(),
    };
    let fields = join_ref.len() + reference.len() + topic + reply.status.len() + json.len();
    let mut frame = FrameWriter::text(REPLY + fields);
    let out = frame.payload_mut();
    out.push(b'[');
    out.extend_from_slice(join_ref.as_bytes());
    out.push(b',');
    out.extend_from_slice(reference.as_bytes());
    out.push(b',');
    write_name(out, reply.topic);
    out.extend_from_slice(b",\"phx_reply\",");
    write_reply_payload(out, reply.status, json);
    out.push(b']');
    frame.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Payload, Ref};

    #[test]
    fn the_size_of_a_frame_is_known_before_it_is_written() {
        let (join_ref, reference, payload) =
            (Ref::text("11"), Ref::null(), Payload::Json(r#"{"a":1}"#.into()));
        let Payload::Json(json) = &payload else { unreachable!() };
        let outgoing = Outgoing {
            join_ref: &join_ref,
            reference: &reference,
            topic: "room:1",
            event: "e",
            payload: &payload,
        };
        let fields = r#""11"null"#.len() + "room:1".len() + "e".len() + json.len();
        assert_eq!(message(&outgoing, json).payload().len(), MESSAGE + fields);
        let echo = Reply {
            join_ref: &join_ref,
            reference: &reference,
            topic: "room:1".into(),
            status: "ok",
            payload: &payload,
        };
        let fields = r#""11"null"room:1""#.len() + "ok".len() + json.len();
        assert_eq!(reply(&echo, json).payload().len(), REPLY + fields);
    }
}
