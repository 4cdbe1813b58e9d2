//! I14: whoever comes at any moment, and hears every diff from then on, knows what everybody knows.

mod client;

use std::collections::VecDeque;

use client::Client;
use firecrest_presence::{
    Change, Incarnation, Kind, Meta, NodeId, Options, Output, Replica, Row, RowChange, ToldRow,
};
use proptest::collection::vec;
use proptest::prelude::*;

#[derive(Clone, Copy, Debug)]
enum Step {
    Track(usize, u64, u8),
    Update(usize, u64, u8, u8),
    End(usize, u64),
    Pass(u64),
    /// The other node is not heard for so long that it is down, and then it is.
    Silence,
    Flush,
    /// A client comes, or comes back.
    Join(usize),
    /// The state is sent to a client that waits for it.
    State(usize),
    /// A client that has its state is cut off.
    Lose(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..2_usize, 0..4_u64, 0..3_u8).prop_map(|(node, number, key)| Step::Track(node, number, key)),
        4 => (0..2_usize, 0..4_u64, 0..3_u8, any::<u8>())
            .prop_map(|(node, number, key, meta)| Step::Update(node, number, key, meta)),
        3 => (0..2_usize, 0..4_u64).prop_map(|(node, number)| Step::End(node, number)),
        6 => (0..80_u64).prop_map(Step::Pass),
        1 => Just(Step::Silence),
        1 => Just(Step::Flush),
        3 => (0..4_usize).prop_map(Step::Join),
        3 => (0..4_usize).prop_map(Step::State),
        1 => (0..4_usize).prop_map(Step::Lose),
    ]
}

struct World {
    /// The one with the clients, and another.
    nodes: [Replica; 2],
    now: u64,
    /// What those know who were there from the start.
    known: Vec<ToldRow>,
    clients: [Option<Client>; 4],
    heard: bool,
    /// Whether no diff ever says resync: then all hold what is told after each step, else after each diff.
    exact: bool,
}

impl World {
    fn new(diff_ms: u64, diff_rows: usize) -> Self {
        let options = Options { diff_ms, diff_rows, broadcast_ms: 20, ..Options::default() };
        let node = |name: &str, random| {
            let id = NodeId::new(name, Incarnation::new(1, random));
            Replica::new(id, options.clone(), 0).expect("the options fit together")
        };
        let mut nodes = [node("a", 1), node("b", 2)];
        nodes[0].watch("t");
        Self {
            nodes,
            now: 0,
            known: Vec::new(),
            clients: Default::default(),
            heard: true,
            exact: diff_rows > 100,
        }
    }

    fn perform(&mut self, step: Step) {
        match step {
            Step::Track(node, number, key) => {
                let _ = self.nodes[node].track(number, "t", &key.to_string(), b"new");
            }
            Step::Update(node, number, key, meta) => {
                let _ = self.nodes[node].update(number, "t", &key.to_string(), &[meta]);
            }
            Step::End(node, number) => {
                self.nodes[node].end(number);
            }
            Step::Pass(millis) => self.pass(millis),
            Step::Silence => {
                self.heard = false;
                (0..9).for_each(|_| self.pass(4_000));
                self.heard = true;
                (0..2).for_each(|_| self.pass(4_000));
            }
            Step::Flush => {
                let diffs = self.nodes[0].flush("t").into_iter().collect();
                self.hear(Output { diffs, ..Output::default() });
                self.check();
            }
            Step::Join(client) => {
                // The client keeps what it has queued when it joins again before its state has come: not here.
                let client = self.clients[client].get_or_insert_default();
                if !client.owed {
                    client.join();
                }
            }
            Step::State(client) => {
                let told = self.nodes[0].told("t");
                if let Some(client) = self.clients[client].as_mut().filter(|client| client.owed) {
                    client.owed = false;
                    client.state(&told);
                }
            }
            Step::Lose(client) => self.clients[client] = None,
        }
        if self.exact {
            self.check();
        }
    }

    fn pass(&mut self, millis: u64) {
        self.now += millis;
        let mut wire = VecDeque::new();
        for from in 0..2 {
            let out = self.nodes[from].tick(self.now);
            self.take(from, out, &mut wire);
        }
        while let Some((from, bytes)) = wire.pop_front() {
            let name = self.nodes[from].id().name().clone();
            let to = 1 - from;
            let out = self.nodes[to].receive(&name, &bytes, self.now).expect("it is a message");
            self.take(to, out, &mut wire);
        }
    }

    fn take(&mut self, node: usize, mut out: Output, wire: &mut VecDeque<(usize, Vec<u8>)>) {
        if self.heard {
            let answers = out.asked.iter().flat_map(|asked| self.nodes[node].answer_at_once(asked));
            wire.extend(out.outgoing.drain(..).chain(answers).map(|message| (node, message.bytes)));
        }
        if node == 0 {
            self.hear(out);
        }
    }

    fn hear(&mut self, out: Output) {
        for diff in out.diffs {
            let clients = self.clients.iter_mut().flatten();
            match diff.change {
                Change::Resync => {
                    let told = self.nodes[0].told("t");
                    clients.for_each(|client| client.state(&told));
                    self.known = told;
                }
                Change::Rows(changes) => {
                    clients.for_each(|client| client.diff(&changes));
                    changes.iter().for_each(|change| follow(&mut self.known, change));
                }
            }
        }
    }

    /// Who has what is told and hears each diff has what is told.
    fn check(&self) {
        let told = self.nodes[0].told("t");
        assert_eq!(self.known, told);
        for client in self.clients.iter().flatten().filter(|client| !client.owed) {
            let mut presences = client.presences.clone();
            presences.values_mut().for_each(|metas| metas.sort());
            assert_eq!(presences, client::state(&told));
        }
    }
}

/// What a server's own list does with a diff: it finds what was told, and replaces it.
fn follow(rows: &mut Vec<ToldRow>, change: &RowChange) {
    let place =
        rows.binary_search_by(|row| (&row.key, row.connection).cmp(&(&change.key, change.connection)));
    assert_eq!(place.ok().map(|place| rows[place].version), change.before);
    let row = |version, meta: &Meta| ToldRow {
        key: change.key.clone(),
        connection: change.connection,
        meta: meta.clone(),
        version,
    };
    match (&change.kind, place) {
        (Kind::Join { meta }, Err(place)) => {
            rows.insert(place, row(change.after.expect("it is there"), meta));
        }
        (Kind::Leave { .. }, Ok(place)) => {
            rows.remove(place);
        }
        (Kind::Update { before, meta }, Ok(place)) => {
            assert_eq!(rows[place].meta, *before);
            rows[place] = row(change.after.expect("it is there"), meta);
        }
        _ => panic!("{change:?} does not fit"),
    }
}

fn listed(replica: &Replica) -> Vec<ToldRow> {
    let row = |row: Row<'_>| ToldRow {
        key: row.key.clone(),
        connection: row.connection,
        meta: row.meta.clone(),
        version: row.version,
    };
    replica.list("t").map(row).collect()
}

proptest! {
    #[test]
    fn i14_p072_p074_who_comes_at_any_moment_ends_with_the_list_of_all(
        steps in vec(step(), 1..80),
        diff_ms in prop_oneof![Just(0_u64), Just(100)],
        diff_rows in prop_oneof![Just(2_usize), Just(1000)],
    ) {
        let mut world = World::new(diff_ms, diff_rows);
        steps.into_iter().for_each(|step| world.perform(step));
        (0..4).for_each(|client| world.perform(Step::Join(client)));
        (0..4).for_each(|client| world.perform(Step::State(client)));
        (0..12).for_each(|_| world.perform(Step::Pass(1_000)));
        world.perform(Step::Flush);
        prop_assert_eq!(&world.known, &listed(&world.nodes[0]));
        prop_assert_eq!(world.known, listed(&world.nodes[1]));
    }
}

#[test]
fn i14_newcomers_cost_no_diff_each() {
    let mut world = World::new(500, 10_000);
    world.pass(1);
    for number in 0..2_000 {
        world.nodes[0].track(number, "t", &number.to_string(), b"{}").expect("it is new");
        assert_eq!(world.nodes[0].told("t"), []);
    }
    let diffs = world.nodes[0].tick(600).diffs;
    assert_eq!(diffs.len(), 1);
    assert_eq!(world.nodes[0].told("t"), listed(&world.nodes[0]));
}

#[test]
fn what_is_told_of_a_topic_that_nobody_watches_is_its_list() {
    let mut world = World::new(500, 10_000);
    world.nodes[0].track(1, "t", "k", b"{}").expect("it is new");
    assert_eq!(world.nodes[0].told("t"), []);
    world.nodes[0].unwatch("t");
    assert_eq!(world.nodes[0].told("t"), listed(&world.nodes[0]));
}
