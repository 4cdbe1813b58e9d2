//! The WebSocket transport: [`accept`] turns a request into a connection, [`task`] carries it.

mod accept;
mod handover;
mod stream;
mod task;

pub(crate) use accept::accept;
pub(crate) use handover::{Carry, Handover};
