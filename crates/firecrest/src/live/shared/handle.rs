//! Reaching a shared view from outside.

use std::marker::PhantomData;
use std::sync::{Arc, Weak};
use std::time::Duration;

use super::mail::Letter;
use super::stage::Stage;
use crate::channel::{Answer, CallError, SendError, call};

/// Sends infos to one shared view, from any task. It does not keep the view alive.
pub struct SharedHandle<I> {
    stage: Weak<Stage>,
    info: PhantomData<fn(I)>,
}

impl<I: Send + 'static> SharedHandle<I> {
    pub(super) fn new(stage: &Arc<Stage>) -> Self {
        SharedHandle { stage: Arc::downgrade(stage), info: PhantomData }
    }

    /// Sends an info to the view's `handle_info`.
    ///
    /// # Errors
    /// When as many messages wait as [may](super::SharedOptions::max_waiting), or the view has ended. What waits for a state that
    /// crashes is lost with it.
    pub fn send(&self, info: I) -> Result<(), SendError> {
        let stage = self.stage.upgrade().ok_or(SendError::Closed)?;
        stage.mail.push(Letter::Info(Box::new(info)))?;
        stage.news.notify_one();
        Ok(())
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
}

impl<I> Clone for SharedHandle<I> {
    fn clone(&self) -> Self {
        SharedHandle { stage: self.stage.clone(), info: PhantomData }
    }
}

impl<I> std::fmt::Debug for SharedHandle<I> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SharedHandle").finish_non_exhaustive()
    }
}
