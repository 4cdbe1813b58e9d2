//! The typed handle of a topic.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::SystemTime;

use futures_util::stream;

use super::entry::Entry;
use super::listener::Kind;
use super::parcel::open;
use super::{Body, Counted, Feed, Keep, Message, Stale};
use crate::source::{Changes, Source};

/// A topic whose messages are of one type, by [`Hub::topic`](super::Hub::topic). Clones are the same, and so are all that a hub
/// gives for a name. Another type for the same topic works as far as the JSON of the one fits the other; what is kept is what fits the type of
/// the first handle.
///
/// What is kept is kept as long as somebody has a handle of the topic, on this node or another one.
///
/// It is a [`Source`] that changes with every message, and when the last one becomes [stale](Self::stale) or true again: a view
/// says `cx.watch(&topic)` and looks at [`last`](Self::last) or [`recent`](Self::recent) when it renders. A topic that is watched
/// keeps its last message.
pub struct Topic<T> {
    entry: Arc<Entry>,
    messages: PhantomData<fn(T) -> T>,
}

impl<T: Body> Topic<T> {
    pub(super) fn new(entry: Arc<Entry>) -> Self {
        Topic { entry, messages: PhantomData }
    }

    /// Sends a message to all who listen, on all nodes unless the topic is [local](super::Hub::local), and keeps it. It never waits.
    /// When nobody listens and nothing is kept, next to nothing happens.
    ///
    /// Listeners on this node get the value itself. It is written as JSON for those of another type or on other nodes, once;
    /// if it has no form in JSON they miss it, which is logged and counted.
    pub fn publish(&self, value: T) {
        self.entry.publish(value);
    }

    /// Whether anybody hears what is published now, or it is kept. A value that is dear to make need not be made otherwise.
    pub fn is_wanted(&self) -> bool {
        self.entry.is_wanted()
    }

    /// The last message, if one is kept. A message that is not of the type that the first handle of the topic has is logged, counted in
    /// `firecrest_hub_dropped_total`, and not kept.
    pub fn last(&self) -> Option<Message<T>> {
        let shelf = &self.entry.shelf;
        open(&shelf.last()?).ok().or_else(|| {
            let kept = shelf.newest(usize::MAX);
            kept.iter().rev().find_map(|message| open(message).ok())
        })
    }

    /// All messages that are kept, the oldest first. Those of other nodes are among them by their time.
    pub fn recent(&self) -> Vec<Message<T>> {
        let kept = self.entry.shelf.newest(usize::MAX);
        kept.iter().filter_map(|message| open(message).ok()).collect()
    }

    /// When the last message was sent, if one is kept.
    pub fn at(&self) -> Option<SystemTime> {
        Some(self.last()?.at())
    }

    /// What is wrong with the last message: the [poll](super::Hub::poll) that should have brought a newer one on this node has
    /// failed. Nothing when all is well.
    pub fn stale(&self) -> Option<Stale> {
        self.entry.shelf.stale()
    }

    /// The messages from now on.
    pub fn subscribe(&self) -> Feed<T> {
        Feed::new(|queue| self.entry.listen(Kind::Queue(queue)))
    }

    /// Counts the messages from now on, which costs next to nothing for each.
    pub fn count(&self) -> Counted {
        Counted::new(|count| self.entry.listen(Kind::Count(count)))
    }

    pub(super) fn entry(&self) -> &Arc<Entry> {
        &self.entry
    }
}

impl<T> Topic<T> {
    /// The name.
    pub fn name(&self) -> &str {
        &self.entry.name
    }
}

impl<T: Body> Source for Topic<T> {
    fn changes(&self) -> Changes {
        self.entry.keep(Keep::Last);
        let mut news = self.entry.shelf.news.subscribe();
        news.mark_unchanged();
        // Somebody who looks may be what a poller waits for.
        self.entry.core.router.changed.notify_waiters();
        Changes::new(stream::unfold((Arc::clone(&self.entry), news), async |(entry, mut news)| {
            news.changed().await.ok()?;
            Some(((), (entry, news)))
        }))
    }
}

impl<T> Clone for Topic<T> {
    fn clone(&self) -> Self {
        Topic { entry: Arc::clone(&self.entry), messages: PhantomData }
    }
}

impl<T> fmt::Debug for Topic<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Topic").field("name", &self.name()).finish_non_exhaustive()
    }
}
