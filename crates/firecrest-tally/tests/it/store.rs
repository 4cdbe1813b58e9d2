//! The stores that come with the crate do what every store must do.

use std::sync::Arc;

use firecrest_tally::conformance::{Sharing, run};
use firecrest_tally::{EmbeddedStore, MemoryStore};

#[tokio::test]
async fn the_embedded_store_conforms() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(EmbeddedStore::open(folder.path().join("counters")).await.unwrap());
    run(async || Arc::clone(&store), Sharing::Exclusive).await;
}

#[tokio::test]
async fn the_store_in_memory_conforms() {
    let store = Arc::new(MemoryStore::default());
    run(async || Arc::clone(&store), Sharing::Exclusive).await;
}
