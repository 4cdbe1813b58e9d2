//! Joining: the request and its two answers.

use std::any::Any;
use std::sync::Arc;

use firecrest_pubsub::Subscription;
use firecrest_wire::{EncodeError, Payload};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Shared;
use super::timers::Timers;
use crate::connection::Transport;
use crate::{Endpoint, Socket};

/// A client's wish to join a channel.
pub struct Join<'a, S> {
    pub(crate) shared: &'a Arc<Shared>,
    pub(crate) socket: &'a S,
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) topic: &'a str,
    pub(crate) splat: &'a str,
    pub(crate) payload: &'a Payload,
    pub(crate) data: Option<&'a (dyn Any + Send + Sync)>,
    pub(crate) transport: Transport,
}

impl<'a, S: Socket> Join<'a, S> {
    /// The socket, as its `connect` made it.
    pub fn socket(&self) -> &'a S {
        self.socket
    }

    /// The endpoint.
    pub fn endpoint(&self) -> &'a Endpoint {
        self.endpoint
    }

    /// The topic.
    pub fn topic(&self) -> &'a str {
        self.topic
    }

    /// What the `*` of the route stands for; empty for a route without one.
    pub fn splat(&self) -> &'a str {
        self.splat
    }

    /// The join's payload, unread.
    pub fn payload(&self) -> &'a Payload {
        self.payload
    }

    /// The join's payload as a type.
    ///
    /// # Errors
    /// When it does not fit. Passed on with `?` the client is answered `join crashed`.
    pub fn params<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        self.payload.parse()
    }

    /// What the route was given with [`Channels::with`](crate::socket::Channels::with) (C113).
    pub fn data<T: Any>(&self) -> Option<&'a T> {
        self.data.and_then(|data| data.downcast_ref())
    }

    /// How the client is connected.
    pub fn transport(&self) -> Transport {
        self.transport
    }
}

/// A channel that has been joined, and what to answer.
///
/// `Ok(channel.into())` answers with an empty payload.
#[derive(Debug)]
pub struct Joined<C, I = ()> {
    pub(crate) channel: C,
    pub(crate) reply: Result<Payload, EncodeError>,
    pub(crate) infos: Vec<I>,
    pub(crate) topics: Vec<String>,
    pub(crate) ties: Ties,
}

/// What a channel was tied to while it joined.
#[derive(Debug, Default)]
pub(crate) struct Ties {
    pub(crate) subscriptions: Vec<Subscription>,
    pub(crate) timers: Option<Box<Timers>>,
    /// Instead of the subscription to the channel's own topic, and what is locked until the join has been answered.
    pub(crate) own: Option<(Subscription, Lock)>,
}

/// A lock that nobody looks into.
pub(crate) struct Lock(#[expect(dead_code, reason = "it is only dropped")] Box<dyn Any + Send>);

impl std::fmt::Debug for Lock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lock")
    }
}

impl<C, I> Joined<C, I> {
    /// A joined channel; the client is answered with an empty payload.
    pub fn new(channel: C) -> Self {
        Joined {
            channel,
            reply: Ok(Payload::empty()),
            infos: Vec::new(),
            topics: Vec::new(),
            ties: Ties::default(),
        }
    }

    /// Answers the join with any serializable payload.
    pub fn with_reply(self, payload: impl Serialize) -> Self {
        Joined { reply: Payload::json(&payload).map_err(Into::into), ..self }
    }

    /// Answers the join with a payload that is encoded already, or binary.
    pub fn with_payload(self, payload: Payload) -> Self {
        Joined { reply: Ok(payload), ..self }
    }

    /// Sends the channel an info that it handles right after the join reply, before anything the client has said
    /// meanwhile: the place to push from.
    pub fn then(mut self, info: I) -> Self {
        self.infos.push(info);
        self
    }

    /// Hands over what the channel was tied to while it joined.
    pub(crate) fn with_ties(self, subscriptions: Vec<Subscription>, timers: Option<Box<Timers>>) -> Self {
        Joined { ties: Ties { subscriptions, timers, own: None }, ..self }
    }

    /// Hears on this subscription instead of on the channel's own topic, and keeps a lock until the client has been answered:
    /// whoever publishes there takes the same lock.
    pub(crate) fn on(mut self, subscription: Subscription, lock: impl Any + Send) -> Self {
        self.ties.own = Some((subscription, Lock(Box::new(lock))));
        self
    }

    /// Subscribes the channel to another topic, before the client is answered.
    pub fn subscribe(mut self, topic: impl Into<String>) -> Self {
        self.topics.push(topic.into());
        self
    }
}

impl<C, I> From<C> for Joined<C, I> {
    fn from(channel: C) -> Self {
        Joined::new(channel)
    }
}

/// A join that is refused. The client retries with its rejoin back-off until it leaves.
///
/// Any error passed on with `?` makes one that the client sees as `{"reason": "join crashed"}` and the log in full.
#[derive(Debug)]
pub struct Rejected {
    pub(crate) payload: Result<Payload, EncodeError>,
    /// What the log is told.
    pub(crate) error: Option<String>,
}

impl Rejected {
    /// Refuses with any serializable payload.
    pub fn with(payload: impl Serialize) -> Self {
        Rejected { payload: Payload::json(&payload).map_err(Into::into), error: None }
    }

    /// Refuses with `{"reason": …}`.
    pub fn reason(reason: impl AsRef<str>) -> Self {
        Self::with(serde_json::json!({ "reason": reason.as_ref() }))
    }

    /// Refuses with an empty payload.
    pub fn empty() -> Self {
        Rejected { payload: Ok(Payload::empty()), error: None }
    }

    /// Refuses as if the channel had crashed: `{"reason": "join crashed"}`; the error goes into the log.
    pub(crate) fn crashed(error: impl std::fmt::Display) -> Self {
        let payload = Payload::Json(r#"{"reason":"join crashed"}"#.into());
        Rejected { payload: Ok(payload), error: Some(error.to_string()) }
    }
}

impl<E: std::error::Error> From<E> for Rejected {
    fn from(error: E) -> Self {
        Rejected::crashed(error)
    }
}
