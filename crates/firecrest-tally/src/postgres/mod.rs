//! Counters in PostgreSQL.

mod connection;
mod error;
mod name;
mod server;
mod sql;
mod store;
mod tls;

pub use store::{PostgresOptions, PostgresStore};
