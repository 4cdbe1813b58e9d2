//! Pipelines and stages, in virtual time unless a test says otherwise.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod batches;
mod buffer;
mod consumers;
mod dispatch;
mod draining;
mod expiring;
mod failing;
mod flow;
mod keys;
mod listening;
mod log;
mod metrics;
mod order;
mod overload;
mod pushing;
mod stamp;
mod work;
mod workers;
