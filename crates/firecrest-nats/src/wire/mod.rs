//! NATS' protocol: what the server says, and what it is told. No sockets here.

mod client;
mod server;
mod stamp;

pub(crate) use client::{Connect, PING, PONG, connect, publish, subscribe, unsubscribe};
pub(crate) use server::{FromServer, Garbled, Info, read};
pub(crate) use stamp::Stamp;
