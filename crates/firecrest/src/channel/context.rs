//! What a callback can do.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::sync::Arc;
use std::task::{self, Poll};
use std::time::Duration;

use firecrest_pubsub::Subscription;
use firecrest_wire::{Payload, Ref};
use serde::Serialize;

use super::mailbox::Item;
use super::shared::{Foreign, Shared};
use super::timers::{MAX_TIMERS, Timers};
use super::{ChannelHandle, DeferredReply, Reason, Timer};
use crate::connection::Transport;
use crate::presence;
use crate::{BroadcastError, Endpoint};

/// A channel's access to the world during one callback. `I` is the channel's `Info` type.
///
/// Pushing and broadcasting do not return errors: a payload that cannot be sent crashes the channel when the callback
/// returns, as spec §2.6 has it, and the log says why.
pub struct Context<'a, I = ()> {
    pub(super) core: &'a mut Core,
    /// The ref of the message that is being handled; null where there is none.
    pub(super) reference: Ref,
    info: PhantomData<fn(I)>,
}

/// A channel's state that is none of the user's.
pub(super) struct Core {
    pub(super) shared: Arc<Shared>,
    pub(super) endpoint: Endpoint,
    /// The subscription to the channel's own topic; given up when it ends.
    pub(super) own: Option<Subscription>,
    /// Topics the channel subscribed to, besides its own.
    pub(super) subscriptions: Vec<Subscription>,
    /// What the join wants handled before anything else, the first at the end.
    pub(super) first: Vec<Box<dyn Any + Send>>,
    /// Made when the first timer is.
    pub(super) timers: Option<Box<Timers>>,
    /// Made when somebody is first tracked.
    pub(super) present: Option<Box<presence::Ties>>,
    /// What went wrong in a callback without a way to return it.
    pub(super) failed: Option<String>,
}

impl Core {
    pub(super) fn new(
        shared: Arc<Shared>,
        endpoint: Endpoint,
        own: Subscription,
        subscriptions: Vec<Subscription>,
    ) -> Self {
        Core {
            shared,
            endpoint,
            own: Some(own),
            subscriptions,
            first: Vec::new(),
            timers: None,
            present: None,
            failed: None,
        }
    }

    /// Ready with the next thing to handle, or the reason to end.
    pub(super) fn poll_next(&mut self, cx: &mut task::Context<'_>) -> Poll<Result<Item, Reason>> {
        // A client that keeps talking must not keep a timer from firing.
        match self.poll_own(cx) {
            Some(info) => Poll::Ready(Ok(Item::Info(info))),
            None => self.shared.mailbox.poll_take(cx),
        }
    }

    /// What the join left, or a timer that is due.
    fn poll_own(&mut self, cx: &mut task::Context<'_>) -> Option<Box<dyn Any + Send>> {
        if let Some(info) = self.first.pop() {
            return Some(info);
        }
        match self.timers.as_mut()?.poll(cx) {
            Poll::Ready(info) => Some(info),
            Poll::Pending => None,
        }
    }

    fn fail(&mut self, error: impl std::fmt::Display) {
        self.failed.get_or_insert_with(|| error.to_string());
    }
}

impl<'a, I: Send + 'static> Context<'a, I> {
    pub(super) fn new(core: &'a mut Core, reference: Ref) -> Self {
        Context { core, reference, info: PhantomData }
    }

    /// The topic.
    pub fn topic(&self) -> &str {
        &self.core.shared.topic
    }

    /// The endpoint.
    pub fn endpoint(&self) -> &Endpoint {
        &self.core.endpoint
    }

    /// How the client is connected.
    pub fn transport(&self) -> Transport {
        self.core.shared.connection.transport
    }

    /// Sends an event to this client.
    pub fn push(&mut self, event: &str, payload: &(impl Serialize + ?Sized)) {
        let payload = Payload::json(payload).map_err(Into::into);
        if let Err(error) = payload.and_then(|payload| self.core.shared.push(event, &payload)) {
            self.core.fail(error);
        }
    }

    /// Sends an event whose payload is encoded already, or binary, to this client.
    pub fn push_payload(&mut self, event: &str, payload: &Payload) {
        if let Err(error) = self.core.shared.push(event, payload) {
            self.core.fail(error);
        }
    }

    /// Sends an event to everybody on this topic, this client included.
    pub fn broadcast(&mut self, event: &str, payload: &(impl Serialize + ?Sized)) {
        let result = self.core.endpoint.broadcast(&self.core.shared.topic, event, payload);
        self.check(result);
    }

    /// Sends an event to everybody on this topic but this channel.
    pub fn broadcast_from(&mut self, event: &str, payload: &(impl Serialize + ?Sized)) {
        let shared = &self.core.shared;
        let result = self.core.endpoint.broadcast_from(shared.id, &shared.topic, event, payload);
        self.check(result);
    }

    /// As [`broadcast`](Self::broadcast), on this node only.
    pub fn local_broadcast(&mut self, event: &str, payload: &(impl Serialize + ?Sized)) {
        let result = self.core.endpoint.local_broadcast(&self.core.shared.topic, event, payload);
        self.check(result);
    }

    /// As [`broadcast_from`](Self::broadcast_from), on this node only.
    pub fn local_broadcast_from(&mut self, event: &str, payload: &(impl Serialize + ?Sized)) {
        let shared = &self.core.shared;
        let result = self.core.endpoint.local_broadcast_from(shared.id, &shared.topic, event, payload);
        self.check(result);
    }

    /// Subscribes this channel to another topic; its broadcasts arrive in `handle_broadcast`. Subscribing to a topic
    /// again changes nothing. In a cluster broadcasts of other nodes arrive a moment later: wait for [`reached`](Self::reached) before
    /// loading what they are about. Topics of [`Joined::subscribe`](super::Joined::subscribe) are waited for by the join itself.
    pub fn subscribe(&mut self, topic: &str) {
        let Core { shared, endpoint, subscriptions, .. } = &mut *self.core;
        Foreign::subscribe(shared, endpoint, topic, subscriptions);
    }

    /// Waits until broadcasts of other nodes arrive on everything that was [subscribed](Self::subscribe) to, a second at most; when it
    /// takes longer, [`Endpoint::cluster_gaps`] tells. Without other nodes it is ready at once.
    pub async fn reached(&mut self) {
        let topics = self.core.subscriptions.iter().map(Subscription::topic);
        drop(self.core.endpoint.reach(topics).await);
    }

    /// Ends a subscription made with [`subscribe`](Self::subscribe). Broadcasts that wait in the mailbox still arrive.
    pub fn unsubscribe(&mut self, topic: &str) {
        self.core.subscriptions.retain(|subscription| subscription.topic() != topic);
    }

    /// Sends `info` to `handle_info` after a time. The timer ends with the channel.
    ///
    /// More than 1,000 pending timers crash the channel.
    pub fn send_after(&mut self, after: Duration, info: I) -> Timer {
        let timers = self.core.timers.get_or_insert_default();
        match timers.add(after, Box::new(info)) {
            Some(timer) => timer,
            None => {
                self.core.fail(format_args!("more than {MAX_TIMERS} timers are pending"));
                Timer::default()
            }
        }
    }

    /// Cancels a timer. Returns whether it was still pending.
    pub fn cancel(&mut self, timer: Timer) -> bool {
        self.core.timers.as_mut().is_some_and(|timers| timers.cancel(timer))
    }

    /// Takes the right to answer the message that is being handled, later and from any task.
    ///
    /// While [`Channel::MAX_DEFERRED`](super::Channel::MAX_DEFERRED) of these are alive the channel takes no further client
    /// events: its client is slowed down. Without a message to answer, or when the client did not ask for a reply (its
    /// ref is null), the channel crashes (C080).
    pub fn defer_reply(&mut self) -> DeferredReply {
        if self.reference.is_null() {
            self.core
                .fail("there is no message to reply to: the client sent no ref, or this is not handle_in");
        }
        DeferredReply::new(Arc::clone(&self.core.shared), self.reference.clone())
    }

    /// A handle to send infos to this channel from anywhere.
    pub fn handle(&self) -> ChannelHandle<I> {
        ChannelHandle::new(Arc::clone(&self.core.shared))
    }

    /// What a live view reaches beyond a callback: the channel, its subscriptions, its timers.
    pub(crate) fn ties(&mut self) -> (&Arc<Shared>, &mut Vec<Subscription>, &mut Option<Box<Timers>>) {
        let Core { shared, subscriptions, timers, .. } = &mut *self.core;
        (shared, subscriptions, timers)
    }

    /// What presence needs: the channel, the endpoint, and whom it tracks.
    pub(crate) fn presence(&mut self) -> (&Arc<Shared>, &Endpoint, &mut Option<Box<presence::Ties>>) {
        let Core { shared, endpoint, present, .. } = &mut *self.core;
        (shared, endpoint, present)
    }

    /// Ready when the channel was told to end.
    pub(crate) fn closing(&self) -> impl Future<Output = ()> + use<I> {
        let shared = Arc::clone(&self.core.shared);
        poll_fn(move |cx| shared.mailbox.poll_closing(cx).map(drop))
    }

    fn check(&mut self, result: Result<usize, BroadcastError>) {
        if let Err(error) = result {
            self.core.fail(error);
        }
    }
}
