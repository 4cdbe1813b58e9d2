//! What the hubs of several nodes say to each other.
//!
//! ```text
//! here                                there
//!   Table (patterns) ────────────────→     what this node wants to hear: told when it changes, and when it is asked for
//!   Lease (number of the table) ─────→     every 10 s; who has not heard any for 30 s forgets the node
//!        ←──────────────────── Want        the table of that number is not known there
//!        ←─────────────────── Sent         a message to a topic that one of the patterns matches
//!   Ask (topics) ────────────────────→     what was kept before this node wanted to hear of it
//!        ←────────────── Kept, Answered         the newest of each, several at a time and at a pace
//!   Polling (topic) ─────────────────→     a poller begins to ask: others need not
//!   Polled (topic) ──────────────────→     what came of it, and how long nobody need ask the same
//!   Bye ─────────────────────────────→
//! ```
//!
//! * **A node is sent what it wants, and nothing else.** More than 1,024 patterns, or 48 KiB of them, are told as one that is
//!   everything.
//! * **Nothing is sent twice or stored for later.** What was published while nodes did not know of each other, and not kept, is lost, as
//!   everywhere (spec §7.1).
//! * **Whoever may have missed something asks for what is kept**, and whom it may have missed: a node that it has not known, or that has not
//!   known it; after a gap all of them, or the one whose messages were lost. Who has the same is told nothing, so that a
//!   gap in a cluster that agrees is followed by questions alone. A question that is not answered is asked again.
//! * **Kept messages go by the hubs' clocks** ([`Clock`](super::clock::Clock)), which follow each other: whoever hears of two knows which is the
//!   last.

mod answers;
mod asks;
#[allow(clippy::module_inception, reason = "the module is named after the type it holds")]
mod link;
mod message;
mod peers;
mod task;

pub(super) use link::Link;
pub(super) use peers::Peer;
