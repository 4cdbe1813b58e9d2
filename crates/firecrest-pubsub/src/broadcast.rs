//! What travels through a topic.

use std::sync::OnceLock;

use firecrest_wire::websocket::Frame;
use firecrest_wire::{Payload, Text};

/// How many encodings of one broadcast are remembered.
const ENCODINGS: usize = 2;

/// An event on a topic, shared by everybody who receives it.
#[derive(Debug)]
pub struct Broadcast {
    topic: Text,
    event: Text,
    payload: Payload,
    encodings: [OnceLock<Option<Frame>>; ENCODINGS],
}

impl Broadcast {
    /// A broadcast of `event` on `topic`.
    pub fn new(topic: impl Into<Text>, event: impl Into<Text>, payload: Payload) -> Self {
        Broadcast { topic: topic.into(), event: event.into(), payload, encodings: Default::default() }
    }

    /// The topic.
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// The event.
    pub fn event(&self) -> &str {
        &self.event
    }

    /// The payload.
    pub fn payload(&self) -> &Payload {
        &self.payload
    }

    /// The encoding number `slot` (0 or 1), made by `encode` when it is first asked for and shared from then on.
    ///
    /// An encoding that cannot be made is none, and is not tried again.
    pub fn encoding(&self, slot: usize, encode: impl FnOnce() -> Option<Frame>) -> Option<Frame> {
        self.encodings[slot].get_or_init(encode).clone()
    }
}
