//! The small channels of the fixture's socket, each for one purpose.

use std::collections::HashMap;

use firecrest::prelude::*;
use serde::Deserialize;
use serde_json::Value;

use crate::fixture::{Probe, TestSocket};

/// Answers the join with what the route says about it.
pub(crate) struct Labelled;

impl Channel<TestSocket> for Labelled {
    type In = NoEvents;
    type Info = ();

    async fn join(request: Join<'_, TestSocket>) -> Result<Joined<Self>, Rejected> {
        let label = request.data::<&str>();
        Ok(Joined::new(Labelled).with_reply(json!({"label": label, "splat": request.splat()})))
    }
}

/// Refuses every join: with the payload it came with, or without any.
pub(crate) struct Refusing;

impl Channel<TestSocket> for Refusing {
    type In = NoEvents;
    type Info = ();

    async fn join(request: Join<'_, TestSocket>) -> Result<Joined<Self>, Rejected> {
        Err(match request.splat() {
            "empty" => Rejected::empty(),
            "reason" => Rejected::reason("not today"),
            _ => Rejected::with(request.params::<Value>()?),
        })
    }
}

/// Fails to join in the way its topic says.
pub(crate) struct Crashing;

impl Channel<TestSocket> for Crashing {
    type In = NoEvents;
    type Info = ();

    async fn join(request: Join<'_, TestSocket>) -> Result<Joined<Self>, Rejected> {
        match request.splat() {
            "panic" => panic!("join panics"),
            "binary" => Ok(Joined::new(Crashing).with_payload(Payload::Binary(vec![1].into()))),
            "reply" => Ok(Joined::new(Crashing).with_reply(HashMap::from([((1, 2), 3)]))),
            "refusal" => Err(Rejected::with(HashMap::from([((1, 2), 3)]))),
            _ => {
                let _: u8 = request.params()?;
                Ok(Crashing.into())
            }
        }
    }
}

/// A channel with nothing but its join, which gets an info nobody expects.
pub(crate) struct Plain;

impl Channel<TestSocket> for Plain {
    type In = NoEvents;
    type Info = ();

    async fn join(_request: Join<'_, TestSocket>) -> Result<Joined<Self>, Rejected> {
        Ok(Joined::new(Plain).then(()))
    }
}

/// A channel with a small mailbox that handles each event when it may pass the gate.
pub(crate) struct Narrow(Probe);

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NarrowIn {
    Count { n: u64 },
}

impl Channel<TestSocket> for Narrow {
    type In = NarrowIn;
    type Info = ();

    const MAX_EVENTS: usize = 4;

    async fn join(request: Join<'_, TestSocket>) -> Result<Joined<Self>, Rejected> {
        Ok(Narrow(request.socket().probe.clone()).into())
    }

    async fn handle_in(&mut self, NarrowIn::Count { n }: NarrowIn, _cx: &mut Context<'_>) -> Outcome {
        self.0.pass_gate().await;
        Reply::ok(json!({ "n": n })).into()
    }
}
