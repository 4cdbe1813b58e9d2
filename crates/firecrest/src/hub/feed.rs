//! The messages of one who listens.

use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::Stream;
use tokio::task::coop::poll_proceed;

use super::core::Subscription;
use super::parcel::{Carried, open};
use super::queue::{CAPACITY, Queue};
use super::{Body, Message, Sampled};
use crate::telemetry::shown_error;

/// The messages of a topic or a pattern, from when it was made until it is dropped. It never ends.
///
/// Up to 1,024 messages wait to be taken, or [as many as you say](Self::capacity); then the oldest are dropped, and
/// [counted](Self::missed). Messages of one task to one topic come in order. A message whose JSON does not fit the type is logged,
/// counted in `firecrest_hub_dropped_total`, and left out.
#[must_use = "messages wait until they are taken"]
pub struct Feed<T> {
    queue: Arc<Queue>,
    mistyped: Arc<AtomicU64>,
    subscription: Subscription,
    messages: PhantomData<fn() -> T>,
}

impl<T: Body> Feed<T> {
    pub(super) fn new(subscribe: impl FnOnce(Arc<Queue>) -> Subscription) -> Self {
        let queue = Queue::new(CAPACITY);
        let subscription = subscribe(Arc::clone(&queue));
        Feed { queue, mistyped: Arc::default(), subscription, messages: PhantomData }
    }

    /// Lets so many messages wait, at least one. Default: 1,024.
    pub fn capacity(self, capacity: usize) -> Self {
        self.queue.set_capacity(capacity);
        self
    }

    /// Waits for the next message. Nothing is lost when it is dropped before.
    pub async fn next(&mut self) -> Message<T> {
        poll_fn(|cx| self.poll_message(cx)).await
    }

    /// How many messages were dropped because too many waited.
    pub fn missed(&self) -> u64 {
        self.queue.missed()
    }

    /// How many messages wait.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// Rather a few now and then than all at once, for people to read (D014): the newest, `at_most` of them at least `per` apart, and
    /// how many were left out. The first after a pause comes at once.
    pub fn sampled(self, at_most: usize, per: Duration) -> Sampled<T> {
        Sampled::new(self, at_most, per)
    }

    fn poll_message(&self, cx: &mut Context<'_>) -> Poll<Message<T>> {
        loop {
            // A flood leaves others their turn.
            let budget = ready!(poll_proceed(cx));
            let carried = ready!(self.queue.poll_pop(cx));
            budget.made_progress();
            match open(&carried) {
                Ok(message) => return Poll::Ready(message),
                Err(error) => self.mistype(&*carried, &error),
            }
        }
    }

    fn mistype(&self, message: &dyn Carried, error: &str) {
        self.mistyped.fetch_add(1, Ordering::Relaxed);
        metrics::counter!("firecrest_hub_dropped_total", "reason" => "type").increment(1);
        if self.subscription.core.noise.is_news("type") {
            let (topic, wanted) = (&*message.head().topic, std::any::type_name::<T>());
            let error = shown_error(&error);
            tracing::warn!(topic, wanted, error, "a message does not fit the type of a listener");
        }
    }
}

impl<T> Feed<T> {
    pub(super) fn queue(&self) -> &Arc<Queue> {
        &self.queue
    }

    /// Counts the messages that did not fit.
    pub(super) fn mistyped(&self) -> &Arc<AtomicU64> {
        &self.mistyped
    }
}

impl<T: Body> Stream for Feed<T> {
    type Item = Message<T>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Message<T>>> {
        self.poll_message(cx).map(Some)
    }
}

impl<T> fmt::Debug for Feed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Feed").field("waiting", &self.queue.len()).finish_non_exhaustive()
    }
}
