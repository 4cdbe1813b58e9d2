//! A cluster of replicas in one thread: virtual time, a bad network, one seed.

#![allow(dead_code, reason = "each test binary uses its part")]

pub(crate) mod act;
pub(crate) mod check;
pub(crate) mod dice;

use std::collections::{BTreeMap, BTreeSet};

use dice::Dice;
use firecrest_presence::{ConnectionId, Incarnation, Message, NodeId, Options, Output, Replica, Target};

/// (topic, key, connection number) to meta.
pub(crate) type Rows = BTreeMap<(String, String, u64), Vec<u8>>;

/// One place of the cluster, with or without a living node.
#[derive(Default)]
pub(crate) struct Node {
    pub(crate) replica: Option<Replica>,
    /// The rows that its living connections have.
    pub(crate) truth: Rows,
    /// How many it has in topics of which only the number is known.
    pub(crate) counts: BTreeMap<&'static str, u64>,
    /// What its diffs say, by topic.
    pub(crate) told: check::Told,
    /// How far its clock is ahead.
    pub(crate) clock: u64,
    pub(crate) lives: u64,
}

impl Node {
    pub(crate) fn life(&self) -> Incarnation {
        self.replica.as_ref().expect("it lives").id().incarnation()
    }
}

pub(crate) struct Sim {
    pub(crate) dice: Dice,
    pub(crate) now: u64,
    pub(crate) nodes: Vec<Node>,
    /// What is on its way, by when it arrives: to, from, bytes.
    pub(crate) wire: BTreeMap<(u64, u64), (usize, usize, Vec<u8>)>,
    sent: u64,
    /// Pairs that do not hear each other.
    pub(crate) cut: BTreeSet<(usize, usize)>,
    pub(crate) options: Options,
    /// In percent: lost, doubled, late.
    pub(crate) trouble: (u64, u64, u64),
    pub(crate) faults: u64,
    pub(crate) connections: u64,
    pub(crate) metas: u64,
    /// What each removed row held last, once for each time.
    pub(crate) last: BTreeMap<(String, String, ConnectionId), Vec<Vec<u8>>>,
    /// Whether every leave must say that.
    pub(crate) leaves_are_final: bool,
    /// Requests and chunks that were sent.
    pub(crate) requests: u64,
    pub(crate) chunks: u64,
}

impl Sim {
    pub(crate) fn new(seed: u64, nodes: usize, options: Options) -> Self {
        let mut sim = Self {
            dice: Dice(seed),
            now: 1_000_000,
            nodes: Vec::new(),
            wire: BTreeMap::new(),
            sent: 0,
            cut: BTreeSet::new(),
            options,
            trouble: (0, 0, 0),
            faults: 0,
            connections: 0,
            metas: 0,
            last: BTreeMap::new(),
            leaves_are_final: false,
            requests: 0,
            chunks: 0,
        };
        for place in 0..nodes {
            let node = Node::default();
            sim.nodes.push(node);
            sim.start(place);
        }
        sim
    }

    /// Begins a new life of a node; sometimes its wall clock was set back meanwhile.
    pub(crate) fn start(&mut self, place: usize) {
        let back = if self.trouble.0 > 0 && self.dice.percent(10) { self.dice.below(5000) } else { 0 };
        let incarnation = Incarnation::new(self.now - back, self.dice.next());
        let id = NodeId::new(name(place), incarnation);
        let node = &mut self.nodes[place];
        let mut replica =
            Replica::new(id, self.options.clone(), self.now + node.clock).expect("the options fit together");
        check::TOPICS.iter().for_each(|topic| {
            replica.watch(topic);
            replica.watch_total(topic);
        });
        node.replica = Some(replica);
        node.truth.clear();
        node.counts.clear();
        node.told = check::Told::default();
        node.lives += 1;
    }

    pub(crate) fn start_if_dead(&mut self, place: usize) {
        if self.nodes[place].replica.is_none() {
            self.start(place);
        }
    }

    pub(crate) fn crash(&mut self, place: usize) {
        self.nodes[place].replica = None;
        self.nodes[place].truth.clear();
        self.nodes[place].counts.clear();
    }

    /// Lets time pass, with all that happens meanwhile.
    pub(crate) fn run(&mut self, millis: u64) {
        let end = self.now + millis;
        loop {
            let due = self.nodes.iter().filter_map(|node| {
                let next = node.replica.as_ref()?.next_tick();
                Some(next.saturating_sub(node.clock).max(self.now + 1))
            });
            let arrival = self.wire.keys().next().map(|(at, _)| (*at).max(self.now));
            let Some(next) = due.chain(arrival).min().filter(|next| *next <= end) else { break };
            self.now = next;
            while let Some(entry) = self.wire.first_entry().filter(|entry| entry.key().0 <= next) {
                let (to, from, bytes) = entry.remove();
                self.deliver(to, from, &bytes);
            }
            for place in 0..self.nodes.len() {
                self.tick_if_due(place);
            }
        }
        self.now = end;
    }

    pub(crate) fn tick(&mut self, place: usize) {
        let node = &mut self.nodes[place];
        let Some(replica) = &mut node.replica else { return };
        let out = replica.tick(self.now + node.clock);
        self.pass(place, out);
    }

    fn tick_if_due(&mut self, place: usize) {
        let node = &self.nodes[place];
        if node.replica.as_ref().is_some_and(|replica| replica.next_tick() <= self.now + node.clock) {
            self.tick(place);
        }
    }

    fn deliver(&mut self, to: usize, from: usize, bytes: &[u8]) {
        if self.cut.contains(&(to.min(from), to.max(from))) {
            self.faults += 1;
            return;
        }
        let node = &mut self.nodes[to];
        let Some(replica) = &mut node.replica else { return };
        let out =
            replica.receive(&name(from), bytes, self.now + node.clock).expect("replicas speak the format");
        self.pass(to, out);
    }

    pub(crate) fn pass(&mut self, place: usize, mut out: Output) {
        let replica = self.nodes[place].replica.as_ref();
        let answers: Vec<_> = out
            .asked
            .drain(..)
            .flat_map(|asked| replica.map(|replica| replica.answer_at_once(&asked)))
            .flatten()
            .collect();
        for message in out.outgoing.drain(..).chain(answers) {
            self.note(&message.bytes);
            for to in 0..self.nodes.len() {
                let meant = match &message.to {
                    Target::All => to != place,
                    Target::Node(node) => **node == *name(to),
                };
                if meant {
                    self.send(place, to, &message.bytes);
                }
            }
        }
        check::step(self, place, out);
    }

    fn note(&mut self, bytes: &[u8]) {
        match bytes[2] {
            1 => self.chunks += 1,
            6 => self.requests += 1,
            _ => {}
        }
        debug_assert!(Message::decode(bytes).is_ok());
    }

    fn send(&mut self, from: usize, to: usize, bytes: &[u8]) {
        let (lost, doubled, late) = self.trouble;
        let mut copies = 1;
        if self.dice.percent(lost) {
            self.faults += 1;
            copies = 0;
        } else if self.dice.percent(doubled) {
            self.faults += 1;
            copies = 2;
        }
        for _ in 0..copies {
            let mut delay = 1 + self.dice.below(3);
            if self.dice.percent(late) {
                self.faults += 1;
                delay += self.dice.below(400);
            }
            self.sent += 1;
            self.wire.insert((self.now + delay, self.sent), (to, from, bytes.to_vec()));
        }
    }
}

pub(crate) fn name(place: usize) -> String {
    format!("node-{place}")
}

/// Everything happens fifteen times as fast, and every bound is within reach.
pub(crate) fn fast() -> Options {
    Options {
        broadcast_ms: 100,
        heartbeat_ms: 300,
        down_ms: 1500,
        forget_ms: 6000,
        request_delay_ms: 40,
        request_timeout_ms: 200,
        diff_ms: 0,
        log_ops: 12,
        message_bytes: 150,
        count_ms: 70,
        count_repeat_ms: 1000,
        ..Options::default()
    }
}
