//! Increments that are on the disk, in SQLite: one thread, a transaction for each batch of them, nobody who waits. It prints a
//! line of JSON.
//!
//! The same work as the embedded store's by hand, in `yardsticks/src/tally/by_hand.rs`: the write-ahead log, synchronized at the
//! end of every transaction.

use std::collections::HashMap;
use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, Statement};

/// Over how many counters the increments are spread.
const COUNTERS: usize = 1_000;

/// How long each way runs.
const TIME: Duration = Duration::from_secs(2);

const ADD: &str = "INSERT INTO counters (name, value) VALUES (?1, ?2)
    ON CONFLICT (name) DO UPDATE SET value = value + excluded.value";

/// What is done with a batch.
#[derive(Clone, Copy)]
enum Style {
    /// Every increment is a statement.
    Each,
    /// Increments of a counter are added up; then a counter is a statement.
    Summed,
}

fn main() -> Result<(), Box<dyn Error>> {
    let batch = std::env::args().nth(1).ok_or("how many increments are a transaction?")?.parse()?;
    let own = std::env::current_exe()?;
    let folder = tempfile::tempdir_in(own.parent().ok_or("the program has no folder")?)?;
    let each = per_second(&folder.path().join("each"), batch, Style::Each)?;
    let summed = per_second(&folder.path().join("summed"), batch, Style::Summed)?;
    println!(r#"{{"each_per_second": {each}, "summed_per_second": {summed}}}"#);
    Ok(())
}

/// How many increments per second are written in batches of this size.
fn per_second(path: &Path, batch: usize, style: Style) -> rusqlite::Result<f64> {
    let mut database = Connection::open(path)?;
    database.pragma_update(None, "journal_mode", "WAL")?;
    database.pragma_update(None, "synchronous", "FULL")?;
    database
        .execute("CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID", ())?;
    let names: Vec<_> = (0..COUNTERS).map(|number| format!("visits:/articles/{number}")).collect();
    let mut next = names.iter().cycle();
    let (start, mut written) = (Instant::now(), 0);
    while start.elapsed() < TIME {
        write(&mut database, next.by_ref().take(batch), style)?;
        written += batch;
    }
    Ok(written as f64 / start.elapsed().as_secs_f64())
}

fn write<'a>(
    database: &mut Connection,
    names: impl Iterator<Item = &'a String>,
    style: Style,
) -> rusqlite::Result<()> {
    let transaction = database.transaction()?;
    {
        let mut statement = transaction.prepare_cached(ADD)?;
        match style {
            Style::Each => names.map(|name| (name, 1)).try_for_each(|by| add(&mut statement, by))?,
            Style::Summed => {
                let mut sums = HashMap::new();
                names.for_each(|name| *sums.entry(name).or_default() += 1);
                sums.into_iter().try_for_each(|by| add(&mut statement, by))?;
            }
        }
    }
    transaction.commit()
}

fn add(statement: &mut Statement<'_>, by: (&String, i64)) -> rusqlite::Result<()> {
    statement.execute(by).map(drop)
}
