//! A message under way, and the replies to it.

use std::sync::Arc;
use std::time::Duration;

use firecrest::wire::client::Heard;
use firecrest::wire::{Payload, Ref};
use serde::Serialize;
use serde_json::Value;

use crate::client::{Client, json};
use crate::params::payload;
use crate::settle;

/// A message that was sent to a channel. Replies to it are recognised by its ref, whatever else is heard.
#[must_use = "expect the reply, or drop it on purpose"]
pub struct Pushed {
    pub(crate) client: Arc<Client>,
    pub(crate) reference: Ref,
    pub(crate) event: String,
    pub(crate) wait: Duration,
}

impl Pushed {
    /// Expects the reply to have status `ok` and this response; `()` is the empty one (C089).
    ///
    /// # Panics
    /// When it has others, or there is none in time.
    pub async fn expect_ok(&self, response: impl Serialize) {
        self.expect_reply("ok", response).await;
    }

    /// Expects the reply to have status `error` and this response; `()` is the empty one.
    ///
    /// # Panics
    /// When it has others, or there is none in time.
    pub async fn expect_error(&self, response: impl Serialize) {
        self.expect_reply("error", response).await;
    }

    /// Expects the reply to have this status and this response.
    ///
    /// # Panics
    /// When it has others, or there is none in time.
    pub async fn expect_reply(&self, status: &str, response: impl Serialize) {
        let response = payload(&response);
        let what = format!("the reply to {:?} to be {status} with {response}", self.event);
        let wanted =
            |heard: &Heard| heard.status.as_deref() == Some(status) && json(&heard.payload) == response;
        self.client.inbox.expect(self.wait, &what, |heard| self.is_reply(heard), wanted).await;
    }

    /// Waits for the reply: its status and its response. A deferred reply that is sent several times is heard as often
    /// (C091).
    ///
    /// # Panics
    /// When there is none in time.
    pub async fn reply(&self) -> (String, Value) {
        let (status, response) = self.reply_payload().await;
        (status, json(&response))
    }

    /// As [`reply`](Self::reply), with the response as it came: JSON text or bytes.
    ///
    /// # Panics
    /// When there is none in time.
    pub async fn reply_payload(&self) -> (String, Payload) {
        let what = format!("a reply to {:?}", self.event);
        let heard = self.client.inbox.take(self.wait, &what, |heard| self.is_reply(heard)).await;
        (heard.status.as_deref().unwrap_or_default().to_owned(), heard.payload)
    }

    /// Checks that there is no reply that no assertion has taken (C088).
    ///
    /// # Panics
    /// When there is one.
    pub async fn refute_reply(&self) {
        settle().await;
        self.client.inbox.refute(&format!("reply to {:?}", self.event), |heard| self.is_reply(heard));
    }

    fn is_reply(&self, heard: &Heard) -> bool {
        heard.status.is_some() && heard.reference == self.reference
    }
}

impl std::fmt::Debug for Pushed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pushed").field("event", &self.event).finish_non_exhaustive()
    }
}
