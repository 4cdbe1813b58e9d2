//! How a message between nodes is written down.
//!
//! A version, a kind, who sends it, and what it is about; lengths are big-endian. Other versions are refused whole: nodes of
//! two versions in one cluster do not hear each other, which the count of unreadable messages shows.

use bytes::{BufMut, Bytes, BytesMut};
use firecrest_wire::{Payload, Text, serializer};

use super::Node;
use crate::Broadcast;

const VERSION: u8 = 1;

const JSON: u8 = 0;
const BINARY: u8 = 1;
const SERVICE: u8 = 2;
const LOST: u8 = 3;

/// A message between nodes, whose content is not read yet.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) from: Node,
    kind: u8,
    rest: Bytes,
}

/// What a message is about.
#[derive(Debug)]
pub(crate) enum Content {
    /// For the subscribers of the topic `to`.
    Broadcast { to: Text, broadcast: Broadcast },
    /// For the service of this name.
    Service { name: Text, body: Bytes },
    /// The sender has lost messages.
    Lost,
}

/// Why a message cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// It is of another version, or not a message of ours at all.
    #[error("version {0}, not {VERSION}")]
    Version(u8),
    /// It says that it is what does not exist.
    #[error("unknown kind {0}")]
    Kind(u8),
    /// It ends too early.
    #[error("it ends too early")]
    Short,
    /// A name, a topic or an event is not UTF-8.
    #[error("a text in it is not UTF-8")]
    Text,
    /// The payload is not one that a client could be sent.
    #[error("its payload cannot be sent to clients")]
    Payload,
}

/// A topic or an event that cannot be written down: it has more than 65,535 bytes.
#[derive(Debug)]
pub(crate) struct TooLong(pub(crate) usize);

/// Writes messages.
pub(crate) mod write {
    use super::*;

    /// A broadcast for the subscribers of `to`.
    pub(crate) fn broadcast(from: &Node, to: &str, broadcast: &Broadcast) -> Result<Bytes, TooLong> {
        let (kind, payload) = match broadcast.payload() {
            Payload::Json(text) => (JSON, text.as_bytes()),
            Payload::Binary(bytes) => (BINARY, &bytes[..]),
        };
        let (topic, event) = (broadcast.topic(), broadcast.event());
        let mut frame = head(kind, from, 6 + to.len() + topic.len() + event.len() + payload.len());
        for text in [to, topic, event] {
            let len = u16::try_from(text.len()).map_err(|_| TooLong(text.len()))?;
            frame.put_u16(len);
            frame.put_slice(text.as_bytes());
        }
        frame.put_slice(payload);
        Ok(frame.freeze())
    }

    /// A message for a service, whose name has at most 255 bytes.
    pub(crate) fn service(from: &Node, name: &'static str, body: &[u8]) -> Bytes {
        let mut frame = head(SERVICE, from, 1 + name.len() + body.len());
        put_short(&mut frame, name);
        frame.put_slice(body);
        frame.freeze()
    }

    /// Bytes of a message for a service before its body.
    pub(crate) fn service_head(from: &Node, name: &str) -> usize {
        HEAD + from.name().len() + 1 + name.len()
    }

    /// What a node says when it has lost messages.
    pub(crate) fn lost(from: &Node) -> Bytes {
        head(LOST, from, 0).freeze()
    }

    /// Version, kind, life, and the length of a name.
    const HEAD: usize = 19;

    fn head(kind: u8, from: &Node, rest: usize) -> BytesMut {
        let mut frame = BytesMut::with_capacity(HEAD + from.name().len() + rest);
        frame.put_u8(VERSION);
        frame.put_u8(kind);
        frame.put_u128(from.life());
        put_short(&mut frame, from.name());
        frame
    }

    fn put_short(frame: &mut BytesMut, text: &str) {
        let len = u8::try_from(text.len()).expect("names of nodes and services have at most 255 bytes");
        frame.put_u8(len);
        frame.put_slice(text.as_bytes());
    }
}

impl Frame {
    /// Reads who has sent a message.
    pub(crate) fn read(message: Bytes) -> Result<Self, FrameError> {
        let mut rest = message;
        let version = u8(&mut rest)?;
        if version != VERSION {
            return Err(FrameError::Version(version));
        }
        let kind = u8(&mut rest)?;
        let life = u128::from_be_bytes(take(&mut rest, 16)?[..].try_into().map_err(|_| FrameError::Short)?);
        let from = Node::new(&short(&mut rest)?, life);
        Ok(Frame { from, kind, rest })
    }

    /// Reads what it is about. The payload of a broadcast is a part of the message, not a copy, and JSON is checked.
    pub(crate) fn content(self) -> Result<Content, FrameError> {
        let Frame { kind, mut rest, .. } = self;
        match kind {
            JSON | BINARY => {
                let (to, topic, event) = (long(&mut rest)?, long(&mut rest)?, long(&mut rest)?);
                let payload = if kind == JSON { json(rest)? } else { Payload::Binary(rest) };
                serializer::validate_broadcast(&topic, &event, &payload).map_err(|_| FrameError::Payload)?;
                Ok(Content::Broadcast { to, broadcast: Broadcast::new(topic, event, payload) })
            }
            SERVICE => Ok(Content::Service { name: short(&mut rest)?, body: rest }),
            LOST => Ok(Content::Lost),
            other => Err(FrameError::Kind(other)),
        }
    }
}

fn json(bytes: Bytes) -> Result<Payload, FrameError> {
    let text = Text::try_from(bytes).map_err(|_| FrameError::Text)?;
    serde_json::from_str::<serde::de::IgnoredAny>(&text).map_err(|_| FrameError::Payload)?;
    Ok(Payload::Json(text))
}

fn u8(rest: &mut Bytes) -> Result<u8, FrameError> {
    Ok(take(rest, 1)?[0])
}

fn short(rest: &mut Bytes) -> Result<Text, FrameError> {
    let len = u8(rest)?;
    text(rest, len.into())
}

fn long(rest: &mut Bytes) -> Result<Text, FrameError> {
    let len = take(rest, 2)?;
    text(rest, u16::from_be_bytes([len[0], len[1]]).into())
}

fn text(rest: &mut Bytes, len: usize) -> Result<Text, FrameError> {
    Text::try_from(take(rest, len)?).map_err(|_| FrameError::Text)
}

fn take(rest: &mut Bytes, len: usize) -> Result<Bytes, FrameError> {
    if rest.len() < len { Err(FrameError::Short) } else { Ok(rest.split_to(len)) }
}
