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
    /// Whether an attempt to connect has ended.
    has_tried: bool,
    /// Whether somebody was told that something is heard.
    has_told: bool,
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
                (self.is_connected, self.has_tried, self.told) = (false, true, None);
                self.broker.clear();
                assert!(self.wanted.values().all(Reached::is_set), "nobody waits without a connection");
            }
            Step::Connect if !self.is_connected => {
                let Begin { until, has_missed } = self.interest.begin();
                assert_eq!(has_missed, self.has_told);
                (self.is_connected, self.has_tried) = (true, true);
                let wanted: Vec<Name> = self.wanted.keys().cloned().collect();
                while !self.interest.has_taken(until) {
                    self.told = self.interest.next();
                    self.answer();
                }
                assert!(wanted.iter().all(|name| self.broker.contains(name)), "it counts too early");
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
        self.interest.subscribe(name.clone(), Some(reached.clone()));
        if !self.is_connected {
            assert_eq!(
                reached.is_set(),
                self.has_tried,
                "nobody waits without a connection, except for the first"
            );
        }
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

    fn check(&mut self) {
        self.has_told |= self.wanted.values().any(Reached::is_set);
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
fn what_is_not_wanted_any_more_goes_before_what_is_asked_for_later() {
    let interest = known(2);
    interest.subscribe(name(10), None);
    interest.unsubscribe(&name(0));
    interest.unsubscribe(&name(1));
    interest.subscribe(name(11), None);
    interest.subscribe(name(0), None);
    assert_eq!(interest.next(), Some(Change::Subscribe(vec![name(10)])));
    assert_eq!(interest.next(), Some(Change::Unsubscribe(vec![name(1)])), "the other is wanted again");
    assert_eq!(interest.next(), Some(Change::Subscribe(vec![name(11)])));
    interest.unsubscribe(&name(0));
    interest.subscribe(name(12), None);
    interest.unsubscribe(&name(10));
    interest.subscribe(name(13), None);
    let gone = vec![name(0), name(10)];
    assert_eq!(interest.next(), Some(Change::Unsubscribe(gone)), "together, since that does no harm");
    assert_eq!(interest.next(), Some(Change::Subscribe(vec![name(12), name(13)])));
    assert_eq!(interest.next(), None);
}

#[test]
fn a_command_has_a_thousand_channels_or_256_kib_of_names() {
    let interest = Interest::default();
    for number in 0..2_500_u32 {
        interest.subscribe(Name::from(number.to_be_bytes()), None);
    }
    for number in 0..5 {
        interest.subscribe(Name::from(vec![number; 100_000]), None);
    }
    interest.subscribe(Name::from(vec![9; 300_000]), None);
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

/// One of many names.
fn name(number: u32) -> Name {
    Name::from(number.to_be_bytes())
}

/// An interest in so many names, which the broker has.
fn known(count: u32) -> Interest {
    let interest = Interest::default();
    for number in 0..count {
        interest.subscribe(name(number), None);
    }
    interest.begin();
    while let Some(Change::Subscribe(names)) = interest.next() {
        interest.confirmed(&names);
    }
    interest
}

#[test]
fn neither_kind_of_change_keeps_the_other_waiting() {
    let interest = known(10_000);
    for round in 1..1_000 {
        let [old, new] = [name(round), name(1_000_000 + round)];
        interest.unsubscribe(&old);
        interest.subscribe(new.clone(), None);
        // While the broker answers, others come and go.
        let (mut is_removed, mut is_added) = (false, false);
        for step in 0..4 {
            match interest.next() {
                Some(Change::Subscribe(names)) => {
                    is_added |= names.contains(&new);
                    assert!(is_removed || !is_added, "what was asked for before is done before");
                    interest.confirmed(&names);
                }
                Some(Change::Unsubscribe(names)) => is_removed |= names.contains(&old),
                None => {}
            }
            interest.unsubscribe(&name(2_000 + 4 * round + step));
            interest.subscribe(name(2_000_000 + 4 * round + step), None);
        }
        assert!(is_removed && is_added, "round {round}: {is_removed} {is_added}");
    }
}

#[test]
fn a_connection_counts_when_what_was_wanted_at_its_beginning_is_there() {
    let interest = known(2_500);
    interest.lose();
    let begin = interest.begin();
    let (mut late, mut steps) = (Vec::new(), 0);
    while !interest.has_taken(begin.until) {
        let Some(Change::Subscribe(names)) = interest.next() else { panic!("it waits for a removal") };
        late.push(Reached::new());
        interest.subscribe(name(10_000 + steps), late.last().cloned());
        interest.unsubscribe(&names[0]);
        interest.confirmed(&names);
        steps += 1;
    }
    assert_eq!(steps, 3, "a thousand each time");
    assert!(late.iter().any(|reached| !reached.is_set()), "whoever comes later waits");
    while let Some(change) = interest.next() {
        if let Change::Subscribe(names) = change {
            interest.confirmed(&names);
        }
    }
    assert!(late.iter().all(Reached::is_set));
}

#[test]
fn nobody_waits_for_what_is_gone() {
    let (interest, reached) = (Interest::default(), Reached::new());
    interest.subscribe(name(0), Some(reached.clone()));
    assert!(!reached.is_set());
    drop(interest);
    assert!(reached.is_set());
}
