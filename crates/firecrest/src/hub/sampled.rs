//! A few of many messages.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::{FutureExt as _, Stream};
use tokio::time::{Sleep, sleep};

use super::{Body, Feed, Message};

/// The newest messages of a while, and how many others there were (D014).
#[derive(Debug)]
#[non_exhaustive]
pub struct Sample<T> {
    /// The messages, the oldest first; at least one.
    pub items: Vec<Message<T>>,
    /// How many were left out since the last sample.
    pub skipped: u64,
}

/// Samples of a [`Feed`], by [`Feed::sampled`]. Like that it never ends.
///
/// What is left out costs next to nothing: nobody is woken for it, and its JSON is not read.
#[must_use = "streams do nothing unless they are polled"]
pub struct Sampled<T> {
    feed: Feed<T>,
    at_most: usize,
    per: Duration,
    /// How many the feed had missed when the last sample was made.
    missed: u64,
    /// Until the next sample may be made.
    pause: Option<Pin<Box<Sleep>>>,
}

impl<T: Body> Sampled<T> {
    pub(super) fn new(feed: Feed<T>, at_most: usize, per: Duration) -> Self {
        let at_most = at_most.max(1);
        // What waits already and has no room is left out of the first sample.
        let missed = feed.missed();
        feed.queue().sample(at_most);
        Sampled { missed, feed, at_most, per, pause: None }
    }
}

impl<T: Body> Stream for Sampled<T> {
    type Item = Sample<T>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Sample<T>>> {
        if let Some(pause) = &mut self.pause {
            ready!(pause.poll_unpin(cx));
            self.pause = None;
        }
        let mut items = Vec::new();
        while items.len() < self.at_most
            && let Poll::Ready(Some(message)) = Pin::new(&mut self.feed).poll_next(cx)
        {
            items.push(message);
        }
        if items.is_empty() {
            return Poll::Pending;
        }
        self.pause = Some(Box::pin(sleep(self.per)));
        let missed = self.feed.missed();
        let skipped = missed - std::mem::replace(&mut self.missed, missed);
        Poll::Ready(Some(Sample { items, skipped }))
    }
}

impl<T> fmt::Debug for Sampled<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sampled")
            .field("at_most", &self.at_most)
            .field("per", &self.per)
            .finish_non_exhaustive()
    }
}
