//! Listening to a topic as the program itself does.

use std::sync::Arc;

use firecrest::pubsub::{Broadcast, Subscriber, SubscriberId, Subscription};
use firecrest::{BroadcastError, Endpoint};
use serde::Serialize;

use crate::client::json;
use crate::inbox::{Describe, Inbox, WAIT};
use crate::params::payload;
use crate::settle;

/// A subscription of the test itself: what is broadcast, before any channel makes something else of it (C096; spec §9,
/// `assert_broadcast`).
pub struct TestTopic {
    endpoint: Endpoint,
    id: SubscriberId,
    inbox: Arc<Inbox<Arc<Broadcast>>>,
    subscription: Subscription,
}

impl TestTopic {
    /// Subscribes to a topic.
    pub fn subscribe(endpoint: &Endpoint, topic: &str) -> Self {
        let (id, inbox) = (SubscriberId::unique(), Arc::<Inbox<_>>::default());
        let subscription = endpoint.pubsub().subscribe(topic, id, Arc::clone(&inbox) as _);
        TestTopic { endpoint: endpoint.clone(), id, inbox, subscription }
    }

    /// Broadcasts to everybody on the topic but this subscription (spec §9, `broadcast_from`). Returns how many were
    /// reached.
    ///
    /// # Errors
    /// When the payload is not a JSON object.
    pub fn broadcast_from(&self, event: &str, with: impl Serialize) -> Result<usize, BroadcastError> {
        self.endpoint.broadcast_from(self.id, self.subscription.topic(), event, &payload(&with))
    }

    /// Expects the next broadcast to be this one, within 100 ms.
    ///
    /// # Panics
    /// When it is another, or there is none in time; the message lists everything heard.
    pub async fn expect(&self, event: &str, with: impl Serialize) {
        let with = payload(&with);
        let what = format!("{event:?} on {:?} with {with}", self.subscription.topic());
        let wanted = |heard: &Arc<Broadcast>| heard.event() == event && json(heard.payload()) == with;
        self.inbox.expect(WAIT, &what, |_| true, wanted).await;
    }

    /// Checks that nothing was broadcast that no assertion has taken.
    ///
    /// # Panics
    /// When something was.
    pub async fn refute(&self) {
        settle().await;
        self.inbox.refute(&format!("broadcast on {:?}", self.subscription.topic()), |_| true);
    }
}

impl std::fmt::Debug for TestTopic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TestTopic").field("topic", &self.subscription.topic()).finish_non_exhaustive()
    }
}

impl Subscriber for Inbox<Arc<Broadcast>> {
    fn deliver(&self, broadcast: &Arc<Broadcast>) {
        self.hear(Arc::clone(broadcast));
    }
}

impl Describe for Arc<Broadcast> {
    fn describe(&self) -> String {
        format!("{:?} on {:?} with {}", self.event(), self.topic(), json(self.payload()))
    }
}
