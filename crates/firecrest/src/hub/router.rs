//! Who listens to what: a tree of segments.

use std::collections::{BTreeMap, HashMap};
use std::str::Split;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use tokio::sync::Notify;

use super::Pattern;
use super::grammar::{ONE, REST};
use super::listener::Listener;
use super::route::Route;

/// All subscriptions. Finding those of a topic costs as much as it has segments and matches, however many others there are.
#[derive(Default)]
pub(super) struct Router {
    tree: RwLock<Tree>,
    /// Counts changes, so that a route that was found before is known to hold still.
    generation: AtomicU64,
    /// Tells that somebody has come or gone.
    pub(super) changed: Notify,
}

#[derive(Default)]
struct Tree {
    root: Branch,
    /// The patterns that other nodes are told, each with how many want it.
    wanted: BTreeMap<Pattern, usize>,
    /// Counts the changes of these patterns.
    version: u64,
}

/// What comes after some segments.
#[derive(Default)]
struct Branch {
    children: HashMap<Box<str>, Branch>,
    one: Option<Box<Branch>>,
    /// Patterns that end here.
    here: Listeners,
    /// Patterns that end here with `>`.
    rest: Listeners,
}

type Listeners = BTreeMap<u64, Arc<Listener>>;

impl Router {
    pub(super) fn insert(&self, patterns: &[Pattern], listener: &Arc<Listener>) {
        self.change(|tree| {
            for pattern in patterns {
                let is_new = tree.root.insert(pattern.segments(), listener);
                if is_new && listener.is_told() {
                    tree.want_more(pattern);
                }
            }
        });
    }

    pub(super) fn remove<'a>(&self, patterns: impl IntoIterator<Item = &'a Pattern>, listener: &Listener) {
        self.change(|tree| {
            for pattern in patterns {
                let was_there = tree.root.remove(pattern.segments(), listener.id);
                if was_there && listener.is_told() {
                    tree.want_less(pattern);
                }
            }
        });
    }

    fn change(&self, change: impl FnOnce(&mut Tree)) {
        let mut tree = self.tree.write().unwrap_or_else(PoisonError::into_inner);
        change(&mut tree);
        self.generation.fetch_add(1, Ordering::Release);
        drop(tree);
        self.changed.notify_waiters();
    }

    /// Who hears what is sent to a topic, once each.
    pub(super) fn route(&self, topic: &str, stays: bool) -> Route {
        let tree = self.read();
        let generation = self.generation();
        let mut found = Vec::new();
        tree.root.collect(topic.split('.'), &mut found);
        Route::new(generation, found, stays)
    }

    pub(super) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// What this node wants to hear of the others.
    pub(super) fn wanted(&self) -> Vec<Pattern> {
        self.read().wanted.keys().cloned().collect()
    }

    /// Another number when it wants something else.
    pub(super) fn version(&self) -> u64 {
        self.read().version
    }

    fn read(&self) -> RwLockReadGuard<'_, Tree> {
        self.tree.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tree {
    fn want_more(&mut self, pattern: &Pattern) {
        let count = self.wanted.entry(pattern.clone()).or_default();
        *count += 1;
        self.version += u64::from(*count == 1);
    }

    fn want_less(&mut self, pattern: &Pattern) {
        if let Some(count) = self.wanted.get_mut(pattern) {
            *count -= 1;
            if *count == 0 {
                self.wanted.remove(pattern);
                self.version += 1;
            }
        }
    }
}

impl Branch {
    /// Returns whether it is new.
    fn insert(&mut self, segments: Split<'_, char>, listener: &Arc<Listener>) -> bool {
        let mut branch = self;
        for segment in segments {
            branch = match segment {
                REST => return branch.rest.insert(listener.id, Arc::clone(listener)).is_none(),
                ONE => branch.one.get_or_insert_default(),
                segment => branch.children.entry(segment.into()).or_default(),
            };
        }
        branch.here.insert(listener.id, Arc::clone(listener)).is_none()
    }

    /// Returns whether it was there. What is empty then is given up.
    fn remove(&mut self, mut segments: Split<'_, char>, id: u64) -> bool {
        match segments.next() {
            None => self.here.remove(&id).is_some(),
            Some(REST) => self.rest.remove(&id).is_some(),
            Some(ONE) => {
                let was_there = self.one.as_mut().is_some_and(|one| one.remove(segments, id));
                self.one.take_if(|one| one.is_empty());
                was_there
            }
            Some(segment) => {
                let Some(child) = self.children.get_mut(segment) else { return false };
                let was_there = child.remove(segments, id);
                if child.is_empty() {
                    self.children.remove(segment);
                }
                was_there
            }
        }
    }

    fn collect(&self, mut segments: Split<'_, char>, found: &mut Vec<Arc<Listener>>) {
        let Some(segment) = segments.next() else {
            return found.extend(self.here.values().cloned());
        };
        found.extend(self.rest.values().cloned());
        let next = [self.one.as_deref(), self.children.get(segment)];
        next.into_iter().flatten().for_each(|branch| branch.collect(segments.clone(), found));
    }

    fn is_empty(&self) -> bool {
        self.children.is_empty() && self.one.is_none() && self.here.is_empty() && self.rest.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::listener::Kind;
    use crate::hub::queue::Queue;

    #[test]
    fn what_nobody_listens_to_any_more_takes_no_memory() {
        let router = Router::default();
        let patterns = ["a.b", "a.*.c", "*.*", "a.>", ">"].map(|pattern| pattern.parse().unwrap());
        let [one, other] = [1, 2].map(|room| Listener::new(Kind::Queue(Queue::new(room))));
        router.insert(&patterns, &one);
        router.insert(&patterns, &other);
        router.remove(&patterns, &one);
        assert_eq!(router.wanted().len(), 5);
        router.remove(&patterns, &other);
        assert!(router.read().root.is_empty() && router.wanted().is_empty());
    }
}
