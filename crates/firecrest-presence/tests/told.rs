//! I14: whoever comes at any moment, and hears every diff from then on, knows what everybody knows.

mod client;

use client::Client;
use firecrest_presence::{Change, Incarnation, NodeId, Options, Output, Replica, Row, ToldRow};
use proptest::collection::vec;
use proptest::prelude::*;

#[derive(Clone, Debug)]
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
    /// Those who were given what is told and follow the diffs, from different moments on.
    followers: Vec<Vec<ToldRow>>,
    clients: [Option<Client>; 4],
    heard: bool,
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
        let (clients, followers) = (std::array::from_fn(|_| None), vec![Vec::new()]);
        Self { nodes, now: 0, followers, clients, heard: true }
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
            }
            Step::Join(client) => {
                // The client forgets no diff of an earlier join that it could not apply, so that one does not happen here.
                let client = self.clients[client].get_or_insert_default();
                if !client.is_pending() {
                    client.join();
                }
            }
            Step::State(client) => {
                let told = self.nodes[0].told("t");
                if let Some(client) = self.clients[client].as_mut().filter(|client| client.is_pending()) {
                    client.state(&told);
                }
            }
            Step::Lose(client) => self.clients[client] = None,
        }
        self.followers.push(self.nodes[0].told("t"));
        self.check();
    }

    fn pass(&mut self, millis: u64) {
        self.now += millis;
        for (to, from) in [(1, 0), (0, 1)] {
            let out = self.nodes[from].tick(self.now);
            if from == 0 {
                self.hear(out.clone());
            }
            let name = self.nodes[from].id().name().clone();
            for message in out.outgoing.into_iter().filter(|_| self.heard) {
                let out = self.nodes[to].receive(&name, &message.bytes, self.now).expect("it is a message");
                if to == 0 {
                    self.hear(out);
                }
            }
        }
    }

    fn hear(&mut self, out: Output) {
        for diff in out.diffs {
            let clients = self.clients.iter_mut().flatten();
            match diff.change {
                Change::Resync => {
                    let told = self.nodes[0].told("t");
                    clients.for_each(|client| client.state(&told));
                    self.followers.fill(told);
                }
                Change::Rows(changes) => {
                    clients.for_each(|client| client.diff(&changes));
                    self.followers.iter_mut().for_each(|rows| follow(rows, &changes));
                }
            }
        }
    }

    fn check(&mut self) {
        let told = self.nodes[0].told("t");
        self.followers.dedup();
        assert!(self.followers.iter().all(|rows| *rows == told), "{told:?}, but {:?}", self.followers);
        self.followers.truncate(1);
        for client in self.clients.iter().flatten().filter(|client| !client.is_pending()) {
            assert_eq!(sorted(&client.presences), client::state(&told));
        }
    }
}

