//! Who handles what it is given, in a task of its own.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::stream::{self, BoxStream, SelectAll, StreamExt as _};
use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;

use super::error::End;
use super::subscription::Subscription;

/// Most subscriptions that wait for being added; who adds one more waits.
const WAITING: usize = 64;

/// What becomes of a consumer when a producer that it is subscribed to ends (G030).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cancel {
    /// It ends, too. The default.
    #[default]
    Permanent,
    /// It ends, too, unless the producer has simply finished.
    Transient,
    /// It stays.
    Temporary,
}

/// Why a consumer has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ended {
    /// A producer has.
    Producer(End),
    /// The handler has panicked. What it had in hand is lost; what it was not given yet is for others (G034).
    Crashed(Arc<str>),
    /// It was stopped.
    Stopped,
}

/// A task that handles batches, one after another, from any number of subscriptions. It stops when this is dropped.
#[derive(Debug)]
pub struct Consumer<T> {
    subscriptions: mpsc::Sender<(Subscription<T>, Cancel)>,
    ended: watch::Receiver<Option<Ended>>,
    task: AbortHandle,
}

/// What a subscription says.
enum News<T> {
    Batch(Vec<T>),
    End(End, Cancel),
}

impl<T: Send + 'static> Consumer<T> {
    /// A consumer without subscriptions.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn start<F, R>(handler: F) -> Self
    where
        F: FnMut(Vec<T>) -> R + Send + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        let (subscriptions, added) = mpsc::channel(WAITING);
        let (said, ended) = watch::channel(None);
        let task = tokio::spawn(async move {
            let consumed = AssertUnwindSafe(consume(added, handler)).catch_unwind().await;
            said.send_replace(Some(consumed.unwrap_or_else(|panic| Ended::Crashed(text(&*panic).into()))));
        });
        Consumer { subscriptions, ended, task: task.abort_handle() }
    }

    /// Handles what this subscription gives, too. Without effect when the consumer has ended.
    pub async fn add(&self, subscription: Subscription<T>, cancel: Cancel) {
        drop(self.subscriptions.send((subscription, cancel)).await);
    }

    /// Waits until it has ended, and says why.
    pub async fn ended(&self) -> Ended {
        let mut ended = self.ended.clone();
        let known = ended.wait_for(Option::is_some).await;
        known.ok().and_then(|ended| ended.clone()).unwrap_or(Ended::Stopped)
    }

    /// Whether it has ended.
    pub fn has_ended(&self) -> bool {
        self.ended.borrow().is_some() || self.ended.has_changed().is_err()
    }
}

impl<T> Drop for Consumer<T> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn consume<T, F, R>(mut added: mpsc::Receiver<(Subscription<T>, Cancel)>, mut handler: F) -> Ended
where
    T: Send + 'static,
    F: FnMut(Vec<T>) -> R,
    R: Future<Output = ()>,
{
    let mut all: SelectAll<BoxStream<'static, News<T>>> = SelectAll::new();
    loop {
        let news = tokio::select! {
            biased;
            subscription = added.recv() => match subscription {
                Some((subscription, cancel)) => {
                    all.push(news(subscription, cancel).boxed());
                    continue;
                }
                None => return Ended::Stopped,
            },
            Some(news) = all.next() => news,
        };
        match news {
            News::Batch(batch) => handler(batch).await,
            News::End(_, Cancel::Temporary) | News::End(End::Finished, Cancel::Transient) => {}
            News::End(end, _) => return Ended::Producer(end),
        }
    }
}

fn news<T: Send>(
    subscription: Subscription<T>,
    cancel: Cancel,
) -> impl stream::Stream<Item = News<T>> + Send {
    stream::unfold(Some(subscription), move |subscription| async move {
        let mut subscription = subscription?;
        match subscription.next_batch().await {
            Some(batch) => Some((News::Batch(batch), Some(subscription))),
            None => Some((News::End(subscription.end().unwrap_or(End::Finished), cancel), None)),
        }
    })
}

fn text(panic: &(dyn Any + Send)) -> &str {
    let known = panic.downcast_ref::<&str>().copied();
    known.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("a panic")
}
