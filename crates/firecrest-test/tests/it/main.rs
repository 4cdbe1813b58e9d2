//! The test kit tested: everything of spec §9 that it has, and how its assertions fail.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod channels;
mod connecting;
mod ending;
mod failing;
mod fixture;
mod live;
mod topics;
