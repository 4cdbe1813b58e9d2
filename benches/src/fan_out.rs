//! A broadcast to many.

use std::sync::Arc;

use firecrest::pubsub::{SubscriberId, Subscription};
use firecrest::testing::Sink;
use firecrest::wire::ProtocolVersion;
use firecrest::{Endpoint, prelude::json};

/// How many clients an audience has.
pub const SIZE: usize = 1_000;

/// Clients on a topic, each with an outbox of its own and a socket that takes everything.
#[derive(Debug)]
pub struct Audience {
    endpoint: Endpoint,
    _subscriptions: Vec<Subscription>,
}

impl Audience {
    /// [`SIZE`] clients of version 2 that have been told something already.
    ///
    /// # Panics
    /// When there is no endpoint.
    pub fn new() -> Self {
        let endpoint = Endpoint::builder().build().expect("the defaults are valid");
        let subscribe = |_| {
            let sink = Arc::new(Sink::new(ProtocolVersion::V2));
            endpoint.pubsub().subscribe("room:lobby", SubscriberId::unique(), sink)
        };
        let subscriptions = (0..SIZE).map(subscribe).collect();
        let audience = Audience { endpoint, _subscriptions: subscriptions };
        audience.tell();
        audience
    }

    /// Broadcasts to all of them.
    ///
    /// # Panics
    /// When somebody is left out.
    pub fn tell(&self) {
        let told = self.endpoint.broadcast("room:lobby", "shout", &json!({"body": "hello"}));
        assert_eq!(told.expect("an object has a form"), SIZE);
    }
}

impl Default for Audience {
    fn default() -> Self {
        Self::new()
    }
}
