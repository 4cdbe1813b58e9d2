//! What the yardsticks share: the servers' options and the line that says they are ready, what some work costs where there is
//! no server, and servers and clients of a yardstick's own.
//!
//! Each server has the *bench channel*: a WebSocket at `/socket/websocket` that speaks protocol version 2 (spec
//! §2.2), where any topic `bench:*` can be joined with an empty payload. On a joined topic
//!
//! * `echo` is answered `ok` with its own payload,
//! * `say` is broadcast to everybody on the topic, the sender included, as `said` with the same payload, and not answered,
//! * `phx_leave` is answered `ok` and followed by `phx_close` (spec §3.8).
//!
//! Heartbeats are answered (spec §3.10). A payload is a JSON object.
//!
//! Firecrest's has pages with a live view besides: a counter at `/counter`, and a board that shows everybody the same text, at
//! `/board` as one shared view, which tells at `/renders` how often it was rendered, and at `/own-board` as a view for each. At
//! `/polled` one shared view shows what a poller is told, and `/polled-renders` says how often without a change. With `--record` its
//! metrics are at `/metrics`. Whoever joins one of its topics `cart:*` is present in `admin:carts`, which others can join to see it, and in `room:*` everybody sees
//! everybody; both want `{"user": KEY}` as the join's payload.

mod cost;
mod crowd;
mod running;

use std::io::{self, Write as _};
use std::net::SocketAddr;

use clap::Parser;

pub use cost::{Cost, ENOUGH};
pub use crowd::Crowd;
pub use running::{Node, Running, socket_url};

/// The options of every server.
#[derive(Debug, Parser)]
pub struct Options {
    /// Address to listen on; port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDR")]
    pub listen: SocketAddr,
    /// Record metrics for Prometheus; only Firecrest has any.
    #[arg(long)]
    pub record: bool,
}

impl Options {
    /// Reads the command line, and lets the process have as many connections as the system allows. Ends the process with
    /// code 2 when the command line is wrong.
    pub fn from_args() -> Self {
        let options = Options::parse();
        if let Err(error) = rlimit::increase_nofile_limit(rlimit::INFINITY) {
            eprintln!("the limit of open files stays as it is: {error}");
        }
        options
    }
}

/// Tells whoever started this process where it listens: the only line it ever prints.
///
/// # Errors
/// When the line cannot be written.
pub fn announce(address: SocketAddr) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "listening on http://{address}")?;
    out.flush()
}
