//! What it takes to apply a delta of 100 operations to few rows and to many.

use std::env;
use std::time::{Duration, Instant};

use firecrest_presence::Options;
use stats_alloc::Region;

use crate::{ALLOCATOR, exchange, join, node};

const ROUNDS: u64 = 400;

pub(crate) fn measure() {
    let only = env::args().nth(2).and_then(|rows| rows.parse::<u64>().ok());
    for rows in [1_000, 10_000, 100_000].into_iter().filter(|rows| only.is_none_or(|only| only == *rows)) {
        let (time, allocations) = apply(rows);
        println!("100 operations on {rows} rows: {time:?}, {allocations} allocations");
    }
}

/// The least time, and the allocations of one round.
fn apply(rows: u64) -> (Duration, usize) {
    let mut nodes = [0, 1].map(|number| node(number, &Options::default()));
    join(&mut nodes[0], "lobby", 0..rows);
    let (mut now, mut least, mut allocations) = (0, Duration::MAX, 0);
    for _ in 0..4 {
        now += 6_000;
        exchange(&mut nodes, now);
    }
    assert_eq!(nodes[1].count("lobby").connections as u64, rows);
    for round in 0..ROUNDS {
        let member = |n: u64| (n * 7_919 + round * 104_729) % rows;
        for n in 0..50 {
            nodes[0].end(member(n));
        }
        for n in 0..50 {
            let number = member(n);
            join(&mut nodes[0], "lobby", number..number + 1);
        }
        for n in 50..100 {
            let (number, meta) = (member(n), format!("{{\"phx_ref\":\"{round:047}\"}}"));
            nodes[0]
                .update(number, "lobby", &format!("user{number:08}"), meta.as_bytes())
                .expect("it is there");
        }
        now += 1_500;
        let messages = nodes[0].tick(now).outgoing;
        let region = Region::new(ALLOCATOR);
        let begun = Instant::now();
        for message in &messages {
            let _ = receive(&mut nodes[1], &message.bytes, now);
        }
        least = least.min(begun.elapsed());
        allocations = region.change().allocations;
    }
    (least, allocations)
}

/// By itself, so that a profiler can count what happens in it.
#[inline(never)]
fn receive(replica: &mut firecrest_presence::Replica, bytes: &[u8], now: u64) -> firecrest_presence::Output {
    replica.receive("node-0", bytes, now).expect("it is a message")
}
