//! One client: its socket, and what waits on either side of it.

use std::io::{self, Read as _, Write as _};

use mio::net::TcpStream;
use mio::{Interest, Registry, Token};

use crate::topics::Membership;

/// Most bytes that wait for a client that does not read.
const MAX_BACKLOG: usize = 1 << 20;

/// The connection is over, for whatever reason: nobody is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the connection is over")]
pub(crate) struct Ended;

impl From<io::Error> for Ended {
    fn from(_: io::Error) -> Self {
        Ended
    }
}

/// A client. While nothing is under way it has no buffers.
#[derive(Debug)]
pub(crate) struct Connection {
    socket: TcpStream,
    /// Whether the handshake is done.
    pub(crate) upgraded: bool,
    /// The beginning of a frame, or of the request, whose rest is still to come.
    pub(crate) partial: Vec<u8>,
    /// What the socket did not take.
    backlog: Option<Box<Backlog>>,
    /// The topics it is on.
    pub(crate) memberships: Vec<Membership>,
}

#[derive(Debug)]
struct Backlog {
    bytes: Vec<u8>,
    /// How many of them the socket has taken meanwhile.
    sent: usize,
}

impl Connection {
    pub(crate) fn new(socket: TcpStream) -> Self {
        Connection { socket, upgraded: false, partial: Vec::new(), backlog: None, memberships: Vec::new() }
    }

    /// Asks for events when there is something to read.
    pub(crate) fn register(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        registry.register(&mut self.socket, token, Interest::READABLE)
    }

    /// Reads once; none when there is nothing to read.
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> Result<Option<usize>, Ended> {
        loop {
            match self.socket.read(buffer) {
                Ok(0) => return Err(Ended),
                Ok(n) => return Ok(Some(n)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return Err(Ended),
            }
        }
    }

    /// Writes at once what the socket takes, and keeps the rest until it takes more.
    ///
    /// # Errors
    /// When the connection is broken or too much is waiting.
    pub(crate) fn send(&mut self, bytes: &[u8], registry: &Registry, token: Token) -> Result<(), Ended> {
        if self.backlog.is_none() {
            let sent = self.write(bytes)?;
            if sent == bytes.len() {
                return Ok(());
            }
            self.keep(&bytes[sent..])?;
            // Only now: a connection whose client reads never hears of being writable.
            let interest = Interest::READABLE | Interest::WRITABLE;
            return Ok(registry.reregister(&mut self.socket, token, interest)?);
        }
        self.keep(bytes)
    }

    /// Writes what waits, as far as the socket takes it.
    pub(crate) fn flush(&mut self) -> Result<(), Ended> {
        let Some(mut backlog) = self.backlog.take() else { return Ok(()) };
        backlog.sent += self.write(&backlog.bytes[backlog.sent..])?;
        if backlog.sent < backlog.bytes.len() {
            self.backlog = Some(backlog);
        }
        Ok(())
    }

    /// How many bytes the socket takes now.
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Ended> {
        let mut sent = 0;
        while sent < bytes.len() {
            match self.socket.write(&bytes[sent..]) {
                Ok(n) => sent += n,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return Err(Ended),
            }
        }
        Ok(sent)
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<(), Ended> {
        let backlog = self.backlog.get_or_insert_with(|| Box::new(Backlog { bytes: Vec::new(), sent: 0 }));
        if backlog.bytes.len() - backlog.sent + bytes.len() > MAX_BACKLOG {
            return Err(Ended);
        }
        // What was sent makes room before the buffer grows.
        if backlog.sent >= backlog.bytes.len() - backlog.sent {
            backlog.bytes.drain(..backlog.sent);
            backlog.sent = 0;
        }
        backlog.bytes.extend_from_slice(bytes);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::net::{TcpListener, TcpStream as StdStream};

    use mio::{Events, Poll};
    use socket2::SockRef;

    use super::*;

    const TOKEN: Token = Token(7);

    /// A connection whose socket takes little at once, and its client.
    fn pair(poll: &Poll) -> (Connection, StdStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = StdStream::connect(listener.local_addr().unwrap()).unwrap();
        let (server, _) = listener.accept().unwrap();
        SockRef::from(&server).set_send_buffer_size(32 * 1_024).unwrap();
        SockRef::from(&client).set_recv_buffer_size(32 * 1_024).unwrap();
        server.set_nonblocking(true).unwrap();
        let mut socket = TcpStream::from_std(server);
        poll.registry().register(&mut socket, TOKEN, Interest::READABLE).unwrap();
        (Connection::new(socket), client)
    }

    #[test]
    fn what_the_socket_does_not_take_follows_when_the_client_reads() {
        let mut poll = Poll::new().unwrap();
        let (mut connection, mut client) = pair(&poll);
        let sent: Vec<u8> = (0..=u8::MAX).cycle().take(900_000).collect();
        for part in sent.chunks(100_000) {
            connection.send(part, poll.registry(), TOKEN).unwrap();
        }
        assert!(connection.backlog.is_some());

        let reader = std::thread::spawn(move || {
            let mut received = vec![0; 900_000];
            client.read_exact(&mut received).unwrap();
            received
        });
        let mut events = Events::with_capacity(8);
        while connection.backlog.is_some() {
            poll.poll(&mut events, None).unwrap();
            connection.flush().unwrap();
        }
        assert!(reader.join().unwrap() == sent);
    }

    #[test]
    fn a_client_that_does_not_read_is_given_up() {
        let poll = Poll::new().unwrap();
        let (mut connection, _client) = pair(&poll);
        let megabyte = vec![0; 1 << 20];
        let mut results = (0..20).map(|_| connection.send(&megabyte, poll.registry(), TOKEN));
        assert!(results.any(|result| result.is_err()));
        assert!(connection.backlog.is_none_or(|backlog| backlog.bytes.len() <= 2 * MAX_BACKLOG));
    }
}
