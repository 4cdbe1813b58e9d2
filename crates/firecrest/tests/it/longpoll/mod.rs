//! The long-poll transport (spec §4), without a network and in virtual time.
//!
//! Time passes by itself whenever everybody waits, so that a test can say how long an answer took to the millisecond.

mod batches;
mod channels;
pub(crate) mod client;
mod polling;
mod requests;
mod session_ends;
mod tokens;
