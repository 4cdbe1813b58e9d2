//! Messages of protocol version 2 (spec §2.2).

use std::borrow::Cow;

use axum::extract::ws::Utf8Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Error;
use serde_json::value::RawValue;

/// A client's message: `[join_ref, ref, topic, event, payload]`.
#[derive(Debug, Deserialize)]
pub(crate) struct Incoming<'a>(
    #[serde(borrow)] pub(crate) &'a RawValue,
    #[serde(borrow)] pub(crate) &'a RawValue,
    #[serde(borrow)] pub(crate) Cow<'a, str>,
    #[serde(borrow)] pub(crate) Cow<'a, str>,
    #[serde(borrow)] pub(crate) &'a RawValue,
);

#[derive(Serialize)]
struct Answer<T> {
    response: T,
    status: &'static str,
}

/// Nothing, as JSON: `{}`.
#[derive(Serialize)]
pub(crate) struct Empty {}

#[derive(Serialize)]
struct Rejection {
    reason: &'static str,
}

impl Incoming<'_> {
    /// The answer `ok`.
    pub(crate) fn reply(&self, response: impl Serialize) -> Result<Utf8Bytes, Error> {
        let Incoming(join_ref, reference, topic, ..) = self;
        encode(&(join_ref, reference, topic, "phx_reply", Answer { response, status: "ok" }))
    }

    /// The answer to who is not on the topic (spec §3.9).
    pub(crate) fn unmatched(&self) -> Result<Utf8Bytes, Error> {
        let Incoming(_, reference, topic, ..) = self;
        let answer = Answer { response: Rejection { reason: "unmatched topic" }, status: "error" };
        encode(&((), reference, topic, "phx_reply", answer))
    }

    /// What follows the answer to a leave (spec §3.8).
    pub(crate) fn close(&self) -> Result<Utf8Bytes, Error> {
        let Incoming(join_ref, _, topic, ..) = self;
        encode(&(join_ref, join_ref, topic, "phx_close", Empty {}))
    }

    /// This message's payload for everybody on its topic.
    pub(crate) fn broadcast(&self, event: &str) -> Result<Utf8Bytes, Error> {
        let Incoming(_, _, topic, _, payload) = self;
        encode(&((), (), topic, event, payload))
    }
}

fn encode(message: &impl Serialize) -> Result<Utf8Bytes, Error> {
    serde_json::to_string(message).map(Utf8Bytes::from)
}
