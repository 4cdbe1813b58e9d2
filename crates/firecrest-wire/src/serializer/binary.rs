//! Version 2 binary: one byte per length, fields, payload to the end (spec §2.3).
//!
//! ```text
//! push, client → server   0 | join_ref ref topic event (lengths) | join_ref ref topic event | data
//! push, server → client   0 | join_ref topic event     (lengths) | join_ref topic event     | data
//! reply                   1 | join_ref ref topic status(lengths) | join_ref ref topic status| data
//! broadcast               2 | topic event              (lengths) | topic event              | data
//! ```

use bytes::Bytes;

use super::{DecodeError, EncodeError, Outgoing, Reply};
use crate::limits::MAX_BINARY_FIELD;
use crate::websocket::{Frame, FrameWriter};
use crate::{Message, Name, NameRef, Payload, Ref};

/// First byte of a push in both directions.
pub(crate) const PUSH: u8 = 0;
/// First byte of a reply.
pub(crate) const SERVER_REPLY: u8 = 1;
/// First byte of a broadcast.
pub(crate) const SERVER_BROADCAST: u8 = 2;

pub(super) fn push(message: &Outgoing<'_>, data: &[u8]) -> Result<Frame, EncodeError> {
    let join_ref = message.join_ref.as_text();
    layout(PUSH, &[("join_ref", &join_ref), ("topic", message.topic), ("event", message.event)], data)
}

pub(super) fn reply(reply: &Reply<'_>, data: &[u8]) -> Result<Frame, EncodeError> {
    let (join_ref, reference) = (reply.join_ref.as_text(), reply.reference.as_text());
    let (NameRef::Text(topic) | NameRef::Other(topic)) = reply.topic;
    let fields = [("join_ref", &*join_ref), ("ref", &*reference), ("topic", topic), ("status", reply.status)];
    layout(SERVER_REPLY, &fields, data)
}

pub(super) fn broadcast(topic: &str, event: &str, data: &[u8]) -> Result<Frame, EncodeError> {
    layout(SERVER_BROADCAST, &[("topic", topic), ("event", event)], data)
}

pub(super) fn check(field: &'static str, text: &str) -> Result<(), EncodeError> {
    if text.len() > MAX_BINARY_FIELD { Err(EncodeError::TooLong { field, len: text.len() }) } else { Ok(()) }
}

fn layout(kind: u8, fields: &[(&'static str, &str)], data: &[u8]) -> Result<Frame, EncodeError> {
    let mut frame =
        FrameWriter::binary(1 + fields.iter().map(|(_, text)| 1 + text.len()).sum::<usize>() + data.len());
    let out = frame.payload_mut();
    out.push(kind);
    for (field, text) in fields {
        check(field, text)?;
        out.extend(u8::try_from(text.len()));
    }
    for (_, text) in fields {
        out.extend_from_slice(text.as_bytes());
    }
    out.extend_from_slice(data);
    Ok(frame.finish())
}

/// Decodes a client's push: the only kind a client may send (C073).
pub(super) fn decode(frame: &Bytes) -> Result<Message, DecodeError> {
    let mut fields = Fields::new(frame, PUSH, 4)?;
    let join_ref = fields.next("join_ref")?;
    let reference = fields.next("ref")?;
    let topic = fields.next("topic")?;
    let event = fields.next("event")?;
    Ok(Message {
        // An absent join ref has length 0; a join ref that is the empty string does not exist in the wild.
        join_ref: if join_ref.is_empty() { Ref::null() } else { Ref::text(join_ref) },
        reference: Ref::text(reference),
        topic: Name::from(topic),
        event: Name::from(event),
        payload: Payload::Binary(fields.data()),
    })
}

/// Reads the fields of a binary frame in order.
pub(crate) struct Fields<'a> {
    frame: &'a Bytes,
    lengths: std::ops::Range<usize>,
    at: usize,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(frame: &'a Bytes, kind: u8, count: usize) -> Result<Self, DecodeError> {
        match frame.first() {
            None => Err(DecodeError::Truncated),
            Some(&first) if first != kind => Err(DecodeError::UnknownKind(first)),
            Some(_) if frame.len() <= count => Err(DecodeError::Truncated),
            Some(_) => Ok(Fields { frame, lengths: 1..count + 1, at: count + 1 }),
        }
    }

    pub(crate) fn next(&mut self, field: &'static str) -> Result<&'a str, DecodeError> {
        let length = self.lengths.next().and_then(|at| self.frame.get(at)).ok_or(DecodeError::Truncated)?;
        let end = self.at + usize::from(*length);
        let bytes = self.frame.get(self.at..end).ok_or(DecodeError::Truncated)?;
        self.at = end;
        std::str::from_utf8(bytes).map_err(|_| DecodeError::NotUtf8 { field })
    }

    pub(crate) fn data(self) -> Bytes {
        self.frame.slice(self.at..)
    }
}
