//! What the hubs of several nodes say to each other.
//!
//! ```text
//! here                                there
//!   Table (patterns) ────────────────→     what this node wants to hear: told when it changes, and when it is asked for
//!   Lease (number of the table) ─────→     every 10 s; who has not heard any for 30 s forgets the node
//!        ←──────────────────── Want        the table of that number is not known there
//!        ←─────────────────── Sent         a message to a topic that one of the patterns matches
//!   Ask (topics) ────────────────────→     what was kept before this node wanted to hear of it
//!        ←─────────────────── Kept         the newest of each
//!   Polled (topic) ──────────────→     a poller need not ask the same now, and what is kept may be stale
//!   Bye ─────────────────────────────→
//! ```
//!
//! * **A node is sent what it wants, and nothing else.** More than 1,024 patterns, or 48 KiB of them, are told as one that is
//!   everything.
//! * **Nothing is sent twice or stored for later.** After a gap nodes exchange their tables again and ask for what is kept; what was
//!   published in between and not kept is lost, as everywhere (spec §7.1).
//! * **Kept messages go by their time** ([`stamp`](super::shelf::Shelf::stamp)): whoever hears of two knows which is the last.

mod asks;
#[allow(clippy::module_inception, reason = "the module is named after the type it holds")]
mod link;
mod message;
mod peers;
mod task;

pub(super) use link::Link;
pub(super) use peers::Peer;
