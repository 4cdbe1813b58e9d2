//! Topics of which only the number of connections is known: each node's number, and their sum.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::Options;
use crate::message::TopicCount;

/// Most numbers that are 0 and are repeated; those beyond are said once.
const MAX_GONE: usize = 10_000;

#[derive(Debug, Default)]
pub(crate) struct Counts {
    own: BTreeMap<Arc<str>, u64>,
    /// Those of `own` that are not yet announced.
    changed: BTreeSet<Arc<str>>,
    /// Those of `own` that are 0, and since when that is said: as long as others may hold what was said before.
    gone: BTreeMap<Arc<str>, u64>,
    epoch: u64,
    /// When all are announced again.
    repeat_at: u64,
    next: u64,
    /// When the numbers of others are looked through for old ones.
    expire_at: u64,
    nodes: BTreeMap<Arc<str>, BTreeMap<Arc<str>, Heard>>,
    totals: Totals,
}

/// The sum of all nodes, by topic, and who wants to know when it changes.
#[derive(Debug, Default)]
struct Totals {
    sums: HashMap<Arc<str>, u64>,
    /// What was last told of those that are watched.
    watched: HashMap<Arc<str>, u64>,
    /// Those of `watched` that may have changed since.
    moved: BTreeSet<Arc<str>>,
}

#[derive(Debug)]
struct Heard {
    connections: u64,
    epoch: u64,
    at: u64,
}

impl Counts {
    pub(crate) fn total(&self, topic: &str) -> u64 {
        self.totals.get(topic)
    }

    pub(crate) fn set(&mut self, topic: &str, connections: u64) {
        let topic = self.totals.intern(topic.into());
        let before = self.own.get(&topic).copied().unwrap_or(0);
        if before != connections {
            self.own.insert(Arc::clone(&topic), connections);
            self.gone.remove(&topic);
            self.totals.adjust(&topic, before, connections);
            self.changed.insert(topic);
        }
    }

    /// Takes over the later ones of a node that is up.
    pub(crate) fn hear(&mut self, node: &Arc<str>, counts: Vec<TopicCount>, now: u64, max: usize) {
        let topics = self.nodes.entry(node.clone()).or_default();
        for TopicCount { topic, connections, epoch } in counts {
            let before = topics.get(&topic);
            let full = before.is_none() && topics.len() >= max;
            if full || before.is_some_and(|before| before.epoch >= epoch) {
                continue;
            }
            let topic = self.totals.intern(topic);
            self.totals.adjust(&topic, before.map_or(0, |before| before.connections), connections);
            topics.insert(topic, Heard { connections, epoch, at: now });
        }
    }

    /// Leaves out a node.
    pub(crate) fn forget(&mut self, node: &str) {
        for (topic, heard) in self.nodes.remove(node).unwrap_or_default() {
            self.totals.adjust(&topic, heard.connections, 0);
        }
    }

    /// Announces all soon, because somebody new listens.
    pub(crate) fn repeat_soon(&mut self, at: u64) {
        self.repeat_at = self.repeat_at.min(at);
    }

    /// What is to be announced now. A number that is 0 is announced until what was announced before has expired everywhere, or
    /// once if there are [too many](MAX_GONE) of them.
    pub(crate) fn announce(&mut self, now: u64, options: &Options) -> Vec<TopicCount> {
        let repeat = now >= self.repeat_at;
        if self.own.is_empty() || now < self.next || (self.changed.is_empty() && !repeat) {
            return Vec::new();
        }
        self.epoch += 1;
        self.next = now.saturating_add(options.count_ms);
        let changed = std::mem::take(&mut self.changed);
        let zero = |topic: &&Arc<str>| self.own.get(*topic) == Some(&0);
        let gone: Vec<_> = changed.iter().filter(zero).map(|topic| (Arc::clone(topic), now)).collect();
        let count = |topic: &Arc<str>| TopicCount {
            topic: topic.clone(),
            connections: self.own.get(topic).copied().unwrap_or(0),
            epoch: self.epoch,
        };
        let counts =
            if repeat { self.own.keys().map(count).collect() } else { changed.iter().map(count).collect() };
        if repeat {
            self.repeat_at = now.saturating_add(options.count_repeat_ms);
        }
        self.gone.extend(gone);
        self.forget_gone(now, options.count_expiry_ms());
        counts
    }

    /// Forgets the zeros that nobody needs any more, and those that are too many.
    fn forget_gone(&mut self, now: u64, expiry_ms: u64) {
        let Self { own, gone, .. } = self;
        gone.retain(|topic, since| {
            let needed = now.saturating_sub(*since) <= expiry_ms;
            if !needed {
                own.remove(topic);
            }
            needed
        });
        while gone.len() > MAX_GONE {
            if let Some((topic, _)) = gone.pop_first() {
                own.remove(&topic);
            }
        }
    }

    /// Leaves out what was not repeated for this long, give or take a twentieth.
    pub(crate) fn expire(&mut self, now: u64, expiry_ms: u64) {
        if now < self.expire_at {
            return;
        }
        self.expire_at = now.saturating_add(expiry_ms / 20);
        let Self { nodes, totals, .. } = self;
        for topics in nodes.values_mut() {
            topics.retain(|topic, heard| {
                let fresh = now - heard.at <= expiry_ms;
                if !fresh {
                    totals.adjust(topic, heard.connections, 0);
                }
                fresh
            });
        }
        nodes.retain(|_, topics| !topics.is_empty());
    }

    /// Begins to tell of a topic's total.
    pub(crate) fn watch(&mut self, topic: &str) {
        if !self.totals.watched.contains_key(topic) {
            self.totals.watched.insert(topic.into(), self.totals.get(topic));
        }
    }

    /// Ends it.
    pub(crate) fn unwatch(&mut self, topic: &str) {
        self.totals.watched.remove(topic);
        self.totals.moved.remove(topic);
    }

    /// The totals that are watched and differ from what was last told.
    pub(crate) fn tell(&mut self, out: &mut Vec<(Arc<str>, u64)>) {
        for topic in std::mem::take(&mut self.totals.moved) {
            let sum = self.totals.get(&topic);
            if let Some(told) = self.totals.watched.get_mut(&topic).filter(|told| **told != sum) {
                *told = sum;
                out.push((topic, sum));
            }
        }
    }

    /// When there is something to announce or to tell.
    pub(crate) fn next(&self) -> Option<u64> {
        if !self.totals.moved.is_empty() {
            return Some(0);
        }
        let due = if self.changed.is_empty() { self.repeat_at.max(self.next) } else { self.next };
        (!self.own.is_empty()).then_some(due)
    }

    pub(crate) fn len(&self) -> usize {
        self.own.len() + self.nodes.values().map(BTreeMap::len).sum::<usize>()
    }
}

impl Totals {
    fn get(&self, topic: &str) -> u64 {
        self.sums.get(topic).copied().unwrap_or(0)
    }

    /// The topic, in the memory it already has.
    fn intern(&self, topic: Arc<str>) -> Arc<str> {
        self.sums.get_key_value(&topic).map_or(topic, |(topic, _)| topic.clone())
    }

    fn adjust(&mut self, topic: &Arc<str>, before: u64, after: u64) {
        let sum = self.sums.entry(topic.clone()).or_default();
        *sum = sum.saturating_sub(before).saturating_add(after);
        if *sum == 0 {
            self.sums.remove(topic);
        }
        if before != after && self.watched.contains_key(topic) {
            self.moved.insert(topic.clone());
        }
    }
}
