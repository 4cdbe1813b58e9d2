//! Saying something to everybody on a topic (spec §3.11).

use firecrest_pubsub::{Broadcast, SubscriberId};
use firecrest_wire::{EncodeError, Payload, serializer};
use serde::Serialize;

use super::Endpoint;

/// A broadcast that cannot be sent to anybody, and was not.
#[derive(Debug, thiserror::Error)]
#[error("cannot broadcast {event:?} on {topic:?}: {source}")]
pub struct BroadcastError {
    topic: String,
    event: String,
    source: EncodeError,
}

impl Endpoint {
    /// Sends an event to everybody on a topic: on this node, there are no clusters yet. Returns how many subscriptions of
    /// this node it reached; without any it is lost silently.
    ///
    /// # Errors
    /// When the payload is not a JSON object; nobody has received it then.
    pub fn broadcast(
        &self,
        topic: &str,
        event: &str,
        payload: &(impl Serialize + ?Sized),
    ) -> Result<usize, BroadcastError> {
        self.local_broadcast(topic, event, payload)
    }

    /// As [`broadcast`](Self::broadcast), to all but the subscriptions of one owner.
    ///
    /// # Errors
    /// As [`broadcast`](Self::broadcast).
    pub fn broadcast_from(
        &self,
        from: SubscriberId,
        topic: &str,
        event: &str,
        payload: &(impl Serialize + ?Sized),
    ) -> Result<usize, BroadcastError> {
        self.local_broadcast_from(from, topic, event, payload)
    }

    /// As [`broadcast`](Self::broadcast), on this node only.
    ///
    /// # Errors
    /// As [`broadcast`](Self::broadcast).
    pub fn local_broadcast(
        &self,
        topic: &str,
        event: &str,
        payload: &(impl Serialize + ?Sized),
    ) -> Result<usize, BroadcastError> {
        self.broadcast_payload(topic, event, encode(payload), None)
    }

    /// As [`broadcast_from`](Self::broadcast_from), on this node only.
    ///
    /// # Errors
    /// As [`broadcast`](Self::broadcast).
    pub fn local_broadcast_from(
        &self,
        from: SubscriberId,
        topic: &str,
        event: &str,
        payload: &(impl Serialize + ?Sized),
    ) -> Result<usize, BroadcastError> {
        self.broadcast_payload(topic, event, encode(payload), Some(from))
    }

    /// Sends bytes to everybody on a topic; they travel as binary frames. Clients of protocol version 1 cannot be told.
    ///
    /// # Errors
    /// When topic or event are longer than 255 bytes.
    pub fn broadcast_binary(
        &self,
        topic: &str,
        event: &str,
        bytes: impl Into<bytes::Bytes>,
    ) -> Result<usize, BroadcastError> {
        self.broadcast_payload(topic, event, Ok(Payload::Binary(bytes.into())), None)
    }

    /// Closes every connection of this node whose socket has this id (spec §1.11). The clients reconnect: make sure that `connect`
    /// refuses them if that is not wanted.
    pub fn disconnect(&self, id: &str) {
        self.pubsub().broadcast(Broadcast::new(id.to_owned(), "disconnect", Payload::empty()), None);
    }

    fn broadcast_payload(
        &self,
        topic: &str,
        event: &str,
        payload: Result<Payload, EncodeError>,
        except: Option<SubscriberId>,
    ) -> Result<usize, BroadcastError> {
        let payload = payload.and_then(|payload| {
            // Before anybody is told: a broadcast reaches everybody or nobody.
            serializer::validate_broadcast(topic, event, &payload).map(|()| payload)
        });
        match payload {
            Ok(payload) => {
                let broadcast = Broadcast::new(topic.to_owned(), event.to_owned(), payload);
                Ok(self.pubsub().broadcast(broadcast, except))
            }
            Err(source) => Err(BroadcastError { topic: topic.into(), event: event.into(), source }),
        }
    }
}

fn encode(payload: &(impl Serialize + ?Sized)) -> Result<Payload, EncodeError> {
    Payload::json(payload).map_err(EncodeError::from)
}
