//! Reaching a channel from outside: infos in, deferred replies out.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use firecrest_wire::Ref;

use super::call::{Answer, CallError, call};
use super::mailbox::{Item, PushError};
use super::shared::Shared;
use super::{Reason, Reply};
use crate::telemetry::meter::{Limit, reached};

/// Sends infos to one channel, from any task. It does not keep the channel alive.
pub struct ChannelHandle<I> {
    shared: Arc<Shared>,
    info: PhantomData<fn(I)>,
}

/// Why an info did not reach a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// Its mailbox is full ([`MailboxLimits::infos`](super::MailboxLimits::infos)).
    #[error("the channel's mailbox is full")]
    Full,
    /// It has ended.
    #[error("the channel has ended")]
    Closed,
}

impl<I: Send + 'static> ChannelHandle<I> {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        ChannelHandle { shared, info: PhantomData }
    }

    /// Sends an info to the channel's `handle_info`.
    ///
    /// # Errors
    /// When the mailbox is full or the channel has ended.
    pub fn send(&self, info: I) -> Result<(), SendError> {
        self.shared.mailbox.push(Item::Info(Box::new(info))).map_err(|error| match error {
            PushError::Full(_) => {
                reached(Limit::ChannelInfos);
                SendError::Full
            }
            PushError::Closed(_) => SendError::Closed,
        })
    }

    /// Asks the channel, and waits for its answer, five seconds at most: `handle.call(Info::Count)` for an info `Count(Answer<u64>)`, which
    /// the channel's `handle_info` [answers](Answer::send) whenever it likes (F079). It waits behind the infos that were sent before; the channel that
    /// asks itself waits in vain.
    ///
    /// # Errors
    /// As [`send`](Self::send), when it ends or drops the question, and when there is no answer in time.
    pub async fn call<T>(&self, question: impl FnOnce(Answer<T>) -> I) -> Result<T, CallError> {
        call(None, question, |info| self.send(info)).await
    }

    /// As [`call`](Self::call), for as long as this.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub async fn call_within<T>(
        &self,
        wait: Duration,
        question: impl FnOnce(Answer<T>) -> I,
    ) -> Result<T, CallError> {
        call(Some(wait), question, |info| self.send(info)).await
    }

    /// The channel's topic.
    pub fn topic(&self) -> &str {
        &self.shared.topic
    }
}

impl<I> Clone for ChannelHandle<I> {
    fn clone(&self) -> Self {
        ChannelHandle { shared: Arc::clone(&self.shared), info: PhantomData }
    }
}

impl<I> std::fmt::Debug for ChannelHandle<I> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChannelHandle").field("topic", &self.shared.topic).finish_non_exhaustive()
    }
}

/// The right to answer one message later (spec §3.5). It can be used from any task, several times, and even after the
/// channel has ended.
#[derive(Debug)]
#[must_use = "the client waits for the reply"]
pub struct DeferredReply {
    shared: Arc<Shared>,
    reference: Ref,
}

impl DeferredReply {
    pub(super) fn new(shared: Arc<Shared>, reference: Ref) -> Self {
        shared.mailbox.defer();
        DeferredReply { shared, reference }
    }

    /// Answers. A payload that cannot be sent to this client is logged and dropped.
    pub fn send(&self, reply: impl Into<Reply>) {
        if let Err(error) = self.shared.reply(&self.reference, reply.into()) {
            tracing::error!(topic = &*self.shared.topic, %error, "a deferred reply cannot be sent");
        }
    }

    /// Ends the channel by a crash instead: its client joins again.
    pub(crate) fn crash(&self, error: impl Into<String>) {
        self.shared.mailbox.close(Reason::Crashed(error.into()));
    }
}

impl Drop for DeferredReply {
    fn drop(&mut self) {
        self.shared.mailbox.settle();
    }
}
