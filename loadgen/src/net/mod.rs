//! The connections: one event loop, sockets that never block, next to no memory for each.
//!
//! [`Target`] is where they go, by way of a [`Page`](page) if there is one, and [`Sources`](sources) where they come from; a
//! [`World`] holds them all and sends; a [`Runner`] waits for what happens and tells a [`Handler`], the running phase of a
//! scenario.

mod connection;
mod dialer;
mod fetch;
mod html;
mod http;
mod page;
mod runner;
mod sources;
mod target;
mod topics;
mod upgrade;
mod url;
mod world;

pub(crate) use connection::State;
pub(crate) use dialer::Dialer;
pub(crate) use fetch::fetch;
pub(crate) use runner::{Handler, Runner, Turn};
pub(crate) use sources::Sources;
pub(crate) use target::Target;
pub(crate) use topics::{TopicError, Topics, quoted};
pub(crate) use url::{TargetError, path};
pub(crate) use world::{World, excerpt};
