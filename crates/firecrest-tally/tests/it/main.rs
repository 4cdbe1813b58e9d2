//! What a tally promises, through its public interface.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod child;
mod corrupted;
mod counting;
mod crash;
mod disk_full;
mod ending;
mod file;
mod loading;
mod metrics;
mod model;
mod others;
mod scripted;
mod store;
mod trouble;
mod waiting;
mod watching;
