//! Tasks that make items: from a function, from a stream, from other items.

use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::stream::{self, Stream, StreamExt as _};
use tokio::task::coop::consume_budget;
use tokio::time::sleep;

use super::error::{EmitError, End};
use super::producer::{Builder, Producer};
use super::subscription::Subscription;

/// How long who had nothing is not asked again.
const PAUSE: Duration = Duration::from_millis(10);

impl<T: Send + 'static> Producer<T> {
    /// A producer whose items a function makes: called with how many are wanted, when they are, and not before (G001). It may make
    /// fewer, or more: they wait. When it makes none, it is asked again 10 ms later: better it waits itself until it has something.
    /// None says that there is nothing more. It runs in a task of its own, which ends with the last
    /// subscription and handle. When it panics, the producer has failed.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn from_fn<F, R>(make: F) -> Self
    where
        F: FnMut(usize) -> R + Send + 'static,
        R: Future<Output = Option<Vec<T>>> + Send + 'static,
    {
        Producer::builder().unbounded().make(move |feeder| feed_made(feeder, make))
    }

    /// A producer of a stream's items, which are fetched when they are wanted.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn from_stream(items: impl Stream<Item = T> + Send + 'static) -> Self {
        Producer::builder().unbounded().make(move |feeder| feed_stream(feeder, items))
    }

    /// Lets a task make this producer's items, called as that of [`from_fn`](Self::from_fn): for producers that were
    /// [built](Self::builder) with options.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn feed<F, R>(&self, make: F)
    where
        F: FnMut(usize) -> R + Send + 'static,
        R: Future<Output = Option<Vec<T>>> + Send + 'static,
    {
        self.run(move |feeder| feed_made(feeder, make));
    }

    /// Runs a task that makes items.
    fn run<F, R>(&self, make: F)
    where
        F: FnOnce(Feeder<T>) -> R,
        R: Future<Output = ()> + Send + 'static,
    {
        // Kept until the end is known: the last handle would say that it has simply finished.
        let last = Feeder::new(self);
        let making = AssertUnwindSafe(make(Feeder::new(self)));
        tokio::spawn(async move {
            let end = match making.catch_unwind().await {
                Ok(()) => End::Finished,
                Err(_) => End::Failed("what makes its items has panicked".into()),
            };
            last.0.source.end(end);
        });
    }
}

impl<T: Send + 'static> Subscription<T> {
    /// A producer of what a function makes of each item, in their order, so many at once. Nothing is asked for up there while nothing
    /// is wanted down here (G012). When the function panics, the producer has failed.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn then<U, F, R>(self, at_once: usize, work: F) -> Producer<U>
    where
        U: Send + 'static,
        F: FnMut(T) -> R + Send + 'static,
        R: Future<Output = U> + Send + 'static,
    {
        Producer::builder().unbounded().make(move |feeder| feed_worked(feeder, self, at_once.max(1), work))
    }
}

impl<T: Send + 'static> Builder<T> {
    fn make<F, R>(self, make: F) -> Producer<T>
    where
        F: FnOnce(Feeder<T>) -> R,
        R: Future<Output = ()> + Send + 'static,
    {
        let producer = self.any();
        producer.run(make);
        producer
    }
}

/// A handle of a task that makes items, which alone keeps nobody waiting.
struct Feeder<T>(Producer<T>);

impl<T> Feeder<T> {
    fn new(producer: &Producer<T>) -> Self {
        producer.source.lock().feeders += 1;
        Feeder(producer.clone())
    }

    /// How many are wanted, or that none ever will be.
    async fn wanted(&self) -> Option<usize> {
        let wanted = self.0.demanded();
        self.unless_abandoned(wanted).await.flatten()
    }

    async fn unless_abandoned<R>(&self, work: impl Future<Output = R>) -> Option<R> {
        tokio::select! {
            biased;
            () = self.0.wait_for(|state| state.is_abandoned().then_some(())) => None,
            done = work => Some(done),
        }
    }

    /// Whether that was of use to anybody.
    fn emit(&self, items: Vec<T>) -> bool {
        let emitted = self.0.emit(items);
        if let Err(error @ EmitError::NoPartition { .. }) = &emitted {
            self.0.fail(error.to_string());
        }
        emitted.is_ok()
    }
}

impl<T> Drop for Feeder<T> {
    fn drop(&mut self) {
        self.0.source.lock().feeders -= 1;
    }
}

async fn feed_made<T, F, R>(feeder: Feeder<T>, mut make: F)
where
    F: FnMut(usize) -> R,
    R: Future<Output = Option<Vec<T>>>,
{
    while let Some(mut due) = feeder.wanted().await {
        while due > 0 {
            consume_budget().await;
            let Some(made) = feeder.unless_abandoned(make(due)).await.flatten() else { return };
            due = due.saturating_sub(made.len());
            if made.is_empty() {
                sleep(PAUSE).await;
            }
            if !feeder.emit(made) {
                return;
            }
        }
    }
}

async fn feed_stream<T>(feeder: Feeder<T>, items: impl Stream<Item = T>) {
    let mut items = pin!(items.fuse());
    while let Some(mut due) = feeder.wanted().await {
        while due > 0 {
            consume_budget().await;
            let Some(first) = feeder.unless_abandoned(items.next()).await.flatten() else { return };
            // What is there goes out together.
            let mut made = vec![first];
            while made.len() < due
                && let Some(Some(item)) = items.next().now_or_never()
            {
                made.push(item);
            }
            due -= made.len();
            if !feeder.emit(made) {
                return;
            }
        }
    }
}

async fn feed_worked<T, U, F, R>(feeder: Feeder<U>, mut from: Subscription<T>, at_once: usize, mut work: F)
where
    F: FnMut(T) -> R,
    R: Future<Output = U>,
{
    while let Some(mut due) = feeder.wanted().await {
        while due > 0 {
            consume_budget().await;
            let Some(batch) = feeder.unless_abandoned(from.next_batch()).await.flatten() else {
                if let Some(End::Failed(reason)) = from.end() {
                    feeder.0.fail(reason);
                }
                return;
            };
            let worked = stream::iter(batch).map(&mut work).buffered(at_once).collect::<Vec<U>>();
            let Some(made) = feeder.unless_abandoned(worked).await else { return };
            due = due.saturating_sub(made.len());
            if !feeder.emit(made) {
                return;
            }
        }
    }
}
