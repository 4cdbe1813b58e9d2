//! A queue, and workers that share what is in it.
//!
//! Read in this order: `handle`, what users hold; `builder`, what they choose; `line`, what waits; `shard`, a line, its lock
//! and who sleeps beside it; `slots`, when a worker may take something; `worker`, what it does with it.
//!
//! A pipeline is one shard with all workers, or as many shards with a worker each when items are partitioned. All that is
//! decided is decided under a shard's lock, which is held for a few dozen instructions.

mod builder;
mod core;
mod error;
mod fair;
mod handle;
mod job;
mod key;
mod line;
mod listeners;
mod meters;
mod pushed;
mod restart;
mod shard;
mod slots;
mod stats;
mod worker;

pub use builder::{Builder, MAX_WORKERS};
pub use error::ConfigError;
pub use handle::{Drained, Pipeline};
pub use job::Job;
pub use pushed::Pushed;
pub use restart::Restart;
pub use stats::{Dropped, Stats};
