//! The subscriptions that are wanted, and those that the server has.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use firecrest_pubsub::cluster::Reached;

/// Most places for names that are kept although nothing is in them.
const SPARE: usize = 1_024;

/// The subscriptions that are wanted, those that the server has, and what it must be told to make them the same: each
/// name once, in the order in which it became different. So this is never larger than what is wanted and what the server has.
#[derive(Debug, Default)]
pub(crate) struct Subscriptions {
    names: HashMap<Arc<str>, Entry>,
    /// Names whose subscriptions are to be changed, by the number of the change. Empty while there is no connection.
    changes: BTreeMap<u64, Arc<str>>,
    /// The number of the next change.
    next_change: u64,
    /// By which number the server knows the next subscription.
    next_id: u64,
    link: Link,
    /// Whether somebody was told that there is nothing to wait for, although nothing was heard.
    has_promised: bool,
}

#[derive(Debug)]
struct Entry {
    is_wanted: bool,
    /// Whether somebody waits, or waited, for it.
    has_waited: bool,
    /// By which number the server knows it, once it was told.
    id: Option<u64>,
    /// The number of its change, if it is to be changed.
    change: Option<u64>,
    /// What to say once the change is in effect.
    reached: Option<Reached>,
}

/// Whether there is somebody to tell.
#[derive(Debug, Default, PartialEq)]
enum Link {
    /// That is not known yet.
    #[default]
    New,
    Down,
    Up,
    /// Never again.
    Ended,
}

/// What the server must be told.
#[derive(Debug)]
pub(crate) enum Change {
    Subscribe {
        name: Arc<str>,
        id: u64,
        reached: Option<Reached>,
    },
    Unsubscribe {
        id: u64,
    },
    /// Nothing: it came and went. Whoever waits is told after what came before.
    Nothing {
        reached: Option<Reached>,
    },
}

impl Subscriptions {
    /// Wants a name before there is a connection, without anybody who waits for it.
    pub(crate) fn keep(&mut self, name: Box<str>) {
        if self.link != Link::Ended {
            self.names.insert(name.into(), Entry { is_wanted: true, ..Entry::NEW });
        }
    }

    /// Wants a name. `reached` is said by whoever takes the change, or now if there is nobody to tell. While that is not
    /// known, it waits.
    pub(crate) fn want(&mut self, name: Box<str>, reached: Reached) {
        if self.link == Link::Ended {
            return reached.set();
        }
        let name: Arc<str> = name.into();
        let entry = self.names.entry(Arc::clone(&name)).or_insert(Entry::NEW);
        (entry.is_wanted, entry.has_waited) = (true, true);
        if self.link == Link::Down {
            self.has_promised = true;
            return reached.set();
        }
        if let Some(before) = entry.reached.replace(reached) {
            before.set();
        }
        if self.link == Link::Up {
            self.changed(&name);
        }
    }

    /// Does not want a name any more.
    pub(crate) fn unwant(&mut self, name: &str) {
        let Some((name, mut entry)) = self.names.remove_entry(name) else { return };
        if let Some(reached) = entry.reached.take() {
            reached.set();
        }
        if let Some(change) = entry.change.take() {
            self.changes.remove(&change);
        }
        if entry.id.is_some() {
            entry.is_wanted = false;
            self.names.insert(Arc::clone(&name), entry);
            self.changed(&name);
        }
        self.tidy();
    }

    /// There is a connection, to a server that knows of nothing yet: all that is wanted is to be changed. Returns the number of
    /// the first change that is not part of it.
    pub(crate) fn begin(&mut self) -> u64 {
        if matches!(self.link, Link::New | Link::Down) {
            self.link = Link::Up;
            let names: Vec<_> = self.names.keys().cloned().collect();
            names.iter().for_each(|name| self.changed(name));
        }
        self.next_change
    }

    /// What the server must be told next.
    pub(crate) fn take(&mut self) -> Option<Change> {
        let (_, name) = self.changes.pop_first()?;
        let entry = self.names.get_mut(&name)?;
        entry.change = None;
        let reached = entry.reached.take();
        match (entry.is_wanted, entry.id) {
            (true, None) => {
                let id = self.next_id;
                self.next_id += 1;
                entry.id = Some(id);
                Some(Change::Subscribe { name, id, reached })
            }
            (false, Some(id)) => {
                self.names.remove(&name);
                self.tidy();
                Some(Change::Unsubscribe { id })
            }
            (true, Some(_)) | (false, None) => Some(Change::Nothing { reached }),
        }
    }

    /// Whether every change before that of this number was taken.
    pub(crate) fn has_taken(&self, before: u64) -> bool {
        self.changes.first_key_value().is_none_or(|(first, _)| *first >= before)
    }

    /// There is no connection, or none any more: whoever waits is told.
    pub(crate) fn lose(&mut self) {
        if self.link != Link::Ended {
            self.link = Link::Down;
        }
        self.has_promised |= self.names.values().any(|entry| entry.is_wanted && entry.has_waited);
        self.changes.clear();
        self.names.retain(|_, entry| {
            if let Some(reached) = entry.reached.take() {
                reached.set();
            }
            (entry.id, entry.change) = (None, None);
            entry.is_wanted
        });
    }

    /// Whether it was ever said that a subscription is in effect, or that there is nothing to wait for, while it was not
    /// in effect or was lost.
    pub(crate) fn has_promised(&self) -> bool {
        self.has_promised
    }

    /// There will be none any more.
    pub(crate) fn end(&mut self) {
        self.lose();
        self.link = Link::Ended;
        self.names = HashMap::new();
    }

    fn changed(&mut self, name: &Arc<str>) {
        if let Some(entry) = self.names.get_mut(name)
            && entry.change.is_none()
        {
            entry.change = Some(self.next_change);
            self.changes.insert(self.next_change, Arc::clone(name));
            self.next_change += 1;
        }
    }

    /// Gives back the places of many names that are gone.
    fn tidy(&mut self) {
        if self.names.capacity() > SPARE && self.names.len() < self.names.capacity() / 8 {
            self.names.shrink_to(self.names.len() * 2);
        }
    }
}

impl Entry {
    const NEW: Entry = Entry { is_wanted: false, has_waited: false, id: None, change: None, reached: None };
}

/// Nobody waits for what will never be said.
impl Drop for Subscriptions {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests;
