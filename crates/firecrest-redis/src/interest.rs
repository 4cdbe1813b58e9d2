//! Channels that this node wants to hear, and what the broker knows of that.
//!
//! Whoever subscribes writes down what is wanted; a task compares it with what the broker was told, and tells it the difference.
//! So there is never more to remember than what is wanted and what the broker has, however often somebody changes their
//! mind meanwhile.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use firecrest_pubsub::cluster::Reached;
use tokio::sync::Notify;

use crate::names::Name;

/// Most channels in a command.
const MAX_CHANNELS: usize = 1_000;

/// Most bytes of their names, if there is more than one.
const MAX_BYTES: usize = 256 * 1024;

/// The number of a change that will never be.
const NEVER: u64 = u64::MAX;

/// What is wanted.
#[derive(Default)]
pub(crate) struct Interest {
    state: Mutex<State>,
    changed: Notify,
}

/// What the broker is to be told next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Subscribe(Vec<Name>),
    Unsubscribe(Vec<Name>),
}

/// What a new connection begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Begin {
    /// The number of the first change that need not be made before the connection counts.
    pub(crate) until: u64,
    /// Whether somebody was told before that a channel is heard: what came on it meanwhile was missed.
    pub(crate) has_missed: bool,
}

#[derive(Default)]
struct State {
    link: Link,
    channels: HashMap<Name, Channel>,
    /// Those that are wanted and that the broker was not told of, by the numbers of these changes. None while there is no connection.
    adding: BTreeMap<u64, Name>,
    /// Those that are not wanted any more, and that the broker was told of, by the numbers of these changes.
    removing: BTreeMap<u64, Name>,
    /// The number of the next change.
    next: u64,
    /// Whether somebody was ever told that a channel is heard.
    has_told: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Link {
    /// No attempt to connect has ended yet.
    #[default]
    First,
    /// There is no connection.
    Down,
    /// There is a connection.
    Up,
    Closed,
}

struct Channel {
    is_wanted: bool,
    at_broker: AtBroker,
    /// The number of its change: in `adding` if it is not at the broker, in `removing` otherwise.
    change: Option<u64>,
    /// Who waits for it.
    reached: Option<Reached>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AtBroker {
    Without,
    Asked,
    With,
}

impl Interest {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wants a channel. `reached` is said when the broker has it; at once when a connection was lost or could not be made, and when
    /// that happens.
    pub(crate) fn subscribe(&self, name: Name, reached: Option<Reached>) {
        let is_news = self.state().subscribe(name, reached);
        if is_news {
            self.changed.notify_one();
        }
    }

    /// Does not want a channel any more.
    pub(crate) fn unsubscribe(&self, name: &Name) {
        let is_news = self.state().unsubscribe(name);
        if is_news {
            self.changed.notify_one();
        }
    }

    /// There is a connection: all that is wanted is to be asked for.
    pub(crate) fn begin(&self) -> Begin {
        let state = &mut *self.state();
        if matches!(state.link, Link::First | Link::Down) {
            state.link = Link::Up;
            for (name, channel) in &mut state.channels {
                state.adding.insert(state.next, Name::clone(name));
                channel.change = Some(state.next);
                state.next += 1;
            }
        }
        Begin { until: state.next, has_missed: state.has_told }
    }

    /// Whether all additions before the one of this number were taken. Removals need not be waited for.
    pub(crate) fn has_taken(&self, until: u64) -> bool {
        oldest(&self.state().adding) >= until
    }

    /// What the broker is to be told next, if anything. What was told last must have been answered.
    ///
    /// The oldest change is always part of it, so that none waits for ever. Nothing is added before what was not wanted any more by
    /// then is removed.
    pub(crate) fn next(&self) -> Option<Change> {
        let state = &mut *self.state();
        let removal = oldest(&state.removing);
        if removal < oldest(&state.adding) {
            let names = take(&mut state.removing, NEVER);
            for name in &names {
                state.channels.remove(name);
            }
            return Some(Change::Unsubscribe(names));
        }
        let names = take(&mut state.adding, removal);
        for name in &names {
            if let Some(channel) = state.channels.get_mut(name) {
                (channel.at_broker, channel.change) = (AtBroker::Asked, None);
            }
        }
        (!names.is_empty()).then_some(Change::Subscribe(names))
    }

    /// What the broker is to be told next, as soon as there is something.
    pub(crate) async fn change(&self) -> Change {
        loop {
            if let Some(change) = self.next() {
                return change;
            }
            self.changed.notified().await;
        }
    }

    /// The broker has these channels.
    pub(crate) fn confirmed(&self, names: &[Name]) {
        let state = &mut *self.state();
        for name in names {
            if let Some(channel) = state.channels.get_mut(name) {
                channel.at_broker = AtBroker::With;
                state.has_told |= channel.say();
            }
        }
    }

    /// The connection is lost, or could not be made: nobody has to wait, and the broker has nothing.
    pub(crate) fn lose(&self) {
        let state = &mut *self.state();
        if state.link == Link::Closed {
            return;
        }
        state.link = Link::Down;
        (state.adding, state.removing) = (BTreeMap::new(), BTreeMap::new());
        state.channels.retain(|_, channel| {
            state.has_told |= channel.say();
            (channel.at_broker, channel.change) = (AtBroker::Without, None);
            channel.is_wanted
        });
    }

    /// Nothing is wanted any more, and nobody has to wait.
    pub(crate) fn close(&self) {
        let mut state = self.state();
        for channel in state.channels.values_mut() {
            channel.say();
        }
        *state = State { link: Link::Closed, ..State::default() };
    }
}

/// Nobody waits for what will never be.
impl Drop for Interest {
    fn drop(&mut self) {
        self.close();
    }
}

impl State {
    /// Whether the broker must be told something.
    fn subscribe(&mut self, name: Name, reached: Option<Reached>) -> bool {
        let mut new = Channel { is_wanted: true, at_broker: AtBroker::Without, change: None, reached: None };
        if self.link == Link::Closed {
            new.reached = reached;
            new.say();
            return false;
        }
        let channel = self.channels.entry(Name::clone(&name)).or_insert(new);
        (channel.is_wanted, channel.reached) = (true, reached);
        if self.link == Link::Down || channel.at_broker == AtBroker::With {
            self.has_told |= channel.say();
        }
        if channel.at_broker != AtBroker::Without {
            if let Some(change) = channel.change.take() {
                self.removing.remove(&change);
            }
            return false;
        }
        if self.link != Link::Up || channel.change.is_some() {
            return false;
        }
        channel.change = Some(self.next);
        self.adding.insert(self.next, name);
        self.next += 1;
        true
    }

    /// Whether the broker must be told something.
    fn unsubscribe(&mut self, name: &Name) -> bool {
        let Some(channel) = self.channels.get_mut(name) else { return false };
        // Nobody was told anything: it is not wanted any more.
        channel.say();
        if channel.at_broker == AtBroker::Without {
            if let Some(change) = channel.change {
                self.adding.remove(&change);
            }
            self.channels.remove(name);
            return false;
        }
        if channel.change.is_some() {
            return false;
        }
        (channel.is_wanted, channel.change) = (false, Some(self.next));
        self.removing.insert(self.next, Name::clone(name));
        self.next += 1;
        true
    }
}

impl Channel {
    /// Nobody has to wait for it any more. Whether somebody did.
    fn say(&mut self) -> bool {
        let reached = self.reached.take();
        reached.inspect(Reached::set).is_some()
    }
}

/// The number of the oldest of these changes.
fn oldest(changes: &BTreeMap<u64, Name>) -> u64 {
    changes.keys().next().copied().unwrap_or(NEVER)
}

/// The oldest of these changes, before the one of this number, as many as fit into a command.
fn take(changes: &mut BTreeMap<u64, Name>, until: u64) -> Vec<Name> {
    let (mut names, mut bytes) = (Vec::new(), 0);
    while names.len() < MAX_CHANNELS
        && let Some(first) = changes.first_entry()
        && *first.key() < until
    {
        bytes += first.get().len();
        if bytes > MAX_BYTES && !names.is_empty() {
            break;
        }
        names.push(first.remove());
    }
    names
}

#[cfg(test)]
mod tests;
