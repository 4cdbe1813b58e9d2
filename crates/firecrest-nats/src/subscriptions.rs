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
mod tests {
    use std::collections::{HashMap, HashSet};

    use proptest::prelude::*;

    use super::*;

    /// What can happen.
    #[derive(Clone, Debug)]
    enum Step {
        Want(u8),
        Unwant(u8),
        /// The server is told so much.
        Take(usize),
        /// The server answers.
        Confirm,
        Lose,
        Begin,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => (0..6_u8).prop_map(Step::Want),
            4 => (0..6_u8).prop_map(Step::Unwant),
            3 => (1..4_usize).prop_map(Step::Take),
            2 => Just(Step::Confirm),
            1 => Just(Step::Lose),
            1 => Just(Step::Begin),
        ]
    }

    /// A server, a node that uses it, and what they think of each other.
    #[derive(Default)]
    struct Model {
        subscriptions: Subscriptions,
        is_up: bool,
        /// Whether there was none once.
        was_down: bool,
        /// What the server has been told.
        has: HashMap<u64, Arc<str>>,
        /// What it has been told and has not answered yet.
        told: Vec<Option<Reached>>,
        /// What the node wants now.
        wanted: HashMap<u8, Reached>,
    }

    impl Model {
        fn run(&mut self, step: &Step) {
            match step {
                Step::Want(name) if !self.wanted.contains_key(name) => {
                    let reached = Reached::new();
                    self.subscriptions.want(name.to_string().into(), reached.clone());
                    assert_eq!(
                        reached.is_set(),
                        self.was_down && !self.is_up,
                        "it waits if there is something"
                    );
                    self.wanted.insert(*name, reached);
                }
                Step::Want(_) => {}
                Step::Unwant(name) => {
                    self.subscriptions.unwant(&name.to_string());
                    if let Some(reached) = self.wanted.remove(name) {
                        self.check_not_early(*name, &reached);
                    }
                }
                Step::Take(count) => {
                    for _ in 0..*count {
                        self.take();
                    }
                }
                Step::Confirm => self.told.drain(..).flatten().for_each(|reached| reached.set()),
                Step::Lose => {
                    self.subscriptions.lose();
                    (self.is_up, self.was_down) = (false, true);
                    assert!(self.wanted.is_empty() || self.subscriptions.has_promised());
                    self.has.clear();
                    self.told.drain(..).flatten().for_each(|reached| reached.set());
                }
                Step::Begin if !self.is_up => {
                    let until = self.subscriptions.begin();
                    assert_eq!(self.subscriptions.has_taken(until), self.wanted.is_empty());
                    self.is_up = true;
                }
                Step::Begin => {}
            }
            for (name, reached) in &self.wanted {
                self.check_not_early(*name, reached);
                self.check_promise(*name, reached);
            }
            let names = &self.subscriptions.names;
            let bound: HashSet<String> = self.wanted.keys().map(u8::to_string).collect();
            let bound = bound.into_iter().chain(self.has.values().map(ToString::to_string));
            assert!(names.len() <= bound.collect::<HashSet<_>>().len(), "only what is wanted or known");
            assert!(self.subscriptions.changes.len() <= names.len());
        }

        /// What is in effect was told, or there was nobody to tell when it was asked for.
        fn check_not_early(&self, name: u8, reached: &Reached) {
            if self.is_up && !reached.is_set() {
                let entry = &self.subscriptions.names.get(&*name.to_string());
                let waits = entry.is_some_and(|entry| entry.reached.is_some());
                assert!(waits || !self.told.is_empty(), "{name} is forgotten");
            }
        }

        /// What is said to be in effect is, or it was a promise.
        fn check_promise(&self, name: u8, reached: &Reached) {
            if reached.is_set() && !self.subscriptions.has_promised() {
                assert!(self.has.values().any(|known| **known == *name.to_string()), "{name} is not heard");
            }
        }

        fn take(&mut self) -> bool {
            match self.subscriptions.take() {
                Some(Change::Subscribe { name, id, reached }) => {
                    assert!(!self.has.values().any(|known| *known == name), "{name} twice");
                    assert!(self.has.insert(id, name).is_none());
                    self.told.push(reached);
                }
                Some(Change::Unsubscribe { id }) => assert!(self.has.remove(&id).is_some()),
                Some(Change::Nothing { reached }) => self.told.push(reached),
                None => return false,
            }
            true
        }
    }

    proptest! {
        #[test]
        fn the_server_has_what_is_wanted_in_the_end_and_nobody_waits_for_ever(
            steps in prop::collection::vec(step(), 0..120),
        ) {
            let mut model = Model::default();
            steps.iter().for_each(|step| model.run(step));
            model.run(&Step::Begin);
            while model.take() {}
            model.run(&Step::Confirm);
            let has: HashSet<String> = model.has.values().map(ToString::to_string).collect();
            let wanted: HashSet<String> = model.wanted.keys().map(u8::to_string).collect();
            prop_assert_eq!(has, wanted);
            prop_assert!(model.wanted.values().all(Reached::is_set));
        }
    }

    fn names(changes: &mut Subscriptions) -> Vec<String> {
        let taken = std::iter::from_fn(|| changes.take());
        taken
            .map(|change| match change {
                Change::Subscribe { name, .. } => format!("+{name}"),
                Change::Unsubscribe { id } => format!("-{id}"),
                Change::Nothing { .. } => "=".to_owned(),
            })
            .collect()
    }

    #[test]
    fn what_is_asked_for_later_is_told_later() {
        let mut all = Subscriptions::default();
        all.begin();
        all.want("a".into(), Reached::new());
        assert_eq!(names(&mut all), ["+a"]);
        all.unwant("a");
        all.want("b".into(), Reached::new());
        assert_eq!(names(&mut all), ["-0", "+b"]);
        all.want("c".into(), Reached::new());
        all.want("a".into(), Reached::new());
        all.unwant("c");
        all.want("c".into(), Reached::new());
        assert_eq!(names(&mut all), ["+a", "+c"]);
        all.unwant("b");
        all.want("b".into(), Reached::new());
        assert_eq!(names(&mut all), ["="], "the server has it still");
    }

    #[test]
    fn coming_and_going_leaves_nothing_behind() {
        let mut all = Subscriptions::default();
        for round in 0..2 {
            for number in 0..100_000 {
                let reached = Reached::new();
                all.want(number.to_string().into(), reached.clone());
                all.unwant(&number.to_string());
                assert!(reached.is_set());
            }
            assert_eq!((all.names.len(), all.changes.len(), round), (0, 0, round));
            all.begin();
        }
        for number in 0..100_000 {
            all.want(number.to_string().into(), Reached::new());
        }
        for number in 0..100_000 {
            all.unwant(&number.to_string());
        }
        assert!(all.names.capacity() <= 2 * SPARE, "{}", all.names.capacity());
    }

    #[test]
    fn who_waits_for_the_first_connection_is_told_when_there_is_none_and_that_is_a_promise() {
        let mut all = Subscriptions::default();
        all.keep("own".into());
        let (gone, waits) = (Reached::new(), Reached::new());
        all.want("gone".into(), gone.clone());
        all.unwant("gone");
        assert!(gone.is_set(), "it is not wanted any more");
        all.lose();
        assert!(!all.has_promised(), "nobody waited");
        let mut all = Subscriptions::default();
        all.keep("own".into());
        all.want("a".into(), waits.clone());
        assert!(!waits.is_set() && !all.has_promised());
        all.lose();
        assert!(waits.is_set() && all.has_promised());
        all.begin();
        let mut names = names(&mut all);
        names.sort_unstable();
        assert_eq!(names, ["+a", "+own"]);
    }

    #[test]
    fn nothing_is_kept_after_the_end() {
        let mut all = Subscriptions::default();
        all.begin();
        let before = Reached::new();
        all.want("a".into(), before.clone());
        all.end();
        let after = Reached::new();
        all.want("b".into(), after.clone());
        assert!(before.is_set() && after.is_set());
        all.begin();
        assert_eq!(names(&mut all), Vec::<String>::new());
    }
}
