//! Somebody who commits, and repeats what may not have arrived.

use std::sync::Arc;
use std::time::Duration;

use firecrest_tally::{Batch, Store, StoreError, WriterId};

/// Commits batches of its own, numbered from 1.
pub(crate) struct Writer<'a, S> {
    store: &'a S,
    id: WriterId,
    number: u64,
}

impl<'a, S: Store> Writer<'a, S> {
    pub(crate) fn new(store: &'a S) -> Self {
        Writer { store, id: WriterId::random(), number: 0 }
    }

    /// Adds to counters until that succeeds.
    pub(crate) async fn add(&mut self, deltas: &[(&str, i64)]) -> Vec<i64> {
        self.number += 1;
        self.again(deltas).await
    }

    /// Repeats what it has just tried to add until that succeeds.
    pub(crate) async fn again(&self, deltas: &[(&str, i64)]) -> Vec<i64> {
        loop {
            match self.store.commit(&self.batch(deltas)).await {
                Ok(values) => return values,
                Err(StoreError::Unavailable(_)) => tokio::time::sleep(Duration::from_millis(20)).await,
                Err(error) => panic!("{error}"),
            }
        }
    }

    /// Adds to counters once, or not.
    pub(crate) async fn try_add(&mut self, deltas: &[(&str, i64)]) -> Result<Vec<i64>, StoreError> {
        self.number += 1;
        self.store.commit(&self.batch(deltas)).await
    }

    /// The batch that it has just tried to commit.
    pub(crate) fn batch(&self, deltas: &[(&str, i64)]) -> Batch {
        let deltas = deltas.iter().map(|&(name, delta)| (Arc::from(name), delta)).collect();
        Batch { writer: self.id, number: self.number, deltas }
    }
}

/// The value of one counter.
pub(crate) async fn value(store: &impl Store, name: &str) -> i64 {
    store.load(&[name.to_owned()]).await.unwrap()[0]
}
