//! What the stores on a server have in common: a connection that is made anew when it fails, an ear for what others write,
//! and what is known of the counters.

mod known;
mod link;
mod message;
mod shared;

pub(crate) use known::Reading;
pub(crate) use link::Link;
pub(crate) use message::Message;
pub(crate) use shared::{Ear, Server, Shared};
