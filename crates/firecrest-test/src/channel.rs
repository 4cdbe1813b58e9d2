//! A joined channel under test.

use std::sync::Arc;

use firecrest::wire::client::Heard;
use firecrest::wire::{Payload, Ref, Text};
use serde::Serialize;
use serde_json::Value;

use crate::inbox::{Inbox, json};
use crate::params::payload;
use crate::settle;

/// A joined channel, seen from the client.
pub struct TestChannel {
    inbox: Arc<Inbox>,
    topic: String,
    join_ref: Ref,
}

/// A message on its way to the channel: what its reply is recognised by.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "expect the reply, or drop it on purpose"]
pub struct Pushed(Ref);

impl TestChannel {
    pub(crate) fn new(inbox: Arc<Inbox>, topic: &str, join_ref: Ref) -> Self {
        TestChannel { inbox, topic: topic.into(), join_ref }
    }

    /// The topic.
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// Says something to the channel. `()` is the empty payload.
    pub async fn push(&self, event: &str, with: impl Serialize) -> Pushed {
        self.push_payload(event, Payload::Json(Text::from(payload(&with).to_string()))).await
    }

    /// Says something with a payload that is encoded already, or binary.
    pub async fn push_payload(&self, event: &str, payload: Payload) -> Pushed {
        Pushed(self.inbox.send(Some(&self.join_ref), &self.topic, event, payload).await)
    }

    /// Waits for the reply to a message: its status and response.
    pub async fn reply(&self, pushed: &Pushed) -> (String, Value) {
        let heard = self.inbox.take("a reply", |heard| heard.status.is_some() && heard.reference == pushed.0).await;
        (heard.status.as_deref().unwrap_or_default().to_owned(), json(&heard.payload))
    }

    /// Says something and expects this answer.
    ///
    /// # Panics
    /// When there is another, or none.
    pub async fn expect_reply(&self, event: &str, with: impl Serialize, status: &str, response: impl Serialize) {
        let pushed = self.push(event, with).await;
        assert_eq!(self.reply(&pushed).await, (status.to_owned(), payload(&response)), "the reply to {event:?}");
    }

    /// Checks that a message has not been answered.
    ///
    /// # Panics
    /// When it has.
    pub async fn refute_reply(&self, pushed: &Pushed) {
        settle().await;
        let heard = self.inbox.peek(|heard| heard.status.is_some() && heard.reference == pushed.0).await;
        assert!(heard.is_empty(), "expected no reply, but heard {}", heard.join(", "));
    }

    /// Waits for the next push or broadcast of this event and returns its payload. Those of other events stay.
    pub async fn next(&self, event: &str) -> Value {
        json(&self.next_payload(event).await)
    }

    /// As [`next`](Self::next), with the payload as it came: JSON text or bytes.
    pub async fn next_payload(&self, event: &str) -> Payload {
        let what = format!("{event:?} on {:?}", self.topic);
        self.inbox.take(&what, |heard| self.is_push(heard) && &*heard.event == event).await.payload
    }

    /// Expects the next push or broadcast, whatever its event, to be this one.
    ///
    /// # Panics
    /// When it is another, or none.
    pub async fn expect_push(&self, event: &str, with: impl Serialize) {
        let what = format!("{event:?} on {:?}", self.topic);
        let heard = self.inbox.take(&what, |heard| self.is_push(heard)).await;
        assert_eq!((&*heard.event, json(&heard.payload)), (event, payload(&with)), "the next push on {:?}", self.topic);
    }

    /// Checks that nothing was pushed or broadcast that no assertion has taken.
    ///
    /// # Panics
    /// When something was.
    pub async fn refute_push(&self) {
        settle().await;
        let heard = self.inbox.peek(|heard| self.is_push(heard)).await;
        assert!(heard.is_empty(), "expected no push on {:?}, but heard {}", self.topic, heard.join(", "));
    }

    /// Expects the channel to have ended in an orderly way (`phx_close`).
    pub async fn expect_close(&self) {
        self.end("phx_close").await;
    }

    /// Expects the channel to have crashed (`phx_error`).
    pub async fn expect_crash(&self) {
        self.end("phx_error").await;
    }

    /// Leaves, and waits for the answer and the close.
    pub async fn leave(self) {
        let pushed = self.push("phx_leave", ()).await;
        assert_eq!(self.reply(&pushed).await.0, "ok");
        self.expect_close().await;
    }

    async fn end(&self, event: &str) {
        self.inbox.take(event, |heard| self.is_mine(heard) && &*heard.event == event).await;
    }

    fn is_push(&self, heard: &Heard) -> bool {
        self.is_mine(heard) && heard.status.is_none() && !matches!(&*heard.event, "phx_close" | "phx_error")
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
