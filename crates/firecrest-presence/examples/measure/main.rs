//! What presence costs: `cargo run -p firecrest-presence --example measure --release`.
//!
//! `measure memory`, `delta`, `counts` or `nodes` prints only that; `measure delta 1000` only for so many rows, so that a
//! profiler can count the instructions in `delta::receive`.

mod counts;
mod delta;
mod memory;
mod nodes;

use std::alloc::System;
use std::env;

use firecrest_presence::{Incarnation, NodeId, Options, Replica};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() {
    let only = env::args().nth(1);
    let parts: [(&str, fn()); 4] = [
        ("memory", memory::measure),
        ("delta", delta::measure),
        ("counts", counts::measure),
        ("nodes", nodes::measure),
    ];
    for (name, measure) in parts {
        if only.as_deref().is_none_or(|only| only == name) {
            println!("\n{name}");
            measure();
        }
    }
}

/// A node of this number, at time 0.
fn node(number: usize, options: &Options) -> Replica {
    let id = NodeId::new(format!("node-{number}"), Incarnation::new(1, number as u64));
    Replica::new(id, options.clone(), 0).expect("the options fit together")
}

/// Has all nodes do what is due, and hands their messages over until there are none. Gives the bytes that each sent.
fn exchange(nodes: &mut [Replica], now: u64) -> Vec<usize> {
    let mut sent = vec![0; nodes.len()];
    let mut wire: Vec<_> = (0..nodes.len()).map(|place| (place, nodes[place].tick(now))).collect();
    while let Some((from, out)) = wire.pop() {
        let name = nodes[from].id().name().clone();
        let answers: Vec<_> = out.asked.iter().flat_map(|asked| nodes[from].answer_at_once(asked)).collect();
        for message in out.outgoing.into_iter().chain(answers) {
            let to = |node: &Replica| match &message.to {
                firecrest_presence::Target::All => node.id().name() != &name,
                firecrest_presence::Target::Node(name) => node.id().name() == name,
            };
            for place in (0..nodes.len()).filter(|place| to(&nodes[*place])).collect::<Vec<_>>() {
                sent[from] += message.bytes.len();
                let out = nodes[place].receive(&name, &message.bytes, now).expect("it is a message");
                wire.push((place, out));
            }
        }
    }
    sent
}

/// Connections of a topic, each with a key of 12 bytes and a meta of 60.
fn join(replica: &mut Replica, topic: &str, numbers: std::ops::Range<u64>) {
    for number in numbers {
        let (key, meta) = (format!("user{number:08}"), format!("{{\"phx_ref\":\"{number:047}\"}}"));
        replica.track(number, topic, &key, meta.as_bytes()).expect("it is new");
    }
}
