//! A joined channel under test.

use std::sync::Arc;
use std::time::Duration;

use firecrest::wire::client::Heard;
use firecrest::wire::{Payload, Ref, Text};
use serde::Serialize;
use serde_json::Value;

use crate::client::{Client, json};
use crate::params::payload;
use crate::{Pushed, settle};

/// A joined channel, seen from the client.
pub struct TestChannel {
    client: Arc<Client>,
    topic: String,
    join_ref: Ref,
    wait: Duration,
}

impl TestChannel {
    pub(crate) fn new(client: Arc<Client>, topic: &str, join_ref: Ref, wait: Duration) -> Self {
        TestChannel { client, topic: topic.into(), join_ref, wait }
    }

    /// Sets how long expectations wait, instead of 100 ms (spec §9). In virtual time that costs nothing.
    #[must_use]
    pub fn within(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// The topic.
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// Says something to the channel: it is in the channel's mailbox when this returns. `()` is the empty payload.
    ///
    /// # Panics
    /// When the connection is closed, or the mailbox is full and has no room in time.
    pub async fn push(&self, event: &str, with: impl Serialize) -> Pushed {
        self.push_payload(event, Payload::Json(Text::from(payload(&with).to_string()))).await
    }

    /// As [`push`](Self::push), with a payload that is encoded already, or binary (C147).
    ///
    /// # Panics
    /// As [`push`](Self::push).
    pub async fn push_payload(&self, event: &str, payload: Payload) -> Pushed {
        let reference = self.client.send(self.wait, Some(&self.join_ref), &self.topic, event, payload).await;
        Pushed { client: Arc::clone(&self.client), reference, event: event.into(), wait: self.wait }
    }

    /// Expects the next push or broadcast, whatever its event, to be this one (C077, C102).
    ///
    /// # Panics
    /// When it is another, or there is none in time; the message lists everything heard.
    pub async fn expect_push(&self, event: &str, with: impl Serialize) {
        let with = payload(&with);
        let what = format!("{event:?} on {:?} with {with}", self.topic);
        let wanted = |heard: &Heard| &*heard.event == event && json(&heard.payload) == with;
        self.client.inbox.expect(self.wait, &what, |heard| self.is_push(heard), wanted).await;
    }

    /// Waits for the next push or broadcast of this event and returns its payload. Those of other events stay.
    ///
    /// # Panics
    /// When there is none in time.
    pub async fn next(&self, event: &str) -> Value {
        json(&self.next_payload(event).await)
    }

    /// As [`next`](Self::next), with the payload as it came: JSON text or bytes.
    ///
    /// # Panics
    /// When there is none in time.
    pub async fn next_payload(&self, event: &str) -> Payload {
        let what = format!("{event:?} on {:?}", self.topic);
        let wanted = |heard: &Heard| self.is_push(heard) && &*heard.event == event;
        self.client.inbox.take(self.wait, &what, wanted).await.payload
    }

    /// Checks that nothing was pushed or broadcast that no assertion has taken.
    ///
    /// # Panics
    /// When something was.
    pub async fn refute_push(&self) {
        settle().await;
        self.client.inbox.refute(&format!("push on {:?}", self.topic), |heard| self.is_push(heard));
    }

    /// Expects the channel to end in an orderly way: `phx_close` (C093, C094).
    ///
    /// # Panics
    /// When it does not in time.
    pub async fn expect_close(&self) {
        self.expect_end("phx_close").await;
    }

    /// Expects the channel to crash: `phx_error` (C092).
    ///
    /// # Panics
    /// When it does not in time.
    pub async fn expect_crash(&self) {
        self.expect_end("phx_error").await;
    }

    /// Leaves, and waits for the answer and the close (C106).
    ///
    /// # Panics
    /// When either does not come in time.
    pub async fn leave(&self) {
        self.push("phx_leave", ()).await.expect_ok(()).await;
        self.expect_close().await;
    }

    async fn expect_end(&self, event: &str) {
        let what = format!("{event:?} on {:?}", self.topic);
        let wanted = |heard: &Heard| &*heard.event == event;
        self.client.inbox.expect(self.wait, &what, |heard| self.is_end(heard), wanted).await;
    }

    fn is_push(&self, heard: &Heard) -> bool {
        self.is_mine(heard) && heard.status.is_none() && !self.is_end(heard)
    }

    fn is_end(&self, heard: &Heard) -> bool {
        self.is_mine(heard) && matches!(&*heard.event, "phx_close" | "phx_error")
    }

    /// Whether the official client would take it as this channel's.
    fn is_mine(&self, heard: &Heard) -> bool {
        let this_instance = heard.join_ref.is_null() || heard.join_ref == self.join_ref;
        heard.topic.as_str() == Some(&self.topic) && this_instance
    }
}

impl std::fmt::Debug for TestChannel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TestChannel").field("topic", &self.topic).finish_non_exhaustive()
    }
}
