//! Live queries, through the public interface and in virtual time.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

#[path = "../it/captured.rs"]
mod captured;
mod facts;
mod failing;
mod measured;
mod quiet;
mod racing;
mod sources;
mod touching;
mod watching;
