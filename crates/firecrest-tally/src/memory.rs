//! Counters that are kept nowhere.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::{Batch, Store, StoreError, WriterId};

/// Counters that end with the process, for tests and development: [`Tally::in_memory`](crate::Tally::in_memory).
///
/// An `Arc` of it outlives a tally, so that a test can close one and open another on the same counters.
#[derive(Debug, Default)]
pub struct MemoryStore {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    values: HashMap<Arc<str>, i64>,
    numbers: HashMap<WriterId, u64>,
}

impl Store for MemoryStore {
    async fn load(&self, names: &[String]) -> Result<Vec<i64>, StoreError> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(names.iter().map(|name| state.values.get(name.as_str()).copied().unwrap_or(0)).collect())
    }

    async fn commit(&self, batch: &Batch) -> Result<Vec<i64>, StoreError> {
        let State { values, numbers } = &mut *self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let last = numbers.entry(batch.writer).or_default();
        let fresh = batch.number > *last;
        *last = batch.number.max(*last);
        let add = |(name, delta): &(Arc<str>, i64)| {
            let value = values.entry(Arc::clone(name)).or_default();
            if fresh {
                *value = value.saturating_add(*delta);
            }
            *value
        };
        Ok(batch.deltas.iter().map(add).collect())
    }
}
