//! What a connection shares with its channels.

use std::sync::{Arc, OnceLock};

use firecrest_pubsub::{Broadcast, Subscriber, SubscriberId};
use firecrest_wire::serializer::{self, Outgoing, Reply as WireReply};
use firecrest_wire::websocket::Frame;
use firecrest_wire::{EncodeError, NameRef, Payload, ProtocolVersion, Ref};

use tokio::runtime::Handle;

use super::{CloseReason, Outbox, OutboxLimits};

/// How a client is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Transport {
    /// A WebSocket.
    WebSocket,
    /// Long polling.
    LongPoll,
    /// The test kit.
    Test,
}

impl Transport {
    /// `websocket`, `longpoll` or `test`.
    pub fn as_str(self) -> &'static str {
        match self {
            Transport::WebSocket => "websocket",
            Transport::LongPoll => "longpoll",
            Transport::Test => "test",
        }
    }
}

/// The part of a connection that others hold: where frames for the client go, and how they are written.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) transport: Transport,
    pub(crate) version: ProtocolVersion,
    pub(crate) outbox: Outbox,
    /// Owner of the subscription to the socket's id.
    pub(crate) id: SubscriberId,
    /// Where its socket is read; set when it can be written to from anywhere.
    pub(crate) runtime: OnceLock<Handle>,
}

impl Shared {
    pub(crate) fn new(transport: Transport, version: ProtocolVersion, limits: OutboxLimits) -> Arc<Self> {
        Arc::new(Shared {
            transport,
            version,
            outbox: Outbox::new(limits),
            id: SubscriberId::unique(),
            runtime: OnceLock::new(),
        })
    }

    /// Queues an event for the client.
    pub(crate) fn send(self: &Arc<Self>, message: &Outgoing<'_>) -> Result<(), EncodeError> {
        self.push(serializer::encode(self.version, message)?);
        Ok(())
    }

    /// Queues a reply for the client.
    pub(crate) fn reply(
        self: &Arc<Self>,
        join_ref: &Ref,
        reference: &Ref,
        topic: NameRef<'_>,
        status: &str,
        payload: &Payload,
    ) -> Result<(), EncodeError> {
        let reply = WireReply { join_ref, reference, topic, status, payload };
        self.push(serializer::encode_reply(self.version, &reply)?);
        Ok(())
    }

    /// Queues a reply with a payload that is known to be encodable: JSON.
    pub(crate) fn reply_json(
        self: &Arc<Self>,
        join_ref: &Ref,
        reference: &Ref,
        topic: NameRef<'_>,
        status: &str,
        json: &'static str,
    ) {
        let payload = Payload::Json(json.into());
        // JSON replies always have a form.
        let _ = self.reply(join_ref, reference, topic, status, &payload);
    }

    /// Answers a message for a topic that is not joined (spec §3.9).
    pub(crate) fn reply_unmatched(self: &Arc<Self>, reference: &Ref, topic: NameRef<'_>) {
        self.reply_json(&Ref::null(), reference, topic, "error", r#"{"reason":"unmatched topic"}"#);
    }

    /// Queues a broadcast as it is, encoded once for all clients of this version.
    pub(crate) fn forward(self: &Arc<Self>, broadcast: &Broadcast) {
        let slot = match self.version {
            ProtocolVersion::V1 => 0,
            ProtocolVersion::V2 => 1,
        };
        let encoded = broadcast.encoding(slot, || encode_broadcast(self.version, broadcast));
        if let Some(frame) = encoded {
            self.push(frame);
        }
    }
}

/// The only event on a socket's id that means something (spec §1.11).
impl Subscriber for Shared {
    fn deliver(&self, broadcast: &Arc<Broadcast>) {
        if broadcast.event() == "disconnect" {
            self.outbox.close(CloseReason::Disconnected);
        }
    }
}

fn encode_broadcast(version: ProtocolVersion, broadcast: &Broadcast) -> Option<Frame> {
    let (topic, event) = (broadcast.topic(), broadcast.event());
    match serializer::encode_broadcast(version, topic, event, broadcast.payload()) {
        Ok(frame) => Some(frame),
        Err(_) => {
            // Validated before fan-out: what is left is a binary payload for version 1. Nothing is logged here, where the
            // topic is locked.
            metrics::counter!("firecrest_unencodable_broadcasts_total").increment(1);
            None
        }
    }
}
