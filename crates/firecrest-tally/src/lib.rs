//! Durable live counters: how many visits a page has had, exactly, over restarts and crashes, and told to whoever watches.
//!
//! A crate of its own because its stores are *replaceable adapters with foreign dependencies*, and because counting is of use
//! to *another audience* than web applications. It knows nothing of the web.
//!
//! ```
//! use firecrest_tally::Tally;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("counters");
//! let tally = Tally::open(path).await?;
//! let visits = tally.counter("visits").await?;
//!
//! assert_eq!(visits.increment(1).await?, 1);   // on the disk when it returns
//! visits.add_later(1);                         // on the disk soon
//! assert_eq!(visits.get(), 2);                 // from memory
//!
//! tally.close().await?;
//! # Ok(())
//! # }
//! ```
//!
//! # How it works
//!
//! A counter's value is in memory, an atomic number. Adding to it marks it, once, until the writer has come by. The writer is
//! one task: it gathers what was added in [`commit_interval`](TallyOptions::commit_interval) and has the [`Store`] add all
//! of it at once. Increments of the same counter are one number by then, so that what is kept depends on how many counters
//! there are and not on how often they are incremented, and those who wait for the same commit are woken together.
//!
//! Read in this order: `store`, what keeps the counters; `cell`, a counter in memory; `queue`, what has been added and not
//! written; `writer`, who writes it; `embedded`, the file.

mod cell;
pub mod conformance;
mod counter;
mod embedded;
mod erased;
mod error;
mod health;
mod memory;
mod options;
#[cfg(feature = "postgres")]
mod postgres;
mod queue;
#[cfg(feature = "redis")]
mod redis;
#[cfg(any(feature = "postgres", feature = "redis"))]
mod remote;
mod store;
mod table;
mod tally;
mod watchers;
mod writer;

#[cfg(feature = "redis")]
pub use self::redis::{RedisOptions, RedisStore};
pub use counter::Counter;
pub use embedded::EmbeddedStore;
pub use error::{OpenError, TallyError};
pub use health::Health;
pub use memory::MemoryStore;
pub use options::TallyOptions;
#[cfg(feature = "postgres")]
pub use postgres::{PostgresOptions, PostgresStore};
pub use store::{Batch, MAX_BATCH, Store, StoreError, WriterId};
pub use tally::Tally;
