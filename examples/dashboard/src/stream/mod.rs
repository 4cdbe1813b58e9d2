//! Streams of server-sent events, and the newest of what they bring.

mod backoff;
mod follow;
mod item;
mod parser;
mod topics;

pub(crate) use follow::{Following, Stream, follow};
pub(crate) use item::Item;
pub(crate) use topics::{Link, Topics};
