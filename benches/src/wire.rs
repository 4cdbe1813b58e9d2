//! Messages and their bytes.

use firecrest::wire::serializer::{self, Reply as WireReply};
use firecrest::wire::websocket::client::encode;
use firecrest::wire::websocket::{Decoder, DecoderLimits, Frame, Item, Opcode};
use firecrest::wire::{Message, NameRef, Payload, ProtocolVersion, Ref};

/// A chat message, as it may be sent a million times.
const PAYLOAD: &str =
    r#"{"body":"What a small, quick and bright bird that is!","from":"user:4711","at":1767225600}"#;

/// The bytes of one message as they come from a client.
#[derive(Clone, Debug)]
pub struct Incoming {
    version: ProtocolVersion,
    bytes: Vec<u8>,
}

impl Incoming {
    /// A push of version 1.
    pub fn v1() -> Self {
        let text = format!(
            r#"{{"topic":"room:lobby","event":"shout","payload":{PAYLOAD},"ref":"42","join_ref":"7"}}"#
        );
        Self::new(ProtocolVersion::V1, Opcode::Text, text.as_bytes())
    }

    /// A push of version 2.
    pub fn v2() -> Self {
        let text = format!(r#"["7","42","room:lobby","shout",{PAYLOAD}]"#);
        Self::new(ProtocolVersion::V2, Opcode::Text, text.as_bytes())
    }

    /// A binary push of version 2.
    pub fn v2_binary() -> Self {
        let head = b"\x00\x01\x02\x0a\x05742room:lobbyshout";
        Self::new(ProtocolVersion::V2, Opcode::Binary, &[head, PAYLOAD.as_bytes()].concat())
    }

    /// Decodes the WebSocket frame and the message in it.
    ///
    /// # Panics
    /// When the bytes are no message.
    pub fn decode(&mut self) -> Message {
        let mut bytes = &mut self.bytes[..];
        let item = Decoder::new(DecoderLimits::default()).decode(&mut bytes);
        let message = match item.expect("the frame is valid").expect("the frame is complete") {
            Item::Text(text) => serializer::decode_text(self.version, &text),
            Item::Binary(bytes) => serializer::decode_binary(self.version, &bytes),
            other => panic!("{other:?} is no message"),
        };
        message.expect("the message is valid")
    }

    fn new(version: ProtocolVersion, opcode: Opcode, payload: &[u8]) -> Self {
        let bytes = encode(opcode, payload, [0x12, 0x34, 0x56, 0x78], true);
        let incoming = Incoming { version, bytes };
        // Decoding overwrites the bytes.
        incoming.clone().decode();
        incoming
    }
}

/// A reply to one client.
#[derive(Debug)]
pub struct Reply {
    join_ref: Ref,
    reference: Ref,
    payload: Payload,
}

impl Reply {
    /// A reply of status `ok`.
    pub fn ok() -> Self {
        let reply = Reply {
            join_ref: Ref::text("7"),
            reference: Ref::text("42"),
            payload: Payload::Json(PAYLOAD.into()),
        };
        reply.encode();
        reply
    }

    /// Its frame of version 2.
    ///
    /// # Panics
    /// When it has no form.
    pub fn encode(&self) -> Frame {
        let Reply { join_ref, reference, payload } = self;
        let topic = NameRef::Text("room:lobby");
        let reply = WireReply { join_ref, reference, topic, status: "ok", payload };
        serializer::encode_reply(ProtocolVersion::V2, &reply).expect("a reply of JSON has a form")
    }
}

/// A broadcast, for all clients of one version.
#[derive(Debug)]
pub struct Broadcast(Payload);

impl Broadcast {
    /// A broadcast of a JSON object.
    pub fn json() -> Self {
        let broadcast = Broadcast(Payload::Json(PAYLOAD.into()));
        broadcast.encode();
        broadcast
    }

    /// Its frame of version 2.
    ///
    /// # Panics
    /// When it has no form.
    pub fn encode(&self) -> Frame {
        serializer::encode_broadcast(ProtocolVersion::V2, "room:lobby", "shout", &self.0)
            .expect("a broadcast of an object has a form")
    }
}
