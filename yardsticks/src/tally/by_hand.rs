//! The embedded store driven by hand: one thread, a transaction for each batch of increments, nobody who waits.

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

use redb::{Database, Error, ReadableTable as _, Table, TableDefinition};

use crate::load::{COUNTERS, name};

const TABLE: TableDefinition<'static, &str, i64> = TableDefinition::new("counters");

/// What is done with a batch.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Style {
    /// Every increment is a read and a write.
    Each,
    /// Increments of a counter are added up; then a counter is a read and a write.
    Summed,
}

/// How many increments per second are written in batches of this size. It takes `time`, and blocks.
///
/// # Errors
/// When they cannot be written.
pub(crate) fn per_second(
    path: &Path,
    (batch, style): (u64, Style),
    time: Duration,
) -> Result<f64, redb::Error> {
    let database = Database::create(path)?;
    let names: Vec<_> = (0..COUNTERS).map(name).collect();
    let mut next = names.iter().map(String::as_str).cycle();
    let (start, mut written) = (Instant::now(), 0);
    loop {
        write(&database, next.by_ref().take(batch as usize), style)?;
        written += batch;
        if start.elapsed() >= time {
            return Ok(written as f64 / start.elapsed().as_secs_f64());
        }
    }
}

fn write<'a>(database: &Database, names: impl Iterator<Item = &'a str>, style: Style) -> Result<(), Error> {
    let transaction = database.begin_write()?;
    {
        let mut table = transaction.open_table(TABLE)?;
        match style {
            Style::Each => names.map(|name| (name, 1)).try_for_each(|by| add(&mut table, by))?,
            Style::Summed => {
                let mut sums = HashMap::new();
                names.for_each(|name| *sums.entry(name).or_default() += 1);
                sums.into_iter().try_for_each(|by| add(&mut table, by))?;
            }
        }
    }
    transaction.commit()?;
    Ok(())
}

fn add(table: &mut Table<'_, &'static str, i64>, (name, by): (&str, i64)) -> Result<(), Error> {
    let before = table.get(name)?.map_or(0, |value| value.value());
    table.insert(name, before + by)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use redb::ReadableDatabase as _;

    use super::*;

    #[test]
    fn both_styles_write_all_increments() {
        let folder = tempfile::tempdir().unwrap();
        for (style, file) in [(Style::Each, "each"), (Style::Summed, "summed")] {
            let database = Database::create(folder.path().join(file)).unwrap();
            write(&database, ["a", "b", "a"].into_iter(), style).unwrap();
            write(&database, ["a"].into_iter(), style).unwrap();
            let table = database.begin_read().unwrap().open_table(TABLE).unwrap();
            let value = |name: &str| table.get(name).unwrap().unwrap().value();
            assert_eq!((value("a"), value("b")), (3, 1), "{style:?}");
        }
    }

    #[test]
    fn whole_batches_are_counted() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("counters");
        let per_second = per_second(&file, (2_000, Style::Summed), Duration::from_nanos(1)).unwrap();
        assert!(per_second > 0.0, "{per_second}");
        let database = Database::open(file).unwrap();
        let table = database.begin_read().unwrap().open_table(TABLE).unwrap();
        assert_eq!(table.get(&*name(0)).unwrap().unwrap().value(), 2);
    }
}
