//! Who asks.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::vec;

use futures_util::stream::{self, Stream, StreamExt as _};

use super::demand::Demand;
use super::error::End;
use super::source::Source;

/// Items of a producer, as they are asked for. When it is dropped, what it was given and has not fetched is for others.
#[must_use = "the subscription ends when this is dropped"]
pub struct Subscription<T> {
    source: Arc<Source<T>>,
    id: usize,
    demand: Demand,
    /// Asked for, and not handled.
    outstanding: usize,
    /// Of those, what the last batch had.
    in_hand: usize,
    /// What is left of what was given at once: batches are parts of that.
    given: vec::IntoIter<T>,
    /// Whether the producer had ended before.
    is_gone: bool,
}

impl<T> Subscription<T> {
    pub(super) fn new(source: Arc<Source<T>>, id: usize, demand: Demand, is_gone: bool) -> Self {
        Subscription {
            source,
            id,
            demand,
            outstanding: 0,
            in_hand: 0,
            given: Vec::new().into_iter(),
            is_gone,
        }
    }

    /// The next items, `max − min` at most. Being called says that the last ones have been handled: then more is asked for when it
    /// is time (G007), for the first time with the first call. None when the producer has ended and everything was given out. The
    /// future may be dropped while it waits.
    pub async fn next_batch(&mut self) -> Option<Vec<T>> {
        self.has_handled();
        while self.given.as_slice().is_empty() {
            self.given = poll_fn(|cx| self.poll_given(cx)).await?.into_iter();
        }
        let batch: Vec<T> = self.given.by_ref().take(self.demand.batch()).collect();
        self.in_hand = batch.len();
        Some(batch)
    }

    /// Asks for so many more, which is all that a [manual](Demand::manual) subscription is given (G010).
    pub fn ask(&mut self, items: usize) {
        self.outstanding = self.outstanding.saturating_add(items);
        self.source.change(|state, after| state.ask(self.id, items, after));
    }

    /// How the producer has ended, if it has.
    pub fn end(&self) -> Option<End> {
        let end = self.source.lock().end.clone();
        if self.is_gone { Some(End::Gone) } else { end }
    }

    /// The items one by one. The last one of a batch has been handled when the next one is asked for.
    pub fn into_stream(self) -> impl Stream<Item = T> + Send
    where
        T: Send,
    {
        let batches = stream::unfold(self, |mut subscription| async {
            let batch = subscription.next_batch().await?;
            Some((stream::iter(batch), subscription))
        });
        batches.flatten()
    }

    fn has_handled(&mut self) {
        self.outstanding -= std::mem::take(&mut self.in_hand);
        if !self.demand.is_manual && self.outstanding <= self.demand.min {
            self.ask(self.demand.max - self.outstanding);
        }
    }

    fn poll_given(&mut self, cx: &mut Context<'_>) -> Poll<Option<Vec<T>>> {
        let mut state = self.source.lock();
        let has_ended = state.end.is_some();
        let Some(one) = state.subscribers.get_mut(self.id) else { return Poll::Ready(None) };
        if let Some(items) = one.inbox.pop_front() {
            return Poll::Ready(Some(items));
        }
        let queue = one.queue;
        one.waker = Some(cx.waker().clone());
        if has_ended && state.queues[queue].is_empty() { Poll::Ready(None) } else { Poll::Pending }
    }
}

impl<T> Drop for Subscription<T> {
    fn drop(&mut self) {
        let rest = std::mem::take(&mut self.given).collect();
        self.source.change(|state, after| state.leave(self.id, rest, after));
    }
}

impl<T> std::fmt::Debug for Subscription<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subscription").field("demand", &self.demand).finish_non_exhaustive()
    }
}
