//! Saying something to everybody on a topic (spec §3.11).

use firecrest_pubsub::{Broadcast, SubscriberId, TooLarge};
use firecrest_wire::{EncodeError, Payload, serializer};
use serde::Serialize;

use super::Endpoint;

/// A broadcast that cannot be sent to anybody, and was not.
#[derive(Debug, thiserror::Error)]
#[error("cannot broadcast {event:?} on {topic:?}: {source}")]
pub struct BroadcastError {
    topic: String,
    event: String,
    source: Refused,
}

#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error(transparent)]
    Encode(#[from] EncodeError),
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
}

/// Whom a broadcast is for.
#[derive(Clone, Copy)]
enum Reach {
    ThisNode,
    AllNodes,
}

impl Endpoint {
    /// Sends an event to everybody on a topic, on all nodes. Returns how many subscriptions of this node it reached; without any it
    /// is lost silently. It never waits: what the cluster cannot take for now is lost for the other nodes, counted
    /// (`firecrest_cluster_refused_total`), and logged.
    ///
    /// # Errors
    /// When the payload is not a JSON object, or too large for the other nodes; nobody has received it then.
    pub fn broadcast(
        &self,
        topic: &str,
        event: &str,
        payload: &(impl Serialize + ?Sized),
    ) -> Result<usize, BroadcastError> {
        self.broadcast_payload(topic, event, encode(payload), None, Reach::AllNodes)
    }

    /// As [`broadcast`](Self::broadcast), to all but the subscriptions of one owner, which are all on one node.
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
        self.broadcast_payload(topic, event, encode(payload), Some(from), Reach::AllNodes)
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
        self.broadcast_payload(topic, event, encode(payload), None, Reach::ThisNode)
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
        self.broadcast_payload(topic, event, encode(payload), Some(from), Reach::ThisNode)
    }

    /// Sends bytes to everybody on a topic, on all nodes; they travel as binary frames. Clients of protocol version 1 cannot be told.
    ///
    /// # Errors
    /// When topic or event are longer than 255 bytes, or the bytes too many for the other nodes.
    pub fn broadcast_binary(
        &self,
        topic: &str,
        event: &str,
        bytes: impl Into<bytes::Bytes>,
    ) -> Result<usize, BroadcastError> {
        self.broadcast_payload(topic, event, Ok(Payload::Binary(bytes.into())), None, Reach::AllNodes)
    }

    /// Closes every connection, on all nodes, whose socket has this id (spec §1.11). The clients reconnect: make sure that `connect`
    /// refuses them if that is not wanted. It reaches other nodes as a broadcast does, at most once: a connection to a node that cannot be
    /// reached now stays open.
    pub fn disconnect(&self, id: &str) {
        let disconnect = || Broadcast::new(id.to_owned(), "disconnect", Payload::empty());
        if let Err(error) = self.pubsub().broadcast(disconnect(), None) {
            tracing::error!(%error, "the id of a socket is too long for the other nodes");
            self.pubsub().local_broadcast(disconnect(), None);
        }
    }

    fn broadcast_payload(
        &self,
        topic: &str,
        event: &str,
        payload: Result<Payload, EncodeError>,
        except: Option<SubscriberId>,
        reach: Reach,
    ) -> Result<usize, BroadcastError> {
        let payload = payload.and_then(|payload| {
            // Before anybody is told: a broadcast reaches everybody or nobody.
            serializer::validate_broadcast(topic, event, &payload).map(|()| payload)
        });
        let sent = payload.map_err(Refused::from).and_then(|payload| {
            let broadcast = Broadcast::new(topic.to_owned(), event.to_owned(), payload);
            match reach {
                Reach::ThisNode => Ok(self.pubsub().local_broadcast(broadcast, except)),
                Reach::AllNodes => Ok(self.pubsub().broadcast(broadcast, except)?),
            }
        });
        sent.map_err(|source| BroadcastError { topic: topic.into(), event: event.into(), source })
    }
}

fn encode(payload: &(impl Serialize + ?Sized)) -> Result<Payload, EncodeError> {
    Payload::json(payload).map_err(EncodeError::from)
}
