//! Where the connections come from.
//!
//! To one address of a server, one address of a client has at most some 28,000 free ports. On the loopback network every
//! 127.x.y.z is ours, so more connections come from more addresses.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use mio::net::TcpStream;
use socket2::{Domain, Protocol, Socket, Type};

/// The most connections from one address.
const PER_ADDRESS: u32 = 20_000;

/// The most addresses.
const MAX_ADDRESSES: u8 = 254;

/// The ports that are used when the address is chosen here: above the well-known ones, and enough for
/// [`PER_ADDRESS`] twice, so that a port just closed is not used again at once.
const PORTS: std::ops::Range<u16> = 10_000..60_000;

/// How many ports are tried before giving up; those in between are in use.
const MAX_TRIES: u32 = 2000;

/// What a connect says that goes on in the background, where the standard library has no name for it.
const EINPROGRESS: i32 = if cfg!(target_os = "linux") { 115 } else { 36 };

/// Chooses the source of each connection.
#[derive(Debug)]
pub(crate) struct Sources {
    target: SocketAddr,
    /// The next port to try on 127.0.0.1, 127.0.0.2, …; empty when the system chooses.
    next_port: Vec<u16>,
}

impl Sources {
    /// For so many connections to a target; `forced` is how many addresses to use whatever the number.
    pub(crate) fn new(target: SocketAddr, connections: u32, forced: Option<u8>) -> Sources {
        let mut sources = Sources { target, next_port: Vec::new() };
        let wanted = connections.div_ceil(PER_ADDRESS);
        let wanted = if wanted > 1 { u8::try_from(wanted).unwrap_or(MAX_ADDRESSES) } else { 0 };
        sources.grow_to(forced.unwrap_or(wanted));
        sources
    }

    /// Begins to connect; whether that worked shows when the socket becomes writable.
    ///
    /// # Errors
    /// When the system has no port, no file or no memory for it.
    pub(crate) fn connect(&mut self, connection: usize) -> io::Result<TcpStream> {
        if self.next_port.is_empty() {
            match connect(self.target, None) {
                Err(error) if error.kind() == io::ErrorKind::AddrNotAvailable && self.grow_to(2) => {}
                result => return result,
            }
        }
        let mut result = self.connect_from(connection % self.next_port.len());
        while matches!(&result, Err(error) if is_taken(error)) && self.grow_to(self.next_port.len() as u8 + 1)
        {
            result = self.connect_from(self.next_port.len() - 1);
        }
        result
    }

    fn connect_from(&mut self, index: usize) -> io::Result<TcpStream> {
        let source = Ipv4Addr::new(127, 0, 0, 1 + index as u8);
        let mut result = Err(io::ErrorKind::AddrNotAvailable.into());
        for _ in 0..MAX_TRIES {
            let port = self.next_port[index];
            self.next_port[index] = if port + 1 < PORTS.end { port + 1 } else { PORTS.start };
            result = connect(self.target, Some((source, port).into()));
            if !matches!(&result, Err(error) if is_taken(error)) {
                break;
            }
        }
        result
    }

    /// Uses so many addresses; false when that is not possible, or no more than now.
    fn grow_to(&mut self, addresses: u8) -> bool {
        let IpAddr::V4(target) = self.target.ip() else { return false };
        let more = addresses <= MAX_ADDRESSES && usize::from(addresses) > self.next_port.len();
        if target.is_loopback() && more {
            self.next_port.resize(addresses.into(), PORTS.start);
            return true;
        }
        false
    }
}

fn connect(target: SocketAddr, source: Option<SocketAddr>) -> io::Result<TcpStream> {
    let socket = Socket::new(Domain::for_address(target), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_nonblocking(true)?;
    socket.set_tcp_nodelay(true)?;
    if let Some(source) = source {
        // A port whose last connection has ended a moment ago may be used again.
        socket.set_reuse_address(true)?;
        socket.bind(&source.into())?;
    }
    match socket.connect(&target.into()) {
        Err(error) if error.raw_os_error() != Some(EINPROGRESS) => Err(error),
        _ => Ok(TcpStream::from_std(socket.into())),
    }
}

fn is_taken(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::AddrNotAvailable | io::ErrorKind::AddrInUse)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    fn sources(target: &str, connections: u32, forced: Option<u8>) -> usize {
        Sources::new(target.parse().unwrap(), connections, forced).next_port.len()
    }

    #[test]
    fn addresses_are_added_for_many_loopback_connections() {
        assert_eq!(sources("127.0.0.1:9", 20_000, None), 0);
        assert_eq!(sources("127.0.0.1:9", 20_001, None), 2);
        assert_eq!(sources("127.0.0.1:9", 100_000, None), 5);
        assert_eq!(sources("127.0.0.1:9", 10, Some(3)), 3);
        assert_eq!(sources("192.0.2.1:9", 100_000, None), 0);
        assert_eq!(sources("[::1]:9", 100_000, None), 0);
    }

    #[test]
    fn connections_are_spread_over_the_addresses() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut sources = Sources::new(listener.local_addr().unwrap(), 4, Some(2));
        let _open: Vec<_> = (0..4).map(|connection| sources.connect(connection).unwrap()).collect();
        let mut from: Vec<_> = (0..4).map(|_| listener.accept().unwrap().1.ip().to_string()).collect();
        from.sort();
        assert_eq!(from, ["127.0.0.1", "127.0.0.1", "127.0.0.2", "127.0.0.2"]);
    }
}
