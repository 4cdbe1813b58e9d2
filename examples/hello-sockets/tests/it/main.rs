//! Every technique tested, a file per theme: how channels are tested without a network, in virtual time (H23).

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod dupe;
mod nodes;
mod page;
mod ping;
mod pipeline;
mod recurring;
mod slow;
mod sockets;
mod stats;
mod tracked;
mod wild;
