//! Who is where, on all nodes: presence, as the official clients show it.
//!
//! A channel says that somebody is in its topic with [`Context::track`](crate::channel::Context::track), and tells its client who else is
//! with [`push_presence_state`](crate::channel::Context::push_presence_state). From then on clients are told of each change, also of those
//! on other nodes, twice a second at most. Whoever is tracked leaves with the channel, however that ends.
//!
//! ```
//! use firecrest::prelude::*;
//! # use firecrest::channel::Channel;
//! # struct UserSocket { user_id: u64 }
//! # impl Socket for UserSocket {
//! #     async fn connect(_: &Connect<'_>) -> Result<Self, Refused> { Ok(UserSocket { user_id: 1 }) }
//! #     fn channels() -> Channels<Self> { Channels::new().route::<Room>("room:*") }
//! # }
//!
//! struct Room;
//!
//! struct Enter { user_id: u64 }
//!
//! impl Channel<UserSocket> for Room {
//!     type In = NoEvents;
//!     type Info = Enter;
//!
//!     async fn join(request: Join<'_, UserSocket>) -> Result<Joined<Self, Enter>, Rejected> {
//!         Ok(Joined::new(Room).then(Enter { user_id: request.socket().user_id }))
//!     }
//!
//!     async fn handle_info(&mut self, Enter { user_id }: Enter, cx: &mut Context<'_, Enter>) -> Outcome {
//!         cx.push_presence_state().await;
//!         match cx.track(user_id, &json!({ "online_since": 1_700_000_000 })) {
//!             Ok(()) => Outcome::NoReply,
//!             Err(error) => panic!("{error}"),
//!         }
//!     }
//! }
//! ```
//!
//! The program itself asks [`Endpoint::presence`](crate::Endpoint::presence); live views are tracked with
//! [`View::track`](crate::live::View::track) and show [`Presence::live`]. [`PresenceOptions`] lists every bound and every time.
//!
//! Every node has a copy of who is where on all nodes ([`firecrest_presence`]), so that asking costs no way through the network. It is
//! right after a moment, not at any moment: somebody who comes is seen on other nodes within two seconds, and who was on a node that
//! died is seen for half a minute more. Do not decide by it who must be told something.
//!
//! Metrics: `firecrest_presence_rows`, `firecrest_presence_diffs_total`, `firecrest_presence_messages_total` and
//! `firecrest_presence_bytes_total` by `direction`, `firecrest_presence_messages_lost_total`,
//! `firecrest_presence_unreadable_total`, and `firecrest_presence_fetch_failures_total` by `reason`.

mod answers;
mod channel;
mod counted;
mod error;
mod event;
mod fetch;
mod inbox;
mod lane;
mod lanes;
mod listing;
mod log;
mod meta;
mod options;
mod pages;
#[allow(clippy::module_inception, reason = "the module is named after the type it holds")]
mod presence;
mod service;
mod shutdown;
mod task;
mod telling;
mod totals;
mod tracked;
mod view;

pub use error::TrackError;
pub use event::PresenceEvent;
pub use fetch::{Fetch, Members};
pub use listing::{Listing, Present};
pub use meta::Meta;
pub use options::{Mode, PresenceOptions, PresenceOptionsError, Shutdown};
pub use presence::{Count, LivePresence, Presence};
pub use tracked::Tracked;

pub(crate) use channel::Ties;
pub(crate) use meta::Said;
pub(crate) use service::Service;
pub(crate) use totals::WatchedTotal;
pub(crate) use view::InView;
