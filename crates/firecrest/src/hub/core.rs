//! What all handles of a hub share.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, Weak};

use bytes::Bytes;
use firecrest_pubsub::PubSub;

use super::clock::{Clock, Stamp, is_sound};
use super::entry::Entry;
use super::grammar::check_topic;
use super::link::Link;
use super::listener::{Kind, Listener};
use super::noise::Noise;
use super::origin::Origin;
use super::parcel::{Carried, Head, Letter};
use super::route::Route;
use super::router::Router;
use super::shelf::Shelf;
use super::stats::Reports;
use super::tasks::Tasks;
use super::{Pattern, SendError, TopicError};
use crate::telemetry::meter::{Count, Limit, add, reached};
use crate::telemetry::{Panic, shown_error};

/// Most topics that have handles: 10,000, and as many of this node alone. One more is refused.
const MAX_TOPICS: usize = 10_000;

pub(crate) struct Core {
    pub(super) router: Router,
    pub(super) clock: Clock,
    /// Topics that somebody has a handle of: those of all nodes, and those of this one alone.
    topics: [RwLock<Topics>; 2],
    /// The other nodes, if there can be any.
    pub(super) link: Option<Link>,
    pub(super) tasks: Tasks,
    pub(super) reports: Reports,
    pub(super) noise: Noise,
    /// The names of the bridges that there are.
    pub(super) bridges: Mutex<Vec<Arc<str>>>,
}

type Topics = HashMap<Arc<str>, Weak<Entry>>;

impl Core {
    pub(crate) fn new(pubsub: &PubSub) -> Arc<Self> {
        Arc::new_cyclic(|core| Core {
            router: Router::default(),
            clock: Clock::default(),
            topics: Default::default(),
            link: Link::new(pubsub, core),
            tasks: Tasks::default(),
            reports: Reports::default(),
            noise: Noise::default(),
            bridges: Mutex::default(),
        })
    }

    /// Speaks with the other nodes from now on; within a runtime.
    pub(crate) fn start(self: &Arc<Self>) {
        if let Some(link) = &self.link {
            link.start(self);
        }
    }

    /// Ends consumers, pollers and bridges, and leaves the other nodes.
    pub(crate) async fn stop(&self) {
        self.tasks.stop().await;
        if let Some(link) = &self.link {
            link.leave();
        }
    }

    /// The topic of this name, for everybody the same.
    pub(super) fn entry(self: &Arc<Self>, name: &str, is_local: bool) -> Result<Arc<Entry>, TopicError> {
        if let Some(known) = self.known(name, is_local) {
            return Ok(known);
        }
        check_topic(name)?;
        let mut topics = self.topics_mut(is_local);
        if let Some(known) = topics.get(name).and_then(Weak::upgrade) {
            return Ok(known);
        }
        if topics.len() >= MAX_TOPICS {
            reached(Limit::HubTopics);
            return Err(TopicError::TooMany(MAX_TOPICS));
        }
        let entry = Entry::new(name.into(), is_local, self);
        topics.insert(Arc::clone(&entry.name), Arc::downgrade(&entry));
        Ok(entry)
    }

    /// The topic of this name, if somebody has a handle of it.
    pub(super) fn known(&self, name: &str, is_local: bool) -> Option<Arc<Entry>> {
        self.topics(is_local).get(name).and_then(Weak::upgrade)
    }

    /// Forgets a topic that nobody has a handle of any more, unless another one has taken its place.
    pub(super) fn forget(&self, entry: &Entry) {
        let mut topics = self.topics_mut(entry.is_local);
        if topics.get(&entry.name).is_some_and(|known| std::ptr::eq(known.as_ptr(), entry)) {
            topics.remove(&entry.name);
        }
    }

    /// The topics of all nodes that are kept here, with how many messages of each.
    pub(super) fn kept(&self) -> Vec<(Arc<str>, usize)> {
        // The lock is given up before any of them may be dropped: it forgets itself then.
        let entries: Vec<_> = self.topics(false).values().filter_map(Weak::upgrade).collect();
        let kept = entries.iter().map(|entry| (Arc::clone(&entry.name), entry.shelf.keeps()));
        kept.filter(|(_, count)| *count > 0).collect()
    }

    fn topics(&self, is_local: bool) -> RwLockReadGuard<'_, Topics> {
        self.topics[usize::from(is_local)].read().unwrap_or_else(PoisonError::into_inner)
    }

    fn topics_mut(&self, is_local: bool) -> RwLockWriteGuard<'_, Topics> {
        self.topics[usize::from(is_local)].write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn subscribe(
        self: &Arc<Self>,
        listener: Arc<Listener>,
        patterns: Vec<Pattern>,
    ) -> Subscription {
        self.router.insert(&patterns, &listener);
        if listener.is_told()
            && let Some(link) = &self.link
        {
            link.wake();
        }
        Subscription { core: Arc::clone(self), listener, patterns }
    }

    /// Sends JSON that is made when somebody wants it.
    pub(super) fn send(
        &self,
        topic: &str,
        origin: Origin,
        json: impl FnOnce() -> Result<Bytes, SendError>,
    ) -> Result<(), SendError> {
        check_topic(topic)?;
        let route = self.router.route(topic, false);
        if route.is_empty() {
            return Ok(());
        }
        let json = json()?;
        let head = Head::new(topic.into(), self.stamp(&route), origin);
        self.hand_out(&route, &(Arc::new(Letter::new(head, json)) as _));
        Ok(())
    }

    /// When a message is sent that goes there.
    pub(super) fn stamp(&self, route: &Route) -> Stamp {
        if route.needs_order { self.clock.stamp() } else { Stamp::unordered() }
    }

    /// Takes a message that another node has sent.
    pub(super) fn hear(&self, letter: Letter) {
        self.see(&letter);
        add(Count::HubIn, 1);
        let route = self.router.route(&letter.head().topic, false);
        self.hand_out(&route, &(Arc::new(letter) as _));
    }

    /// Follows the clock of a message of another node.
    pub(super) fn see(&self, letter: &Letter) {
        let order = letter.head().stamp.order;
        self.clock.see(order);
        if !is_sound(order) && self.noise.is_news("clock") {
            let node = letter.head().origin.node.as_deref();
            tracing::warn!(
                node,
                "the clock of another node is ahead by more than a day: what it says is not kept"
            );
        }
    }

    /// Keeps a message, unless it is of another type than what is kept.
    pub(super) fn shelve(&self, shelf: &Shelf, message: &Arc<dyn Carried>) {
        match shelf.fits(message) {
            Ok(()) => shelf.put(message),
            Err(error) => {
                metrics::counter!("firecrest_hub_dropped_total", "reason" => "type").increment(1);
                if self.noise.is_news("kept type") {
                    let (topic, error) = (&*message.head().topic, shown_error(&error));
                    tracing::warn!(
                        topic,
                        error,
                        "a message does not fit the type of its topic, and is not kept"
                    );
                }
            }
        }
    }

    /// Hands a message to all who listen and hear what comes from there.
    pub(super) fn hand_out(&self, route: &Route, message: &Arc<dyn Carried>) {
        let origin = &message.head().origin;
        if origin.node.is_none() {
            add(Count::HubLocal, 1);
        }
        let mut peers = Vec::new();
        for listener in route.listeners.iter().filter(|listener| listener.hears(origin)) {
            match &listener.kind {
                Kind::Shelf(shelf) => self.shelve(shelf, message),
                Kind::Queue(queue) => queue.push(Arc::clone(message)),
                Kind::Count(count) => drop(count.fetch_add(1, Ordering::Relaxed)),
                Kind::Bridge(way) => way.queue.push(Arc::clone(message)),
                Kind::Peer(peer) => peers.push(peer),
            }
        }
        if let Some(link) = self.link.as_ref().filter(|_| !peers.is_empty()) {
            link.publish(self, &peers, &**message);
        }
    }

    /// Notes that the application's code has panicked where messages of other nodes are taken.
    pub(super) fn panicked(&self, panic: &Panic) {
        if self.noise.is_news("panic") {
            tracing::error!(error = shown_error(panic), "a message of another node has made something panic");
        }
    }

    /// Counts a message of which nobody wants more.
    pub(super) fn count(route: &Route) {
        for listener in &route.listeners {
            if let Kind::Count(count) = &listener.kind {
                count.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        if let Some(link) = &self.link {
            // Its task ends when it finds nobody.
            link.wake();
        }
    }
}

/// Somebody listens until this is dropped.
pub(super) struct Subscription {
    pub(super) core: Arc<Core>,
    listener: Arc<Listener>,
    patterns: Vec<Pattern>,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.core.router.remove(&self.patterns, &self.listener);
        if self.listener.is_told()
            && let Some(link) = &self.core.link
        {
            link.wake();
        }
        if let Kind::Queue(queue) = &self.listener.kind {
            // A topic may remember the listener until somebody else comes or goes.
            queue.clear();
        }
    }
}
