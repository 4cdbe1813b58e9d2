//! What a node does when it hears another's changes.

use std::error::Error;
use std::time::Duration;

use firecrest_presence::{Incarnation, NodeId, Options, Output, Replica, Target};
use serde::Serialize;
use yardsticks::{Cost, ENOUGH};

use crate::member::{key, meta};
use crate::plain::Plain;

/// How many changes a delta has: members that leave, come, and say something else.
const LEAVING: u64 = 25;
const COMING: u64 = 25;
const UPDATING: u64 = 50;

const TOPIC: &str = "lobby";

/// What was found out.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Figures {
    /// Nanoseconds of processor time for each change.
    change_ns: Cost,
    /// The same in a plain map.
    plain_ns: Cost,
}

/// What has changed.
#[derive(Default)]
struct Changes {
    /// What the first node says of it.
    messages: Vec<Vec<u8>>,
    /// Keys, and what is said of them now.
    rows: Vec<(String, Option<String>)>,
}

/// Two replicas, the one with so many rows, the other with a copy of them.
struct Pair {
    nodes: [Replica; 2],
    now: u64,
    /// The numbers of those who are there; the first is the next to leave.
    members: std::ops::Range<u64>,
    updates: u64,
}

/// Deltas of 100 changes each are applied until it is known what that costs.
///
/// # Errors
/// When a replica refuses something.
pub(crate) fn measure(rows: u64) -> Result<Figures, Box<dyn Error>> {
    measure_for(rows, ENOUGH)
}

fn measure_for(rows: u64, enough: Duration) -> Result<Figures, Box<dyn Error>> {
    let (mut pair, mut figures) = (Pair::new(rows)?, Figures::default());
    while !figures.change_ns.is(enough) {
        let Changes { messages, rows } = pair.change()?;
        let answers = figures.change_ns.of(rows.len(), || pair.hear(&messages))?;
        pair.settle(answers)?;
    }
    if !pair.agrees() {
        return Err("the copies differ".into());
    }
    // By itself: both together would take each other's place in the caches.
    let mut plain = Plain::default();
    plain.apply(&pair.rows());
    while !figures.plain_ns.is(enough / 20) {
        let rows = pair.change()?.rows;
        figures.plain_ns.of(rows.len(), || plain.apply(&rows));
    }
    if plain.len() as u64 == rows { Ok(figures) } else { Err("the map is not complete".into()) }
}

impl Pair {
    fn new(rows: u64) -> Result<Self, Box<dyn Error>> {
        let node = |number| {
            let id = NodeId::new(format!("node-{number}"), Incarnation::new(1, number));
            Replica::new(id, Options::default(), 0)
        };
        let mut pair = Pair { nodes: [node(0)?, node(1)?], now: 0, members: 0..0, updates: 0 };
        while pair.members.end < rows {
            pair.come(1_000.min(rows - pair.members.end))?;
            pair.exchange()?;
        }
        (0..3).try_for_each(|_| pair.exchange())?;
        if pair.agrees() { Ok(pair) } else { Err("the copy is not complete".into()) }
    }

    fn come(&mut self, count: u64) -> Result<(), Box<dyn Error>> {
        for number in self.members.end..self.members.end + count {
            let meta = meta(number as usize);
            self.nodes[0].track(number, TOPIC, &key(number as usize), meta.as_bytes())?;
        }
        self.members.end += count;
        Ok(())
    }

    /// The first node's members change, in places far from each other.
    fn change(&mut self) -> Result<Changes, Box<dyn Error>> {
        let mut changes = Changes::default();
        for number in self.members.start..self.members.start + LEAVING {
            self.nodes[0].untrack(number, TOPIC, &key(number as usize));
            changes.rows.push((key(number as usize), None));
        }
        self.members.start += LEAVING;
        let coming = self.members.end..self.members.end + COMING;
        self.come(COMING)?;
        changes.rows.extend(coming.map(|number| (key(number as usize), Some(meta(number as usize)))));
        let there = self.members.end - self.members.start;
        for update in 0..UPDATING {
            self.updates += 1;
            let number = self.members.start + (update * there / UPDATING + self.updates) % there;
            let (key, meta) = (key(number as usize), meta(usize::MAX / 2 + self.updates as usize));
            self.nodes[0].update(number, TOPIC, &key, meta.as_bytes())?;
            changes.rows.push((key, Some(meta)));
        }
        self.now += 1_500;
        let out = self.nodes[0].tick(self.now);
        changes.messages = out.outgoing.into_iter().map(|message| message.bytes).collect();
        Ok(changes)
    }

    /// Everybody who is there.
    fn rows(&self) -> Vec<(String, Option<String>)> {
        let row = |number: u64| (key(number as usize), Some(meta(number as usize)));
        self.members.clone().map(row).collect()
    }

    /// The second node hears it.
    fn hear(&mut self, messages: &[Vec<u8>]) -> Result<Vec<Output>, Box<dyn Error>> {
        let [first, second] = &mut self.nodes;
        let name = first.id().name().clone();
        messages.iter().map(|bytes| Ok(second.receive(&name, bytes, self.now)?)).collect()
    }

    /// Both do what is due, and hear each other.
    fn exchange(&mut self) -> Result<(), Box<dyn Error>> {
        self.now += 1_500;
        let out = self.nodes[0].tick(self.now);
        let messages: Vec<_> = out.outgoing.into_iter().map(|message| message.bytes).collect();
        let answers = self.hear(&messages)?;
        self.settle(answers)
    }

    /// The first node hears the answers, and what the second has to say.
    fn settle(&mut self, mut answers: Vec<Output>) -> Result<(), Box<dyn Error>> {
        answers.push(self.nodes[1].tick(self.now));
        let [first, second] = &mut self.nodes;
        let name = second.id().name().clone();
        for message in answers.into_iter().flat_map(|out| out.outgoing) {
            let more = first.receive(&name, &message.bytes, self.now)?;
            for more in more.outgoing.iter().filter(|more| more.to == Target::Node(name.clone())) {
                let _ = second.receive(first.id().name(), &more.bytes, self.now)?;
            }
        }
        Ok(())
    }

    fn agrees(&self) -> bool {
        let rows = self
            .nodes
            .each_ref()
            .map(|node| node.list(TOPIC).map(|row| row.meta.clone()).collect::<Vec<_>>());
        rows[0] == rows[1] && rows[0].len() as u64 == self.members.end - self.members.start
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_arrives() {
        let mut pair = Pair::new(1_000).unwrap();
        let changes = pair.change().unwrap();
        assert!(!pair.agrees());
        let answers = pair.hear(&changes.messages).unwrap();
        pair.settle(answers).unwrap();
        assert!(pair.agrees());
        assert_eq!((pair.members, changes.rows.len()), (25..1_025, 100));
    }

    #[test]
    fn changes_are_measured_until_it_is_enough() {
        let figures = measure_for(2_000, Duration::from_nanos(20)).unwrap();
        assert_eq!((figures.change_ns.units(), figures.plain_ns.units()), (100, 100));
    }
}
