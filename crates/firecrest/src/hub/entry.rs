//! A topic that somebody has a handle of.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use super::core::{Core, Subscription};
use super::listener::{Kind, Listener};
use super::origin::{Origin, Reach};
use super::parcel::{Head, Parcel};
use super::polls::Report;
use super::route::Route;
use super::shelf::Shelf;
use super::{Body, Keep, Pattern};

/// A generation that there never is.
const NEVER: u64 = u64::MAX;

pub(super) struct Entry {
    pub(super) name: Arc<str>,
    /// Whether its messages stay on this node.
    pub(super) is_local: bool,
    pub(super) core: Arc<Core>,
    pub(super) shelf: Arc<Shelf>,
    /// Brings messages to the shelf, once it keeps any.
    shelved: OnceLock<Subscription>,
    /// Who hears what is published, as it was found last.
    route: RwLock<Arc<Route>>,
    /// The state of the router in which nobody listened here.
    idle_at: AtomicU64,
}

impl Entry {
    pub(super) fn new(name: Arc<str>, is_local: bool, core: &Arc<Core>) -> Arc<Self> {
        Arc::new(Entry {
            name,
            is_local,
            core: Arc::clone(core),
            shelf: Shelf::new(),
            shelved: OnceLock::new(),
            route: RwLock::new(Arc::new(Route { generation: NEVER, ..Route::default() })),
            idle_at: AtomicU64::new(NEVER),
        })
    }

    /// Keeps at least so much from now on; what other nodes have kept is asked for.
    pub(super) fn keep(&self, keep: Keep) {
        if keep.count() <= self.shelf.keeps() {
            return;
        }
        // In this order: whoever finds that so much is kept already may rely on it.
        self.shelved.get_or_init(|| self.listen(Kind::Shelf(Arc::clone(&self.shelf))));
        self.shelf.raise(keep);
        if let Some(link) = self.core.link.as_ref().filter(|_| !self.is_local) {
            link.ask(&self.name, keep.count());
        }
    }

    /// Subscribes to this topic and no other.
    pub(super) fn listen(&self, kind: Kind) -> Subscription {
        let listener = if self.is_local { Listener::local(kind) } else { Listener::new(kind) };
        self.core.subscribe(listener, vec![Pattern::of_topic(&self.name)])
    }

    pub(super) fn publish<T: Body>(&self, value: T) {
        let Some(route) = self.wanted() else { return };
        if !route.needs_message {
            return Core::count(&route);
        }
        let reach = if self.is_local { Reach::Node } else { Reach::Cluster };
        let origin = Origin { reach, ..Origin::default() };
        let head = Head::new(Arc::clone(&self.name), self.core.stamp(&route), origin);
        self.core.hand_out(&route, &(Arc::new(Parcel::new(head, value)) as _));
    }

    /// Whether anybody hears what is published now.
    pub(super) fn is_wanted(&self) -> bool {
        self.idle_at.load(Ordering::Relaxed) != self.core.router.generation() && self.wanted().is_some()
    }

    /// Who hears what is published now; nothing when nobody does, which costs two loads as long as nobody comes or goes.
    fn wanted(&self) -> Option<Arc<Route>> {
        let generation = self.core.router.generation();
        if self.idle_at.load(Ordering::Relaxed) == generation {
            return None;
        }
        let known = Arc::clone(&self.route.read().unwrap_or_else(PoisonError::into_inner));
        let route = if known.generation == generation { known } else { self.find() };
        if route.is_empty() {
            self.idle_at.store(route.generation, Ordering::Relaxed);
            return None;
        }
        Some(route)
    }

    fn find(&self) -> Arc<Route> {
        let found = Arc::new(self.core.router.route(&self.name, self.is_local));
        *self.route.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&found);
        found
    }

    /// Tells the others that this node begins to poll, which takes so long at most.
    pub(super) fn asks_here(&self, most: Duration) {
        if let Some(link) = self.core.link.as_ref().filter(|_| !self.is_local) {
            link.asks(&self.name, most);
        }
    }

    /// Tells the others what has come of this node's poll.
    pub(super) fn polled_here(&self, report: &Report) {
        if let Some(link) = self.core.link.as_ref().filter(|_| !self.is_local) {
            link.polled(&self.name, report);
        }
    }

    /// Whether somebody on this node waits for messages or looks at what is kept.
    pub(super) fn is_watched(&self) -> bool {
        self.shelf.news.receiver_count() > 0 || self.wanted().is_some_and(|route| route.is_watched())
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.core.forget(self);
    }
}
