//! Any store behind one type.

use std::pin::Pin;

use futures_util::Stream;

use crate::{Batch, Store, StoreError};

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Values that others have written.
pub(crate) type Changes = Pin<Box<dyn Stream<Item = (String, i64)> + Send>>;

/// A [`Store`] of any type, which answers with as many values as it was asked for.
pub(crate) trait ErasedStore: Send + Sync {
    fn load_erased<'a>(&'a self, names: &'a [String]) -> Answer<'a, Vec<i64>>;
    fn commit_erased<'a>(&'a self, batch: &'a Batch) -> Answer<'a, Vec<i64>>;
    fn changes_erased(&self) -> Changes;
    fn close_erased(&self) -> Answer<'_, ()>;
}

impl<S: Store> ErasedStore for S {
    fn load_erased<'a>(&'a self, names: &'a [String]) -> Answer<'a, Vec<i64>> {
        Box::pin(async { as_many(names.len(), self.load(names).await?) })
    }

    fn commit_erased<'a>(&'a self, batch: &'a Batch) -> Answer<'a, Vec<i64>> {
        Box::pin(async { as_many(batch.deltas.len(), self.commit(batch).await?) })
    }

    fn changes_erased(&self) -> Changes {
        Box::pin(self.changes())
    }

    fn close_erased(&self) -> Answer<'_, ()> {
        Box::pin(self.close())
    }
}

fn as_many(asked: usize, values: Vec<i64>) -> Result<Vec<i64>, StoreError> {
    if values.len() == asked {
        return Ok(values);
    }
    Err(StoreError::failed(format!("it answered {} values for {asked} counters", values.len())))
}
