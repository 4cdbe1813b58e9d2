//! Counters in Redis or Valkey.

mod answer;
mod ear;
mod error;
mod server;
mod store;

pub use store::{RedisOptions, RedisStore};
