//! What is known here of counters that others write to as well.
//!
//! Values come on two ways that do not wait for each other: as answers to what this process asks, and as announcements of
//! what others have written. Each comes with a revision that grows with every write of the counter, so that the newest wins
//! whichever comes first.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::Message;
use crate::WriterId;

/// A counter's value, and which of its writes it is as of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) value: i64,
    pub(crate) revision: i64,
}

/// The newest reading of every counter that was asked for, and which of them others have changed since they were last
/// looked at. It grows with the counters that this process uses, not with those that exist, nor with how often they change.
#[derive(Debug, Default)]
pub(crate) struct Known {
    state: Mutex<State>,
    news: Notify,
}

#[derive(Debug, Default)]
struct State {
    counters: HashMap<Arc<str>, Entry>,
    /// Names of counters that have changed, each once, and of some that have been answered for since.
    queue: VecDeque<Arc<str>>,
    /// Who writes through this store.
    own: Option<WriterId>,
}

#[derive(Debug)]
struct Entry {
    newest: Reading,
    /// How many are asking for it.
    asking: usize,
    /// Whether somebody who asked has got it.
    answered: bool,
    /// Whether its name is in the queue.
    queued: bool,
    /// Whether others have changed it and nobody has looked since.
    changed: bool,
}

impl Entry {
    /// One that any reading is newer than.
    fn unread() -> Self {
        let newest = Reading { value: 0, revision: i64::MIN };
        Entry { newest, asking: 0, answered: false, queued: false, changed: false }
    }
}

impl Known {
    /// Takes announcements of these counters from now on, as one may overtake the answer to who is asking for them. Those
    /// who never get one are forgotten.
    pub(crate) fn asking<'a>(&'a self, names: &'a [String]) -> Asking<'a> {
        let mut state = self.state();
        names.iter().for_each(|name| state.entry(name).asking += 1);
        Asking { known: self, names }
    }

    /// Takes an answer, and returns the newest value, which may be newer.
    pub(crate) fn answered(&self, name: &str, reading: Reading) -> i64 {
        let mut state = self.state();
        let entry = state.entry(name);
        if reading.revision >= entry.newest.revision {
            entry.newest = reading;
        }
        // Whoever has asked gets it now and need not be told again.
        (entry.answered, entry.changed) = (true, false);
        entry.newest.value
    }

    /// This writer's own commits are answered, and their announcements are nothing new.
    pub(crate) fn own(&self, writer: WriterId) {
        self.state().own = Some(writer);
    }

    /// Takes an announcement.
    pub(crate) fn announced(&self, message: Message<'_>, name: fn(&str) -> Cow<'_, str>) {
        if self.state().own.map(WriterId::to_u128) != Some(message.writer()) {
            message.counters().for_each(|(told, reading)| self.changed(&name(told), reading));
        }
    }

    /// Takes what others have written, if anybody has asked for that counter.
    pub(crate) fn changed(&self, name: &str, reading: Reading) {
        let mut state = self.state();
        let Some(entry) = state.counters.get_mut(name) else { return };
        if reading.revision <= entry.newest.revision {
            return;
        }
        entry.changed |= reading.value != entry.newest.value;
        entry.newest = reading;
        if entry.changed && !std::mem::replace(&mut entry.queued, true) {
            state.queue.push_back(Arc::from(name));
            self.news.notify_one();
        }
    }

    /// Makes the next reading of every counter count as its newest: announcements may have been missed, and the server may
    /// have gone back to older values.
    pub(crate) fn doubt(&self) {
        self.state().counters.values_mut().for_each(|entry| entry.newest.revision = i64::MIN);
    }

    /// The names of all of them.
    pub(crate) fn names(&self) -> Vec<String> {
        self.state().counters.keys().map(ToString::to_string).collect()
    }

    /// Waits for a counter that others have changed. One waits at a time.
    pub(crate) async fn next(&self) -> (String, i64) {
        loop {
            if let Some(change) = self.state().take() {
                return change;
            }
            self.news.notified().await;
        }
    }

    /// A panic leaves readings behind that are true one by one, so poison means nothing here.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody who is asking for counters, until this is dropped.
pub(crate) struct Asking<'a> {
    known: &'a Known,
    names: &'a [String],
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        let mut state = self.known.state();
        for name in self.names {
            let Some(entry) = state.counters.get_mut(name.as_str()) else { continue };
            entry.asking -= 1;
            if entry.asking == 0 && !entry.answered {
                state.counters.remove(name.as_str());
            }
        }
    }
}

impl State {
    fn entry(&mut self, name: &str) -> &mut Entry {
        if !self.counters.contains_key(name) {
            self.counters.insert(Arc::from(name), Entry::unread());
        }
        self.counters.get_mut(name).expect("it has just been inserted if it was missing")
    }

    /// The counter that has waited longest to be looked at.
    fn take(&mut self) -> Option<(String, i64)> {
        while let Some(name) = self.queue.pop_front() {
            let Some(entry) = self.counters.get_mut(&name) else { continue };
            entry.queued = false;
            if std::mem::take(&mut entry.changed) {
                return Some((name.to_string(), entry.newest.value));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use proptest::prelude::*;

    use super::*;

    fn reading(value: i64, revision: i64) -> Reading {
        Reading { value, revision }
    }

    /// With these counters answered for.
    fn known(names: &[&str]) -> Known {
        let known = Known::default();
        for name in names {
            known.answered(name, reading(0, 0));
        }
        known
    }

    /// The next change, if there is one.
    fn ready(known: &Known) -> Option<(String, i64)> {
        match pin!(known.next()).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(change) => Some(change),
            Poll::Pending => None,
        }
    }

    #[test]
    fn what_others_write_is_seen_once_and_newest_only() {
        let known = known(&["a", "b"]);
        known.changed("a", reading(5, 1));
        known.changed("b", reading(1, 2));
        known.changed("a", reading(7, 3));
        assert_eq!(ready(&known), Some(("a".to_owned(), 7)));
        assert_eq!(ready(&known), Some(("b".to_owned(), 1)));
        assert_eq!(ready(&known), None);
    }

    #[test]
    fn counters_nobody_asked_for_are_not_kept() {
        let known = known(&["a"]);
        known.changed("other", reading(5, 1));
        assert_eq!(ready(&known), None);
        assert_eq!(known.names(), ["a"]);
    }

    #[test]
    fn an_announcement_that_overtakes_an_answer_wins() {
        let (known, names) = (Known::default(), ["a".to_owned()]);
        let asking = known.asking(&names);
        known.changed("a", reading(9, 2));
        assert_eq!(known.answered("a", reading(4, 1)), 9);
        drop(asking);
        assert_eq!(ready(&known), None, "the one who asked has got it");
    }

    #[test]
    fn counters_that_nobody_got_are_forgotten_when_the_last_one_has_asked() {
        let known = known(&["had"]);
        let names = ["had", "never", "soon"].map(str::to_owned);
        let (gives_up, waits) = (known.asking(&names), known.asking(&names[2..]));
        drop(gives_up);
        known.changed("soon", reading(9, 2));
        assert_eq!(known.answered("soon", reading(4, 1)), 9);
        drop(waits);
        let mut left = known.names();
        left.sort();
        assert_eq!(left, ["had", "soon"]);
    }

    #[test]
    fn own_writes_are_not_announced() {
        let (known, own) = (known(&["a"]), WriterId::random());
        let announce = |value: i64| {
            let text = format!("{own}1:A {value} {value};");
            known.announced(Message::read(&text).unwrap(), |told| Cow::Owned(told.to_lowercase()));
        };
        announce(1);
        assert_eq!(ready(&known), Some(("a".to_owned(), 1)));
        known.own(own);
        announce(2);
        assert_eq!(ready(&known), None);
    }

    #[test]
    fn after_doubt_even_an_older_reading_counts() {
        let known = known(&[]);
        known.answered("a", reading(9, 5));
        known.doubt();
        known.changed("a", reading(3, 1));
        assert_eq!(ready(&known), Some(("a".to_owned(), 3)));
    }

    #[test]
    fn what_has_not_changed_is_not_told() {
        let known = known(&[]);
        known.answered("a", reading(9, 5));
        known.doubt();
        known.changed("a", reading(9, 5));
        assert_eq!(ready(&known), None);
    }

    #[derive(Clone, Debug)]
    enum Step {
        Answer(u8, i64),
        Change(u8, i64),
        Look,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (0..3u8, 1..40i64).prop_map(|(counter, revision)| Step::Answer(counter, revision)),
            (0..3u8, 1..40i64).prop_map(|(counter, revision)| Step::Change(counter, revision)),
            Just(Step::Look),
        ]
    }

    proptest! {
        /// A counter's value is a function of its revision here, as it is in a store.
        #[test]
        fn in_any_order_whoever_looks_ends_with_the_newest(steps in prop::collection::vec(step(), 0..60)) {
            let known = known(&["0", "1", "2"]);
            let (mut newest, mut seen) = (BTreeMap::new(), BTreeMap::new());
            for step in steps.into_iter().chain([Step::Look]) {
                let (Step::Answer(counter, revision) | Step::Change(counter, revision)) = step else {
                    seen.extend(std::iter::from_fn(|| ready(&known)));
                    continue;
                };
                let (name, value) = (counter.to_string(), revision * 7 % 11);
                if let Step::Answer(..) = step {
                    seen.insert(name.clone(), known.answered(&name, reading(value, revision)));
                } else {
                    known.changed(&name, reading(value, revision));
                }
                let entry = newest.entry(name).or_insert(0);
                *entry = revision.max(*entry);
            }
            for (name, revision) in newest {
                prop_assert_eq!(seen.get(&name).copied().unwrap_or(0), revision * 7 % 11);
            }
        }
    }
}
