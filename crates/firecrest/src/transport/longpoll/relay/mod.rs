//! Sessions of other nodes (spec §4.8).
//!
//! A request may arrive at any node of a cluster. The token says whose the session is: [`Remote`] asks that node, and answers
//! the client with what it says. Nothing of this exists without a cluster.
//!
//! ```text
//! here                         there
//!   Push ─────────────────────→        a POST: handled in order; Waiting as long as that takes
//!        ←───────── Done, Timeout, Gone
//!   Poll ─────────────────────→        Waiting at once when there is nothing, so that who is alive is known
//!        ←──────────────── Offer       messages, which the session keeps
//!   Take ─────────────────────→
//!        ←──────────────── Taken       now they are this node's, and go to the client
//!   GiveUp ───────────────────→        the client has gone, or nobody answers
//! ```
//!
//! * **A message reaches a client once or its session is over.** What was offered and not taken is offered again to the next poll,
//!   wherever that arrives, and a node answers its client only when it has taken. So neither a lost message between nodes nor a
//!   client that hangs up loses anything; as on one node, what is taken and then not received is lost. When nobody says whether it
//!   was taken, the client is told 410, and joins again.
//! * **Who does not answer is not there**: within the `pubsub_timeout` of the socket's options a session's node must have said
//!   something, and within the window and that timeout everything. Polls are repeated meanwhile, pushes never. A node that drains
//!   answers the polls that hang there for others' sessions with nothing, so that they go on elsewhere.
//! * **The broker is not trusted.** A message between nodes is signed with a key that is derived from the endpoint's secret, and
//!   so are the names and lives of both nodes ([`seal`]). The client's token is verified where its request arrives and goes no
//!   further; the other node takes the session's id from a signed message only. A push counts once, however often it is heard
//!   ([`heard`]). Whoever reads the broker's messages reads what clients say, as with broadcasts.
//! * **Large messages go in pieces** ([`pieces`]), as large as the cluster carries and 256 KiB at most.

mod ask;
mod asked;
mod heard;
mod message;
mod pieces;
#[allow(clippy::module_inception, reason = "the module is named after the type it holds")]
mod relay;
mod seal;
mod serve;
mod serving;

pub(super) use ask::{Remote, Unreached};
pub(super) use relay::Relay;
