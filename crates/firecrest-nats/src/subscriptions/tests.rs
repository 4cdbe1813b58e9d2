//! What is wanted and what the server has, through anything that can happen.

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
                assert_eq!(reached.is_set(), self.was_down && !self.is_up, "it waits if there is something");
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
