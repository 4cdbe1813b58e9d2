//! Bytes that numbers take on the network while they change all the time.

use firecrest_presence::Options;

use crate::{exchange, node};

const SECONDS: u64 = 60;

pub(crate) fn measure() {
    let idle = bytes_per_second(0);
    println!("three nodes without topics: each sends {idle} B/s");
    for topics in [1, 100, 10_000] {
        let busy = bytes_per_second(topics);
        println!(
            "{topics} topics, 100,000 connections that change 100 times a second: each node sends {busy} B/s, \
             {} B/s per topic",
            (busy - idle) / topics as usize
        );
    }
}

/// What one node sends to the two others together.
fn bytes_per_second(topics: u64) -> usize {
    let mut nodes = [0, 1, 2].map(|number| node(number, &Options::default()));
    let names: Vec<String> = (0..topics).map(|topic| format!("article:{topic:04}")).collect();
    for name in &names {
        nodes[0].watch_total(name);
    }
    let (mut sent, mut members) = (0, 33_000);
    for step in 0..SECONDS * 100 {
        members += (step * 7_919) % 201;
        members -= (step * 6_007) % 200;
        for node in &mut nodes {
            for name in names.iter().skip((step % 10) as usize).step_by(10) {
                node.set_count(name, members).expect("the topic is short");
            }
        }
        sent += exchange(&mut nodes, step * 10).into_iter().sum::<usize>();
    }
    sent / 3 / SECONDS as usize
}
