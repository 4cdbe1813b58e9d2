//! Channels that this node wants to hear, and what the broker knows of that.
//!
//! Whoever subscribes writes down what is wanted; a task compares it with what the broker was told, and tells it the difference.
//! So there is never more to remember than what is wanted and what the broker has, however often somebody changes their
//! mind meanwhile.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use firecrest_pubsub::cluster::Reached;
use tokio::sync::Notify;

use crate::names::Name;

/// Most channels in a command.
const MAX_CHANNELS: usize = 1_000;

/// Most bytes of their names, if there is more than one.
const MAX_BYTES: usize = 256 * 1024;

/// Channels that are kept room for when there are none.
const KEPT: usize = 1024;

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

#[derive(Default)]
struct State {
    link: Link,
    channels: HashMap<Name, Channel>,
    /// Those that are wanted and that the broker was not told of. None while there is no connection.
    adding: HashSet<Name>,
    /// Those that are not wanted any more, and that the broker was told of.
    removing: HashSet<Name>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Link {
    /// There is no connection.
    #[default]
    Down,
    /// There is a connection; not all that is wanted has been asked for yet.
    Filling,
    /// There is a connection, and whoever subscribes must wait for the broker.
    Up,
    Closed,
}

struct Channel {
    is_wanted: bool,
    at_broker: AtBroker,
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

    /// Wants a channel. `reached` is said when the broker has it, and at once when there is no connection.
    pub(crate) fn subscribe(&self, name: Name, reached: Reached) {
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
    pub(crate) fn begin(&self) {
        let mut state = self.state();
        if state.link == Link::Down {
            state.link = Link::Filling;
            state.adding = state.channels.keys().cloned().collect();
        }
    }

    /// Whether nothing is left to be asked for; from then on whoever subscribes waits for the broker.
    pub(crate) fn is_complete(&self) -> bool {
        let mut state = self.state();
        let is_complete = state.adding.is_empty() && state.removing.is_empty();
        if is_complete && state.link == Link::Filling {
            state.link = Link::Up;
        }
        is_complete
    }

    /// What the broker is to be told next, if anything. What is not wanted any more goes first, so that what is asked for later is
    /// done later. What was told last must have been answered.
    pub(crate) fn next(&self) -> Option<Change> {
        let state = &mut *self.state();
        if !state.removing.is_empty() {
            let names = take(&mut state.removing);
            for name in &names {
                state.channels.remove(name);
            }
            return Some(Change::Unsubscribe(names));
        }
        if state.adding.is_empty() {
            return None;
        }
        let names = take(&mut state.adding);
        for name in &names {
            if let Some(channel) = state.channels.get_mut(name) {
                channel.at_broker = AtBroker::Asked;
            }
        }
        Some(Change::Subscribe(names))
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
        let mut state = self.state();
        for name in names {
            if let Some(channel) = state.channels.get_mut(name) {
                channel.at_broker = AtBroker::With;
                channel.say();
            }
        }
    }

    /// The connection is lost: nobody has to wait, and the broker has nothing.
    pub(crate) fn lose(&self) {
        let mut state = self.state();
        if state.link == Link::Closed {
            return;
        }
        state.link = Link::Down;
        (state.adding, state.removing) = (HashSet::new(), HashSet::new());
        state.channels.retain(|_, channel| {
            channel.say();
            channel.at_broker = AtBroker::Without;
            channel.is_wanted
        });
    }

    /// Nothing is wanted any more, and nobody has to wait.
    pub(crate) fn close(&self) {
        let mut state = self.state();
        state.channels.values_mut().for_each(Channel::say);
        *state = State { link: Link::Closed, ..State::default() };
    }
}

impl State {
    /// Whether the broker must be told something.
    fn subscribe(&mut self, name: Name, reached: Reached) -> bool {
        if self.link == Link::Closed {
            reached.set();
            return false;
        }
        let new = Channel { is_wanted: true, at_broker: AtBroker::Without, reached: None };
        let channel = self.channels.entry(Name::clone(&name)).or_insert(new);
        channel.is_wanted = true;
        if self.link == Link::Up && channel.at_broker != AtBroker::With {
            channel.reached = Some(reached);
        } else {
            reached.set();
        }
        if channel.at_broker != AtBroker::Without {
            self.removing.remove(&name);
            return false;
        }
        self.link != Link::Down && self.adding.insert(name)
    }

    /// Whether the broker must be told something.
    fn unsubscribe(&mut self, name: &Name) -> bool {
        let Some(channel) = self.channels.get_mut(name) else { return false };
        channel.say();
        if channel.at_broker == AtBroker::Without {
            self.channels.remove(name);
            self.adding.remove(name);
            return false;
        }
        channel.is_wanted = false;
        self.removing.insert(Name::clone(name))
    }
}

impl Channel {
    /// Nobody has to wait for it any more.
    fn say(&mut self) {
        if let Some(reached) = self.reached.take() {
            reached.set();
        }
    }
}

/// As many as fit into a command.
fn take(set: &mut HashSet<Name>) -> Vec<Name> {
    let mut bytes = 0;
    let fits = |name: &&Name| {
        bytes += name.len();
        bytes <= MAX_BYTES || bytes == name.len()
    };
    let names: Vec<Name> = set.iter().take(MAX_CHANNELS).take_while(fits).cloned().collect();
    for name in &names {
        set.remove(name);
    }
    if set.is_empty() && set.capacity() > KEPT {
        *set = HashSet::new();
    }
    names
}

#[cfg(test)]
mod tests;
