//! Brokers and databases for tests: real processes on free ports, in temporary folders, gone when the test is.
//!
//! Everything here panics when it cannot do what a test asks of it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod certificates;
mod nats;
mod process;
mod redis;

pub use certificates::{Certificates, certificates};
pub use nats::NatsServer;
pub use process::{PATIENCE, Process, User, command, free_port, until};
pub use redis::RedisServer;

/// The password of every server, which nothing may show.
pub const SECRET: &str = "hush-7f3a";
