//! The long-poll transport (spec §4): [`handle`] answers requests, a [`Session`] keeps the connection between them.
//!
//! A session belongs to the node that made it. In a cluster a request may arrive at any other: see [`relay`].

mod handle;
mod relay;
mod response;
mod session;
mod sessions;
mod unclaimed;

pub(crate) use handle::handle;
pub(crate) use sessions::Sessions;

use session::Session;
use sessions::SessionId;
