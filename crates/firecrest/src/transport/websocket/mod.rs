//! The WebSocket transport: [`accept`] turns a request into a connection, [`task`] carries it.

mod accept;
mod stream;
mod task;

pub(crate) use accept::accept;
