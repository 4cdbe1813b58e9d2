//! Reaching a view from outside.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use super::component::{LiveComponent, ToComponent};
use super::info::LiveInfo;
use crate::channel::{Answer, CallError, ChannelHandle, SendError, Shared, call};

/// Sends infos to one view, from any task. It does not keep the view alive.
pub struct ViewHandle<I> {
    channel: ChannelHandle<LiveInfo>,
    info: PhantomData<fn(I)>,
}

impl<I: Send + 'static> ViewHandle<I> {
    pub(super) fn new(shared: &Arc<Shared>) -> Self {
        ViewHandle { channel: ChannelHandle::new(Arc::clone(shared)), info: PhantomData }
    }

    /// Sends an info to the view's `handle_info`.
    ///
    /// # Errors
    /// When 1,024 messages wait for the view already, or it has ended.
    pub fn send(&self, info: I) -> Result<(), SendError> {
        self.channel.send(LiveInfo::User(Box::new(info)))
    }

    /// Asks the view, and waits for its answer, five seconds at most: `handle.call(Info::Count)` for an info `Count(Answer<u64>)`, which
    /// the view's `handle_info` [answers](Answer::send) whenever it likes (F079). It waits behind the infos that were sent before; the view that
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

    /// Sends an info to a component's `handle_info` (F084). When the view has no component of this type with this id, nothing happens.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn send_component<C: LiveComponent>(
        &self,
        id: impl std::fmt::Display,
        info: C::Info,
    ) -> Result<(), SendError> {
        self.channel.send(LiveInfo::Component(Box::new(ToComponent::one::<C>(id, info))))
    }

    /// Sends an info to all components of a type that the view has (F085).
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn send_components<C: LiveComponent<Info: Clone>>(&self, info: C::Info) -> Result<(), SendError> {
        self.channel.send(LiveInfo::Component(Box::new(ToComponent::all::<C>(info))))
    }
}

impl<I> Clone for ViewHandle<I> {
    fn clone(&self) -> Self {
        ViewHandle { channel: self.channel.clone(), info: PhantomData }
    }
}

impl<I> std::fmt::Debug for ViewHandle<I> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ViewHandle").field(&self.channel).finish()
    }
}
