//! What is in the file.
//!
//! | table | key | value |
//! | --- | --- | --- |
//! | `firecrest-tally` | `format` | 1, the format of the file |
//! | `counters` | name | value |
//! | `writers` | writer | number of its last batch, since the file was opened |

use redb::{Database, ReadableDatabase, ReadableTable, ReadableTableMetadata, TableDefinition, TableError};

use crate::Batch;

/// The format that is written, and the newest that is read.
pub(super) const FORMAT: u64 = 1;

const ABOUT: TableDefinition<'static, &str, u64> = TableDefinition::new("firecrest-tally");
const COUNTERS: TableDefinition<'static, &str, i64> = TableDefinition::new("counters");
const WRITERS: TableDefinition<'static, u128, u64> = TableDefinition::new("writers");

/// Makes the tables of a new file.
pub(super) fn create(database: &Database) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    transaction.open_table(ABOUT)?.insert("format", FORMAT)?;
    transaction.open_table(COUNTERS)?;
    transaction.open_table(WRITERS)?;
    Ok(transaction.commit()?)
}

/// The format of a file; `None` if it has none, because it is not one of counters.
pub(super) fn format(database: &Database) -> Result<Option<u64>, redb::Error> {
    match database.begin_read()?.open_table(ABOUT) {
        Ok(about) => Ok(about.get("format")?.map(|format| format.value())),
        Err(TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Forgets the writers of the processes that had the file before: they will not repeat anything.
pub(super) fn forget_writers(database: &Database) -> Result<(), redb::Error> {
    if database.begin_read()?.open_table(WRITERS)?.is_empty()? {
        return Ok(());
    }
    let transaction = database.begin_write()?;
    transaction.open_table(WRITERS)?.retain(|_, _| false)?;
    Ok(transaction.commit()?)
}

/// The values of counters.
pub(super) fn load<'a>(
    database: &Database,
    names: impl Iterator<Item = &'a str>,
) -> Result<Vec<i64>, redb::Error> {
    let counters = database.begin_read()?.open_table(COUNTERS)?;
    names.map(|name| Ok(counters.get(name)?.map_or(0, |value| value.value()))).collect()
}

/// Adds a batch, unless it has been added, and returns the values.
pub(super) fn add(database: &Database, batch: &Batch) -> Result<Vec<i64>, redb::Error> {
    let transaction = database.begin_write()?;
    let mut values = Vec::with_capacity(batch.deltas.len());
    {
        let mut writers = transaction.open_table(WRITERS)?;
        let mut counters = transaction.open_table(COUNTERS)?;
        let fresh = batch.number > last(&writers, batch)?;
        for (name, delta) in &batch.deltas {
            let before = counters.get(&**name)?.map_or(0, |value| value.value());
            let after = if fresh { before.saturating_add(*delta) } else { before };
            if after != before {
                counters.insert(&**name, after)?;
            }
            values.push(after);
        }
        if fresh {
            writers.insert(batch.writer.to_u128(), batch.number)?;
        }
    }
    transaction.commit()?;
    Ok(values)
}

/// The values of a batch that has been added; `None` if it has not.
pub(super) fn added(database: &Database, batch: &Batch) -> Result<Option<Vec<i64>>, redb::Error> {
    let writers = database.begin_read()?.open_table(WRITERS)?;
    if batch.number > last(&writers, batch)? {
        return Ok(None);
    }
    load(database, batch.deltas.iter().map(|(name, _)| &**name)).map(Some)
}

/// The number of the last batch of a writer.
fn last(writers: &impl ReadableTable<u128, u64>, batch: &Batch) -> Result<u64, redb::Error> {
    Ok(writers.get(batch.writer.to_u128())?.map_or(0, |number| number.value()))
}
