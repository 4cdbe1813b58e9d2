//! Who is on which topic.

use std::collections::HashMap;

use slab::Slab;

/// One connection on one topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Membership {
    /// The topic's number.
    pub(crate) topic: u32,
    /// Where the connection stands among the topic's members.
    pub(crate) position: u32,
}

/// All topics that somebody is on. A name is the JSON text that clients send for it, quotes included.
#[derive(Debug, Default)]
pub(crate) struct Topics {
    numbers: HashMap<Box<[u8]>, u32>,
    topics: Slab<Topic>,
}

#[derive(Debug)]
struct Topic {
    name: Box<[u8]>,
    /// The numbers of the connections on it.
    members: Vec<u32>,
}

impl Topics {
    /// Puts a connection on a topic.
    pub(crate) fn join(&mut self, name: &[u8], connection: usize) -> Membership {
        let topic = match self.numbers.get(name) {
            Some(topic) => *topic,
            None => self.add(name),
        };
        let members = &mut self.topics[topic as usize].members;
        members.push(number(connection));
        Membership { topic, position: number(members.len() - 1) }
    }

    /// Takes a connection off a topic. Gives the one that stands in its place now, if another does: its membership needs
    /// the new position.
    pub(crate) fn leave(&mut self, membership: Membership) -> Option<usize> {
        let Membership { topic, position } = membership;
        let members = &mut self.topics[topic as usize].members;
        members.swap_remove(position as usize);
        let moved = members.get(position as usize).map(|moved| *moved as usize);
        if members.is_empty() {
            let topic = self.topics.remove(topic as usize);
            self.numbers.remove(&topic.name);
        }
        moved
    }

    /// The connections on a topic.
    pub(crate) fn members(&self, topic: u32) -> &[u32] {
        &self.topics[topic as usize].members
    }

    /// Whether this is the topic of that name.
    pub(crate) fn is_named(&self, topic: u32, name: &[u8]) -> bool {
        *self.topics[topic as usize].name == *name
    }

    fn add(&mut self, name: &[u8]) -> u32 {
        let topic = number(self.topics.insert(Topic { name: name.into(), members: Vec::new() }));
        self.numbers.insert(name.into(), topic);
        topic
    }
}

/// Numbers of things that have a file descriptor each, or are named by one that has.
fn number(index: usize) -> u32 {
    u32::try_from(index).expect("a process has fewer than 2^32 connections and topics")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_member_takes_the_place_of_one_that_leaves() {
        let mut topics = Topics::default();
        let [a, b, c] = [1, 2, 3].map(|connection| topics.join(b"\"t\"", connection));
        assert!(topics.is_named(a.topic, b"\"t\"") && !topics.is_named(a.topic, b"\"u\""));
        assert_eq!(topics.leave(a), Some(3));
        assert_eq!(topics.members(a.topic), [3, 2]);
        assert_eq!(topics.leave(b), None);
        assert_eq!(topics.leave(Membership { position: 0, ..c }), None);
        assert!(topics.topics.is_empty() && topics.numbers.is_empty());
    }
}
