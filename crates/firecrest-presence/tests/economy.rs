//! What a member may take, and a change: counted in bytes and allocations, so that it does not depend on the machine.

use std::alloc::System;
use std::sync::{Mutex, MutexGuard, PoisonError};

use firecrest_presence::{Incarnation, NodeId, Options, Replica};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// What is counted is that of the whole process: one test at a time.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn pair() -> [Replica; 2] {
    [1, 2].map(|number| {
        let id = NodeId::new(number.to_string(), Incarnation::new(1, number));
        Replica::new(id, Options::default(), 0).expect("the defaults fit together")
    })
}

/// Connections with a key of 12 bytes and a meta of 60.
fn join(replica: &mut Replica, numbers: std::ops::Range<u64>) {
    for number in numbers {
        let (key, meta) = (format!("user{number:08}"), format!("{number:060}"));
        replica.track(number, "lobby", &key, meta.as_bytes()).expect("it is new");
    }
}

/// Lets all messages of this time arrive.
fn exchange(nodes: &mut [Replica; 2], now: u64) {
    let mut wire = vec![(0, nodes[0].tick(now)), (1, nodes[1].tick(now))];
    while let Some((from, out)) = wire.pop() {
        let name = nodes[from].id().name().clone();
        let answers: Vec<_> = out.asked.iter().flat_map(|asked| nodes[from].answer_at_once(asked)).collect();
        for message in out.outgoing.into_iter().chain(answers) {
            let out = nodes[1 - from].receive(&name, &message.bytes, now).expect("it is a message");
            wire.push((1 - from, out));
        }
    }
}

fn settled(members: u64) -> ([Replica; 2], u64) {
    let (mut nodes, mut now) = (pair(), 0);
    for first in (0..members).step_by(1000) {
        join(&mut nodes[0], first..first + 1000);
        now += 1_500;
        exchange(&mut nodes, now);
    }
    for _ in 0..3 {
        now += 6_000;
        exchange(&mut nodes, now);
    }
    assert_eq!(nodes[1].count("lobby").connections as u64, members);
    (nodes, now)
}

#[test]
fn a_member_takes_at_most_300_bytes_on_each_node() {
    let _alone = alone();
    let region = Region::new(ALLOCATOR);
    let (nodes, _) = settled(20_000);
    let held = |region: &Region<'_, System>| {
        let change = region.change();
        (change.bytes_allocated - change.bytes_deallocated) / 20_000
    };
    let [owner, other] = nodes;
    let both = held(&region);
    drop(other);
    let one = held(&region);
    drop(owner);
    assert!(one <= 300 && both - one <= 300, "{one} B where they are connected, {} B elsewhere", both - one);
    assert_eq!(held(&region), 0);
}

#[test]
fn a_change_costs_as_much_among_many_rows_as_among_few() {
    let _alone = alone();
    let cost = |rows: u64| {
        let (mut nodes, now) = settled(rows);
        for number in 0..100 {
            let (number, key) = (number * 7, format!("user{:08}", number * 7));
            nodes[0].update(number, "lobby", &key, b"changed").expect("it is there");
        }
        let messages = nodes[0].tick(now + 1_500).outgoing;
        let region = Region::new(ALLOCATOR);
        for message in &messages {
            let _ = nodes[1].receive("1", &message.bytes, now + 1_500).expect("it is a message");
        }
        region.change().allocations
    };
    let (few, many) = (cost(1_000), cost(50_000));
    assert!(many <= few + few / 20, "{few} allocations among 1,000 rows, {many} among 50,000");
}

#[test]
fn a_number_that_changes_all_the_time_takes_at_most_100_bytes_in_a_second() {
    let _alone = alone();
    let mut nodes = pair();
    exchange(&mut nodes, 0);
    exchange(&mut nodes, 300);
    let mut sent = 0;
    for step in 0..1_000 {
        nodes[0].set_count("article:0001", 50_000 + step * 7 % 100).expect("it is short");
        let out = nodes[0].tick(1_000 + step * 10);
        sent += out.outgoing.iter().map(|message| message.bytes.len()).sum::<usize>();
    }
    assert!(sent / 10 <= 100, "{} B/s", sent / 10);
}
