//! The message hub: topics within the program and between its nodes, with what was said last, and tasks that listen and ask.
//!
//! [`Endpoint::hub`](crate::Endpoint::hub) is where one part of a program tells the others what happens, without knowing
//! them. A [`Topic`] has messages of one type, and keeps the last of them, or some, for whoever comes later. A
//! [consumer](Hub::consume) handles messages. A [poller](Hub::poll) asks somebody else for all who look. A view
//! [watches](crate::Source) a topic, and shows what it keeps.
//!
//! ```
//! use firecrest::hub::{Keep, Topic};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Debug, Serialize, Deserialize)]
//! struct Stars {
//!     count: u32,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let endpoint = firecrest::Endpoint::builder().build()?;
//! let hub = endpoint.hub();
//! let stars: Topic<Stars> = hub.topic("project.stars", Keep::Last)?;
//! let mut feed = hub.subscribe::<Stars>("project.*")?;
//!
//! stars.publish(Stars { count: 3 });
//! assert_eq!(feed.next().await.count, 3);
//! assert_eq!(stars.last().map(|last| last.count), Some(3));
//! # Ok(())
//! # }
//! ```
//!
//! # Topics and patterns
//!
//! The same grammar holds for everything that listens, on this node and on others, whatever carries the messages (M021). A topic is one or
//! more segments joined by dots: `github.stats`. A segment is one or more characters other than a dot, white space, a control
//! character, `*` and `>`. A topic has up to 32 segments and 255 bytes. Case matters.
//!
//! A [`Pattern`] is a topic in which `*` may stand for any one segment, and `>`, at the end, for one or more. Both are whole segments.
//! Nothing else has a meaning, and what does not match in full does not match: `github.*` is neither `github` nor
//! `github.stats.today`, and `github.>` is not `github`.
//!
//! # Messages
//!
//! A message is a value in the process and JSON outside: a listener of the publisher's type gets the value itself, another
//! one what its JSON says. It is written once at most, and only when somebody needs it.
//!
//! Delivery is at most once, as with broadcasts. Messages of one task to one topic come in order. A publisher never waits: each listener has a
//! queue, with a bound, of which the oldest messages are dropped and counted. A listener that has to see every message needs
//! another means: a database, say.
//!
//! # Several nodes
//!
//! Messages reach the nodes that listen to them, and no others; topics of [`Hub::local`] none. What a topic keeps is the newest of all
//! nodes, by the order in which the messages were sent; a node that gets a handle of a topic, or meets another, asks for what is kept
//! there, 256 KiB of each topic at most. Clocks may differ by a day; what one says that is further ahead is heard, and not kept. A node that
//! ends says so; what is known of one that is killed is forgotten after 30 to 40 seconds.
//!
//! Every node that has a poller polls for itself, or they leave it to one at a time: [`Every::once_per_cluster`].
//!
//! # Who may use it
//!
//! The program. No client can reach the hub (M039): a channel or a view has to hand on what it hears here, or send what it is told, and
//! decides for whom.
//!
//! | file | what |
//! | --- | --- |
//! | `hub`, `topic`, `feed`, `counted`, `sampled`, `message` | what applications use |
//! | `consumer`, `polling`, `poller`, `bridge` | tasks that they give the hub |
//! | `grammar`, `error` | topics and patterns, and what can be wrong with them |
//! | `core`, `entry` | what handles share: all of a hub, all of a topic |
//! | `router`, `route`, `listener` | who listens to what |
//! | `parcel`, `origin`, `clock` | a message on its way, from where it comes, and when it was sent |
//! | `queue`, `shelf`, `polls` | where messages wait; where they are kept; whether what is kept is true |
//! | `link` | the other nodes |
//! | `tasks`, `backoff`, `durations`, `stats`, `noise` | keeping tasks, and what they did |

mod backoff;
mod bridge;
mod clock;
mod consumer;
mod core;
mod counted;
mod durations;
mod entry;
mod error;
mod feed;
mod grammar;
#[allow(clippy::module_inception, reason = "the module is named after the type it holds")]
mod hub;
mod link;
mod listener;
mod message;
mod noise;
mod origin;
mod parcel;
mod poller;
mod polling;
mod polls;
mod queue;
mod route;
mod router;
mod sampled;
mod shelf;
mod stats;
mod tasks;
mod topic;

pub use bridge::{Bridge, Bridged, Inlet};
pub use consumer::{Consumer, ConsumerOptions};
pub use counted::Counted;
pub use error::{BridgeError, PatternError, SendError, TopicError};
pub use feed::Feed;
pub use grammar::Pattern;
pub use hub::Hub;
pub use message::{Body, Message};
pub use poller::Poller;
pub use polling::{Every, PollError, Polled};
pub use polls::Stale;
pub use sampled::{Sample, Sampled};
pub use shelf::Keep;
pub use stats::{ConsumerStats, HubStats, PollerStats};
pub use topic::Topic;

pub(crate) use core::Core;
