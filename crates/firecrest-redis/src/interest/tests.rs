//! A model of the broker, and of people who change their minds.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

#[derive(Clone, Copy, Debug)]
enum Step {
    /// Somebody subscribes, or does not want it any more if it is wanted.
    Toggle(u8),
    /// The broker is told something, if it has answered what it was told last.
    Tell,
    /// It answers.
    Answer,
    Lose,
    Connect,
}

/// Connections last for a while.
fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        20 => (0..8_u8).prop_map(Step::Toggle),
        10 => Just(Step::Tell),
        10 => Just(Step::Answer),
        1 => Just(Step::Lose),
        2 => Just(Step::Connect),
    ]
}

#[derive(Default)]
struct World {
    interest: Interest,
    wanted: BTreeMap<Name, Reached>,
    is_connected: bool,
    /// What the broker has on the connection.
    broker: BTreeSet<Name>,
    /// What it was told and has not done yet.
    told: Option<Change>,
}

impl World {
    fn take(&mut self, step: Step) {
        match step {
            Step::Toggle(number) => self.toggle(&[number].into()),
            Step::Tell if self.is_connected && self.told.is_none() => self.told = self.interest.next(),
            Step::Answer => self.answer(),
            Step::Lose => {
                self.interest.lose();
                (self.is_connected, self.told) = (false, None);
                self.broker.clear();
                assert!(self.wanted.values().all(Reached::is_set), "nobody waits without a connection");
            }
            Step::Connect if !self.is_connected => {
                self.interest.begin();
                self.is_connected = true;
                self.settle();
                assert!(self.interest.is_complete());
            }
            Step::Tell | Step::Connect => {}
        }
        self.check();
    }

    fn toggle(&mut self, name: &Name) {
        if let Some(reached) = self.wanted.remove(name) {
            self.interest.unsubscribe(name);
            assert!(reached.is_set(), "nobody waits for what is not wanted");
            return;
        }
        let reached = Reached::new();
        self.interest.subscribe(name.clone(), reached.clone());
        assert!(self.is_connected || reached.is_set(), "nobody waits without a connection");
        self.wanted.insert(name.clone(), reached);
    }

    fn answer(&mut self) {
        match self.told.take() {
            Some(Change::Subscribe(names)) => {
                self.broker.extend(names.iter().cloned());
                self.interest.confirmed(&names);
            }
            Some(Change::Unsubscribe(names)) => names.iter().for_each(|name| {
                assert!(self.broker.remove(name), "only what was asked for is given back");
            }),
            None => {}
        }
    }

    /// Tells and answers until there is nothing left.
    fn settle(&mut self) {
        self.answer();
        while let Some(change) = self.interest.next() {
            self.told = Some(change);
            self.answer();
        }
    }

    fn check(&self) {
        let state = self.interest.state();
        if self.is_connected {
            for (name, reached) in &self.wanted {
                let is_leaving =
                    matches!(&self.told, Some(Change::Unsubscribe(names)) if names.contains(name));
                assert!(
                    !reached.is_set() || self.broker.contains(name) && !is_leaving,
                    "{name:?} is not heard yet"
                );
            }
        } else {
            assert_eq!(state.adding.len() + state.removing.len(), 0);
        }
        let asked = match &self.told {
            Some(Change::Subscribe(names)) => names.len(),
            _ => 0,
        };
        assert!(state.channels.len() <= self.wanted.len() + self.broker.len() + asked, "it is forgotten");
        assert!(state.adding.len() <= self.wanted.len());
        assert!(state.removing.len() <= self.broker.len() + asked);
    }
}

proptest! {
    #[test]
    fn the_broker_has_what_is_wanted_in_the_end(steps in prop::collection::vec(step(), 0..200)) {
        let mut world = World::default();
        for step in steps {
            world.take(step);
        }
        world.take(Step::Connect);
        world.settle();
        prop_assert_eq!(&world.broker, &world.wanted.keys().cloned().collect::<BTreeSet<_>>());
        prop_assert!(world.wanted.values().all(Reached::is_set));
    }
}

#[test]
fn what_is_not_wanted_any_more_goes_first() {
    let (interest, [old, new]) = (Interest::default(), [b"old", b"new"].map(|name| Name::from(&name[..])));
    interest.subscribe(old.clone(), Reached::new());
    interest.begin();
    assert_eq!(interest.next(), Some(Change::Subscribe(vec![old.clone()])));
    interest.confirmed(std::slice::from_ref(&old));
    interest.unsubscribe(&old);
    interest.subscribe(new.clone(), Reached::new());
    assert_eq!(interest.next(), Some(Change::Unsubscribe(vec![old])));
    assert_eq!(interest.next(), Some(Change::Subscribe(vec![new])));
    assert_eq!(interest.next(), None);
}

#[test]
fn a_command_has_a_thousand_channels_or_256_kib_of_names() {
    let interest = Interest::default();
    for number in 0..2_500_u32 {
        interest.subscribe(Name::from(number.to_be_bytes()), Reached::new());
    }
    for number in 0..5 {
        interest.subscribe(Name::from(vec![number; 100_000]), Reached::new());
    }
    interest.subscribe(Name::from(vec![9; 300_000]), Reached::new());
    interest.begin();
    let (mut all, mut commands) = (0, 0);
    while let Some(Change::Subscribe(names)) = interest.next() {
        let bytes: usize = names.iter().map(|name| name.len()).sum();
        assert!(
            names.len() <= 1_000 && (bytes <= 256 * 1024 || names.len() == 1),
            "{} of {bytes}",
            names.len()
        );
        (all, commands) = (all + names.len(), commands + 1);
    }
    assert_eq!(all, 2_506);
    assert!(commands <= 10, "{commands}");
}
