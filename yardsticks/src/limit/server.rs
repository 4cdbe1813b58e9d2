//! The loop.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use mio::net::TcpListener;
use mio::{Events, Interest, Poll, Token};
use socket2::{Domain, Protocol, Socket, Type};

use crate::clients::Clients;
use crate::connection::Connection;

/// Most events taken from the system at once.
const MAX_EVENTS: usize = 1_024;

/// Size of the one buffer that everything is read into, in bytes.
const READ_BUFFER: usize = 64 * 1_024;

/// Connections that may wait to be accepted; the system may allow fewer.
const LISTEN_QUEUE: i32 = 4_096;

/// How long to wait after an error of `accept`: mostly there are no file descriptors left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

const LISTENER: Token = Token(usize::MAX);

/// The server and everything it knows.
pub(crate) struct Server {
    poll: Poll,
    listener: TcpListener,
    clients: Clients,
}

impl Server {
    /// Listens, but accepts nobody yet.
    pub(crate) fn bind(address: SocketAddr) -> io::Result<Server> {
        let poll = Poll::new()?;
        let mut listener = listen(address)?;
        poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
        let registry = poll.registry().try_clone()?;
        Ok(Server { poll, listener, clients: Clients::new(registry) })
    }

    /// Where it listens.
    pub(crate) fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until the system fails.
    pub(crate) fn run(&mut self) -> io::Result<()> {
        let mut events = Events::with_capacity(MAX_EVENTS);
        let mut buffer = vec![0; READ_BUFFER];
        let mut pause = None;
        loop {
            match self.poll.poll(&mut events, pause) {
                Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
                _ => {}
            }
            let mut may_accept = pause.is_some();
            for event in &events {
                match event.token() {
                    LISTENER => may_accept = true,
                    Token(key) => self.clients.serve(key, event, &mut buffer),
                }
            }
            if may_accept {
                pause = self.accept();
            }
        }
    }

    /// Accepts whoever waits. Gives a time to try again after when that fails: there may be no further event then.
    fn accept(&mut self) -> Option<Duration> {
        loop {
            let accepted = self.listener.accept();
            match accepted.and_then(|(socket, _)| self.clients.add(Connection::new(socket))) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return None,
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(error) => {
                    eprintln!("cannot accept a connection: {error}");
                    return Some(ACCEPT_PAUSE);
                }
            }
        }
    }
}

/// Accepted sockets inherit the option on Linux: small messages must not wait for the acknowledgement of those before.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_tcp_nodelay(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(LISTEN_QUEUE)?;
    Ok(TcpListener::from_std(socket.into()))
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use socket2::SockRef;

    use super::*;

    #[test]
    fn accepted_sockets_send_small_messages_at_once() {
        let listener = listen("127.0.0.1:0".parse().unwrap()).unwrap();
        let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (socket, _) = listener.accept().unwrap();
        assert!(SockRef::from(&socket).tcp_nodelay().unwrap());
    }
}
