//! Who is where, through the public interface: channels on one node and on several, in one process and in virtual time.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]
#![allow(clippy::needless_pass_by_value, reason = "`json!` in an argument reads better than `&json!`")]

mod answers;
#[path = "../it/captured.rs"]
mod captured;
mod client;
mod cluster;
mod counting;
mod events;
mod fetching;
mod limits;
mod model;
mod parts;
mod room;
mod shutdown;
#[path = "../it/support.rs"]
#[allow(dead_code, reason = "what other tests need of it")]
mod support;
mod tracking;
mod views;
#[path = "../live/visitor.rs"]
#[allow(dead_code, reason = "what other tests need of it")]
mod visitor;
mod way;
