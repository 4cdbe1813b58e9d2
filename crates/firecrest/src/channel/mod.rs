//! Channels: one conversation of one client about one topic.
//!
//! A [`Channel`] is a type whose values each live in a task of their own, from a successful [`join`](Channel::join) until
//! the client leaves, the connection ends or the channel stops. A slow or crashed channel touches nobody else.

mod call;
mod context;
mod event;
mod handle;
mod join;
mod mailbox;
mod outcome;
mod payload;
mod shared;
mod task;
mod timers;
mod traits;
mod work;

pub use call::{Answer, CallError};
pub use context::Context;
pub use event::{Event, EventError, NoEvents};
pub use handle::{ChannelHandle, DeferredReply, SendError};
pub use join::{Join, Joined, Rejected};
pub use mailbox::MailboxLimits;
pub use outcome::{Outcome, Reason, Reply, Stop};
pub use payload::{Binary, Raw};
pub use timers::Timer;
pub use traits::Channel;

pub(crate) use call::call;
pub(crate) use mailbox::{Item, PushError};
pub(crate) use shared::{Foreign, Shared};
pub(crate) use task::{JoinAnswer, Predecessor, Start, run};
pub(crate) use timers::{MAX_TIMERS, Timers};
