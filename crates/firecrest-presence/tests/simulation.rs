//! The invariants I1 to I12 under random operations and faults. A failing seed is printed; `SEED=n` runs only that one.

mod sim;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::{Duration, Instant};

use sim::check::{self, TOPICS};
use sim::{Sim, fast};

const KEYS: &[&str] = &["ada", "bob", "cy"];

#[test]
fn i1_to_i12_hold_through_loss_partition_crash_and_restart() {
    let seeds = match std::env::var("SEED") {
        Ok(seed) => vec![seed.parse().expect("SEED is a number")],
        Err(_) => (0..60).collect(),
    };
    seeds.into_iter().for_each(|seed| {
        reported(seed);
    });
}

/// Run it optimised: `cargo test --profile sim --test simulation -- --ignored --nocapture`.
#[test]
#[ignore = "a million faults want optimised code: every run of the suite has the first sixty seeds"]
fn a_million_faults() {
    let (begun, mut faults, mut seed) = (Instant::now(), 0, 1000);
    while faults < 1_000_000 {
        faults += reported(seed);
        seed += 1;
    }
    let took: Duration = begun.elapsed();
    println!("{faults} faults, {} seeds, {took:?}", seed - 1000);
}

fn reported(seed: u64) -> u64 {
    catch_unwind(AssertUnwindSafe(|| story(seed))).unwrap_or_else(|panic| {
        eprintln!("failing seed: SEED={seed}");
        resume_unwind(panic)
    })
}

fn story(seed: u64) -> u64 {
    let mut options = fast();
    options.diff_ms = if seed.is_multiple_of(3) { 50 } else { 0 };
    options.diff_rows = if seed.is_multiple_of(5) { 3 } else { 1000 };
    options.message_bytes = if seed.is_multiple_of(2) { 150 } else { 100_000 };
    let mut sim = Sim::new(seed, 2 + (seed % 4) as usize, options);
    for _ in 0..3 {
        sim.trouble = (sim.dice.below(30), sim.dice.below(20), sim.dice.below(40));
        for _ in 0..120 {
            act(&mut sim);
            let pause = if sim.dice.percent(3) { 2500 } else { 60 };
            let pause = sim.dice.below(pause);
            sim.run(pause);
        }
        heal(&mut sim);
        check::settled(&sim);
    }
    forget_everything(&mut sim);
    sim.faults
}

/// One thing that a connection, an operator or bad luck does.
fn act(sim: &mut Sim) {
    let place = sim.dice.below(sim.nodes.len() as u64) as usize;
    let other = sim.dice.below(sim.nodes.len() as u64) as usize;
    match sim.dice.below(100) {
        0..40 => track(sim, place),
        40..60 => change(sim, place, true),
        60..75 => change(sim, place, false),
        75..83 => end(sim, place),
        83..86 => {
            sim.faults += 1;
            sim.crash(place);
        }
        86..88 => leave(sim, place),
        88..93 => sim.start_if_dead(place),
        93..95 if place != other => {
            sim.faults += 1;
            sim.cut.insert((place.min(other), place.max(other)));
        }
        95..97 => sim.cut.clear(),
        _ => {
            sim.faults += 1;
            let step = sim.dice.below(20_000);
            let clock = &mut sim.nodes[place].clock;
            *clock = if step.is_multiple_of(2) { *clock + step } else { clock.saturating_sub(step) };
            sim.tick(place);
        }
    }
    if sim.dice.percent(50) {
        sim.tick(place);
    }
}

fn track(sim: &mut Sim, place: usize) {
    let (topic, key) = (TOPICS[sim.dice.below(3) as usize], KEYS[sim.dice.below(3) as usize]);
    let meta = format!("{{\"n\":{}}}", sim.dice.below(1000)).into_bytes();
    let reuse = sim.dice.percent(30);
    let old = sim.nodes[place].truth.keys().next_back().map(|(.., connection)| *connection);
    sim.connections += 1;
    let connection = old.filter(|_| reuse).unwrap_or(sim.connections);
    let node = &mut sim.nodes[place];
    let Some(replica) = &mut node.replica else { return };
    let row = (topic.to_owned(), key.to_owned(), connection);
    let tracked = replica.track(connection, topic, key, &meta);
    assert_eq!(tracked.is_err(), node.truth.contains_key(&row), "P055");
    node.truth.entry(row).or_insert(meta);
    assert!(replica.get_by_key(topic, key).any(|row| row.connection.number == connection), "P002");
}

fn change(sim: &mut Sim, place: usize, update: bool) {
    let Some((topic, key, connection)) = pick(sim, place) else { return };
    let meta = sim.dice.below(1000).to_string().into_bytes();
    let node = &mut sim.nodes[place];
    let Some(replica) = &mut node.replica else { return };
    let row = (topic.clone(), key.clone(), connection);
    if update {
        replica.update(connection, &topic, &key, &meta).expect("it is tracked");
        node.truth.insert(row, meta);
    } else {
        assert!(replica.untrack(connection, &topic, &key));
        node.truth.remove(&row);
    }
}

fn end(sim: &mut Sim, place: usize) {
    let Some((.., connection)) = pick(sim, place) else { return };
    let node = &mut sim.nodes[place];
    let Some(replica) = &mut node.replica else { return };
    let before = node.truth.len();
    node.truth.retain(|(.., other), _| *other != connection);
    assert_eq!(replica.end(connection), before - node.truth.len());
}

fn pick(sim: &mut Sim, place: usize) -> Option<(String, String, u64)> {
    let rows = sim.nodes[place].truth.len() as u64;
    let nth = (rows > 0).then(|| sim.dice.below(rows) as usize)?;
    sim.nodes[place].truth.keys().nth(nth).cloned()
}

fn leave(sim: &mut Sim, place: usize) {
    if let Some(replica) = sim.nodes[place].replica.take() {
        sim.nodes[place].truth.clear();
        let out = replica.leave();
        sim.pass(place, out);
    }
}

/// Ends all trouble and waits until the dead are down and everything missing has come.
fn heal(sim: &mut Sim) {
    sim.trouble = (0, 0, 0);
    sim.cut.clear();
    sim.run(6000);
    let (requests, chunks) = (sim.requests, sim.chunks);
    sim.run(2000);
    assert_eq!((sim.requests, sim.chunks), (requests, chunks), "I9: nobody asks when nothing happens");
}

/// I12: when all have left and the dead are forgotten, nothing is held but the nodes themselves.
fn forget_everything(sim: &mut Sim) {
    for place in 0..sim.nodes.len() {
        let connections: Vec<u64> =
            sim.nodes[place].truth.keys().map(|(.., connection)| *connection).collect();
        sim.nodes[place].truth.clear();
        if let Some(replica) = &mut sim.nodes[place].replica {
            connections.into_iter().for_each(|connection| {
                replica.end(connection);
            });
        }
    }
    sim.run(10_000);
    check::settled(sim);
    let living = sim.nodes.iter().filter(|node| node.replica.is_some()).count();
    for replica in sim.nodes.iter().filter_map(|node| node.replica.as_ref()) {
        let usage = replica.usage();
        assert_eq!(
            (usage.rows, usage.topics, usage.log, usage.nodes),
            (0, 0, 0, living - 1),
            "I12 {usage:?}"
        );
    }
}
