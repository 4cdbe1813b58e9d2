//! The connection: making it, its life, and making it again.

mod attempts;
mod connect;
mod error;
mod senders;
mod session;
mod task;
mod tls;

pub(crate) use error::LinkError;
pub(crate) use task::run;
pub(crate) use tls::Tls;

use attempts::Attempts;
use connect::{Connection, Stream, connect};
use senders::Senders;
use session::{End, Session};
