//! The least that any server must do: one thread, one `epoll` loop, one write per delivery.
//!
//! A server that writes once per delivery cannot be faster on one core than this one. It reads as little of the protocol
//! as gives right answers to a client that behaves: refs and payloads are passed on unread, names are compared as they were
//! sent, text is not checked to be UTF-8, fragmented and binary messages, unknown events and stale join refs are not
//! served. An idle connection has no buffers. What a client does not read waits for it, up to 1 MiB; beyond that, and for
//! anything not understood, its connection is dropped.
//!
//! ```text
//! server (the loop) → clients → connection (socket, what waits)
//!                           → upgrade | frame → message
//!                           → topics (who is on which)
//! ```

mod clients;
mod connection;
mod frame;
mod message;
mod server;
mod topics;
mod upgrade;

use std::io;

use yardsticks::{Options, announce};

fn main() -> io::Result<()> {
    let mut server = server::Server::bind(Options::from_args().listen)?;
    announce(server.local_addr()?)?;
    server.run()
}
