//! A cluster on real servers of NATS, which the tests start.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod access;
mod conformance;
mod first;
mod flow;
mod log;
mod member;
mod operators;
mod raw;
mod subscriptions;
mod topics;
mod trouble;
