//! The invariants I1 to I12, I14 and P080 under random operations and faults. `SEED=n` tells only that story,
//! `FAULTS=n` goes on until there were so many.

mod sim;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::time::Instant;
use std::{env, fs};

use firecrest_presence::Options;
use sim::{Sim, act, check, fast};

/// Seeds that failed once, one in a line, with what they found.
const REGRESSIONS: &str = "tests/sim/regressions.txt";

#[test]
fn i1_to_i12_hold_through_a_million_faults() {
    if let Ok(seed) = env::var("SEED") {
        story(seed.parse().expect("SEED is a number"));
        return;
    }
    let begun = Instant::now();
    let (mut faults, mut seeds) = (0, 0);
    regressions().into_iter().for_each(|seed| faults += reported(seed));
    let enough = env::var("FAULTS").map_or(1_000_000, |faults| faults.parse().expect("FAULTS is a number"));
    while faults < enough {
        faults += reported(seeds);
        seeds += 1;
    }
    println!("{faults} faults in {seeds} stories, {:?}", begun.elapsed());
}

fn regressions() -> Vec<u64> {
    let text = fs::read_to_string(path()).expect("the file of regressions is there");
    let seeds = text.lines().filter_map(|line| line.split_whitespace().next());
    seeds.filter(|word| *word != "#").map(|seed| seed.parse().expect("a line begins with a seed")).collect()
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(REGRESSIONS)
}

/// Runs a story; a seed that fails is printed and kept.
fn reported(seed: u64) -> u64 {
    catch_unwind(AssertUnwindSafe(|| story(seed))).unwrap_or_else(|panic| {
        eprintln!("failing seed: SEED={seed}, see {REGRESSIONS}");
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without words");
        let found = text.lines().next().unwrap_or_default();
        if !regressions().contains(&seed)
            && let Ok(kept) = fs::read_to_string(path())
        {
            // Where the sources cannot be written it is only printed.
            let _ = fs::write(path(), format!("{kept}{seed} {found}\n"));
        }
        resume_unwind(panic)
    })
}

fn story(seed: u64) -> u64 {
    let mut options = fast();
    options.diff_ms = if seed.is_multiple_of(3) { 50 } else { 0 };
    options.diff_rows = if seed.is_multiple_of(5) { 3 } else { 1000 };
    options.message_bytes = if seed.is_multiple_of(2) { 150 } else { 100_000 };
    options.remote_rows = if seed.is_multiple_of(7) { 4 } else { 1000 };
    let mut sim = Sim::new(seed, 2 + (seed % 4) as usize, options);
    for _ in 0..3 {
        sim.trouble = (sim.dice.below(30), sim.dice.below(20), sim.dice.below(40));
        for _ in 0..120 {
            act::act(&mut sim);
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

/// Much is lost, but nobody is down, and no request comes so late that only a snapshot can answer it.
#[test]
fn p080_every_leave_says_what_the_row_held_last() {
    for seed in 0..300 {
        let options = Options { log_ops: 1000, down_ms: 20_000, forget_ms: 30_000, ..fast() };
        let mut sim = Sim::new(seed, 2 + (seed % 3) as usize, options);
        sim.leaves_are_final = true;
        // Who has heard nothing at all of a node gets a snapshot, in which nothing says what has gone meanwhile.
        (0..sim.nodes.len()).for_each(|place| act::track(&mut sim, place));
        sim.run(2000);
        sim.trouble = (20, 0, 0);
        for _ in 0..150 {
            let place = sim.dice.below(sim.nodes.len() as u64) as usize;
            act::presence(&mut sim, place);
            let pause = sim.dice.below(60);
            sim.run(pause);
        }
        heal(&mut sim);
        check::settled(&sim);
        assert!(!sim.last.is_empty());
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
        let node = &mut sim.nodes[place];
        node.truth.clear();
        let counts = std::mem::take(&mut node.counts);
        if let Some(replica) = &mut sim.nodes[place].replica {
            connections.into_iter().for_each(|connection| {
                replica.end(connection);
            });
            counts.into_keys().for_each(|topic| replica.set_count(topic, 0).expect("the topic is short"));
        }
    }
    sim.run(10_000);
    check::settled(sim);
    let living = sim.nodes.iter().filter(|node| node.replica.is_some()).count();
    for replica in sim.nodes.iter().filter_map(|node| node.replica.as_ref()) {
        let usage = replica.usage();
        assert_eq!(
            (usage.rows, usage.topics, usage.log, usage.counts, usage.nodes),
            (0, 0, 0, 0, living - 1),
            "I12 {usage:?}"
        );
    }
}
