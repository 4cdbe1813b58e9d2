//! Processes that are killed while they count.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::BufRead;
use std::path::Path;
use std::time::{Duration, Instant};

use firecrest_tally::{Counter, EmbeddedStore, Tally, TallyOptions};
use rand::RngExt;
use tokio::task::yield_now;

use crate::child;

const KILLS: usize = 240;
const TASKS: usize = 12;
const NAMES: [&str; 3] = ["visits", "readers", "Zähler"];

/// Counts until it is killed, and says of each increment when it begins (`+`), and when it is acknowledged (`=`) with which
/// value; and how much will be added (`l`), and has been added and flushed (`f`), that nobody waits for.
pub(crate) async fn count(file: &Path) {
    let mut options = TallyOptions::default();
    options.commit_interval = Duration::from_millis(rand::random_range(0..4));
    let tally = Tally::with_store(EmbeddedStore::open(file).await.unwrap(), options);
    for task in 0..TASKS {
        let name = NAMES[task % NAMES.len()];
        let counter = tally.counter(name).await.unwrap();
        tokio::spawn(async move {
            loop {
                println!("+ {name}");
                println!("= {name} {}", counter.increment(1).await.unwrap());
            }
        });
    }
    let later = tally.counter("later").await.unwrap();
    loop {
        println!("l 5");
        for _ in 0..5 {
            later.add_later(1);
            yield_now().await;
        }
        tally.flush().await.unwrap();
        println!("f 5");
    }
}

/// What children have said of a counter.
#[derive(Debug, Default)]
struct Said {
    attempted: i64,
    acknowledged: i64,
    values: HashSet<i64>,
}

type Ledger = HashMap<String, Said>;

#[tokio::test]
async fn b012_a_killed_process_loses_nothing_that_it_acknowledged_and_counts_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("counters");
    let mut ledger = Ledger::new();
    for round in 0..KILLS {
        live_and_die(&file, &mut ledger);
        // Not each time: the next child must also find a file that has been left by two kills, or by ten.
        if round % 4 == 3 || round == KILLS - 1 {
            check(&file, &mut ledger).await;
        }
    }
    let acknowledged: usize = ledger.values().map(|said| said.values.len()).sum();
    assert!(acknowledged > KILLS * 5, "only {acknowledged} acknowledged in all");
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.len() <= 3, "nothing is left behind: {left:?}");
}

/// A child's life: until it has acknowledged so many increments, or not at all, and a moment longer.
fn live_and_die(file: &Path, ledger: &mut Ledger) {
    let mut random = rand::rng();
    let (mut child, mut said) = child::spawn("count", file);
    let patience = if random.random_bool(0.25) { 0 } else { random.random_range(1..200) };
    let heard = (&mut said).lines().map(Result::unwrap);
    let mut lines: Vec<String> = match patience {
        0 => Vec::new(),
        lines => heard.take(lines * 2).collect(),
    };
    // A moment that depends on nothing the child does: it may be opening the file, or in the middle of a commit.
    std::thread::sleep(Duration::from_micros(random.random_range(0..8_000)));
    child.kill().unwrap();
    lines.extend(said.lines().map(Result::unwrap));
    child.wait().unwrap();
    for line in &lines {
        learn(line, ledger);
    }
}

fn learn(line: &str, ledger: &mut Ledger) {
    fn of<'a>(ledger: &'a mut Ledger, name: &str) -> &'a mut Said {
        ledger.entry(name.to_owned()).or_default()
    }
    match line.split(' ').collect::<Vec<_>>()[..] {
        ["+", name] => of(ledger, name).attempted += 1,
        ["=", name, value] => {
            let said = of(ledger, name);
            said.acknowledged += 1;
            assert!(said.values.insert(value.parse().unwrap()), "{name}: {value} was acknowledged twice");
        }
        ["l", count] => of(ledger, "later").attempted += count.parse::<i64>().unwrap(),
        ["f", count] => of(ledger, "later").acknowledged += count.parse::<i64>().unwrap(),
        // What the test harness says.
        _ => {}
    }
}

/// The file opens at once, twice, and has what was acknowledged and nothing that was not attempted.
async fn check(file: &Path, ledger: &mut Ledger) {
    let start = Instant::now();
    let first = values(file).await;
    assert!(start.elapsed() < Duration::from_secs(5), "it took {:?} to open", start.elapsed());
    assert_eq!(values(file).await, first);
    for (name, value) in first {
        let said = ledger.entry(name.clone()).or_default();
        assert!(said.acknowledged <= value && value <= said.attempted, "{name} is {value}: {said:?}");
        assert!(said.values.iter().all(|acknowledged| *acknowledged <= value), "{name} is {value}: {said:?}");
        (said.acknowledged, said.attempted) = (value, value);
    }
}

async fn values(file: &Path) -> Vec<(String, i64)> {
    let tally = Tally::open(file).await.unwrap();
    let mut values = Vec::new();
    for name in NAMES.into_iter().chain(["later"]) {
        let counter: Counter = tally.counter(name).await.unwrap();
        values.push((name.to_owned(), counter.get()));
    }
    tally.close().await.unwrap();
    values
}
