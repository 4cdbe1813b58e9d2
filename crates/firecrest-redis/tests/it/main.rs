//! Nodes on a real Redis, which the tests start, pause, kill and start again.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod away;
mod churn;
mod conformance;
mod ending;
mod interest;
mod load;
mod log;
mod lost;
mod member;
mod proxy;
mod strangers;
mod trust;
