//! The WebSocket transport: [`accept`] turns a request into a connection, [`task`] carries it.

mod accept;
mod task;
mod writer;

pub(crate) use accept::accept;
