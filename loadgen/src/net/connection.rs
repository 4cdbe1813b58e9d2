//! One connection.

use firecrest_wire::websocket::DecoderLimits;
use firecrest_wire::websocket::client::ClientDecoder;
use mio::net::TcpStream;

/// The largest message accepted, in bytes: four times what a server accepts by default.
const MAX_MESSAGE: usize = 32 << 20;

/// A connection and what is half done on it. Between messages it owns no memory but its own.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) socket: Option<TcpStream>,
    pub(super) state: State,
    /// When it was opened, in nanoseconds of the run's clock.
    pub(super) opened_at: u64,
    /// What the socket did not take yet; while loading or upgrading the answer so far.
    pub(super) backlog: Vec<u8>,
    pub(super) decoder: ClientDecoder,
    /// Whether the decoder may hold a part of a message, so that it has to see every byte.
    pub(super) mid_message: bool,
}

/// How far a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Never opened, or over.
    Closed,
    /// TCP.
    Connecting,
    /// The page is not there yet. Then it is connecting once more.
    Loading,
    /// The page is there, and nobody wants more yet: not connected.
    Loaded,
    /// HTTP.
    Upgrading,
    /// The join is not answered yet.
    Joining,
    /// On its topic.
    Joined,
    /// The leave is not answered yet.
    Leaving,
    /// Off its topic, still connected.
    Left,
}

impl Connection {
    /// One that was never opened.
    pub(super) fn closed() -> Connection {
        Connection::new(None, State::Closed, 0)
    }

    /// One that is being opened.
    pub(super) fn connecting(socket: TcpStream, now: u64) -> Connection {
        Connection::new(Some(socket), State::Connecting, now)
    }

    fn new(socket: Option<TcpStream>, state: State, opened_at: u64) -> Connection {
        let limits = DecoderLimits { max_frame_size: MAX_MESSAGE, max_message_size: MAX_MESSAGE };
        let decoder = ClientDecoder::new(limits);
        Connection { socket, state, opened_at, backlog: Vec::new(), decoder, mid_message: false }
    }
}

impl State {
    /// Whether it is opened and not joined yet.
    pub(crate) fn is_under_way(self) -> bool {
        matches!(self, State::Connecting | State::Loading | State::Upgrading | State::Joining)
    }

    /// Whether it waits for an answer in HTTP.
    pub(super) fn is_http(self) -> bool {
        matches!(self, State::Loading | State::Upgrading)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_thousand_connections_are_a_few_megabytes() {
        assert!(size_of::<Connection>() <= 96, "{}", size_of::<Connection>());
    }
}
