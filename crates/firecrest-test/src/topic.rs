//! Listening to a topic as the program itself does.

use std::sync::{Arc, Mutex, PoisonError};

use firecrest::Endpoint;
use firecrest::pubsub::{Broadcast, Subscriber, SubscriberId, Subscription};
use serde::Serialize;
use serde_json::Value;

use crate::inbox::json;
use crate::params::payload;
use crate::settle;

/// A subscription of the test itself: what is broadcast, before any channel makes something else of it.
pub struct TestTopic {
    heard: Arc<Heard>,
    subscription: Subscription,
}

#[derive(Default)]
struct Heard(Mutex<Vec<(String, Value)>>);

impl TestTopic {
    /// Subscribes to a topic.
    pub fn subscribe(endpoint: &Endpoint, topic: &str) -> Self {
        let heard = Arc::new(Heard::default());
        let subscription = endpoint.pubsub().subscribe(topic, SubscriberId::unique(), Arc::clone(&heard) as _);
        TestTopic { heard, subscription }
    }

    /// Expects the next broadcast to be this one.
    ///
    /// # Panics
    /// When it is another, or none.
    pub async fn expect(&self, event: &str, with: impl Serialize) {
        settle().await;
        let mut heard = self.heard.0.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(!heard.is_empty(), "expected {event:?} on {:?}, but nothing was broadcast", self.subscription.topic());
        assert_eq!(heard.remove(0), (event.to_owned(), payload(&with)));
    }

    /// Checks that nothing was broadcast that no assertion has taken.
    ///
    /// # Panics
    /// When something was.
    pub async fn refute(&self) {
        settle().await;
        let heard = self.heard.0.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(heard.is_empty(), "expected no broadcast on {:?}, but heard {heard:?}", self.subscription.topic());
    }
}

impl Subscriber for Heard {
    fn deliver(&self, broadcast: &Arc<Broadcast>) {
        let entry = (broadcast.event().to_owned(), json(broadcast.payload()));
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(entry);
    }
}
