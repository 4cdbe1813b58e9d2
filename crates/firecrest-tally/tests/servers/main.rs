//! The stores against a real Redis and a real PostgreSQL, which the tests start, kill, start again and cut off.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod backend;
mod postgres;
mod postgres_server;
mod proxy;
mod redis;
mod redis_server;
mod scenarios;
mod tls;
mod warnings;
mod writer;
