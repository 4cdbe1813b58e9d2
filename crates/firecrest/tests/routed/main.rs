//! Long-poll sessions whose requests arrive at another node (spec §4.8).
//!
//! All tests of the transport run here once more, each request being sent to another node than its session's (spec §8.10); and
//! those of what there is only among nodes.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]
#![allow(clippy::needless_pass_by_value, reason = "`json!` in an argument reads better than `&json!`")]
#![allow(dead_code, reason = "the other binary of tests needs more of what both share")]

#[path = "../it/captured.rs"]
mod captured;
#[path = "../it/channels.rs"]
mod channels;
#[path = "../it/fixture.rs"]
mod fixture;
#[path = "../it/longpoll/mod.rs"]
mod longpoll;
#[path = "../it/site.rs"]
mod site;
#[path = "../it/support.rs"]
mod support;

mod breaking;
mod broker;
mod listeners;
mod nodes;
mod trusting;

/// Requests of a long-poll session arrive at another node.
const IS_ROUTED: bool = true;
