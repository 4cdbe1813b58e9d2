//! The long-poll transport (spec §4): [`handle`] answers requests, a [`Session`] keeps the connection between them.

mod handle;
mod response;
mod session;
mod sessions;

pub(crate) use handle::handle;
pub(crate) use sessions::Sessions;

use session::Session;
