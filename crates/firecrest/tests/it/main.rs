//! The server over real connections. Each test names the item of the protocol specification it proves.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]
#![allow(clippy::needless_pass_by_value, reason = "`json!` in an argument reads better than `&json!`")]

mod arbitrary;
mod broadcasts;
mod captured;
mod channels;
mod cluster;
mod connect_info;
mod draining;
mod economy;
mod ending;
mod events;
mod fixture;
mod foreign;
mod frames;
mod grace;
mod hostile;
mod joining;
mod line;
mod logs;
mod longpoll;
mod mounting;
mod origin;
mod pressure;
mod promises;
mod recorded;
mod rejoining;
mod site;
mod spans;
mod subprotocols;
mod support;
mod telemetry;
mod trace;

/// Requests of a long-poll session arrive at its own node.
const IS_ROUTED: bool = false;
