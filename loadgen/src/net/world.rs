//! All connections, and the sending half of the work.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write as _};
use std::net::SocketAddr;
use std::time::Instant;

use firecrest_wire::Text;
use firecrest_wire::client::Heard;
use firecrest_wire::websocket::{Opcode, client};
use mio::net::TcpStream;
use mio::{Interest, Registry, Token};

use super::connection::{Connection, State};
use super::page::{MAX_PAGE, PageError};
use super::target::Entry;
use super::{Sources, Target, Topics};
use crate::payload::{JOIN_REF, KEEPALIVE, KEEPALIVE_REF};
use crate::tally::Tally;

/// The most that is kept of what a socket does not take, in bytes. A server this far behind reads no more.
const MAX_BACKLOG: usize = 16 << 20;

/// The mask of every frame; any will do where no cache is between (RFC 6455 §10.3).
const MASK: [u8; 4] = [0x5a, 0xc3, 0x1e, 0x97];

/// All connections of a run, and what became of them.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) topics: Topics,
    pub(crate) tally: Tally,
    pub(super) connections: Vec<Connection>,
    /// Those that ended since the handler was told.
    pub(super) ended: Vec<usize>,
    pub(super) target: Target,
    registry: Registry,
    sources: Sources,
    origin: Instant,
    joined: usize,
    under_way: usize,
    /// The answer to a heartbeat that only keeps a connection open, once it was seen.
    keepalive_reply: Option<Box<[u8]>>,
}

impl World {
    pub(super) fn new(
        registry: Registry,
        target: Target,
        sources: Sources,
        topics: Topics,
        connections: u32,
    ) -> World {
        World {
            topics,
            tally: Tally::new(),
            connections: (0..connections).map(|_| Connection::closed()).collect(),
            ended: Vec::new(),
            target,
            registry,
            sources,
            origin: Instant::now(),
            joined: 0,
            under_way: 0,
            keepalive_reply: None,
        }
    }

    /// Nanoseconds since the run began.
    pub(crate) fn now(&self) -> u64 {
        self.origin.elapsed().as_nanos() as u64
    }

    /// Where the server listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.target.address
    }

    /// How many connections there are, open or not.
    pub(crate) fn len(&self) -> usize {
        self.connections.len()
    }

    /// How far a connection is.
    pub(crate) fn state(&self, connection: usize) -> State {
        self.connections[connection].state
    }

    /// When a connection was opened, in nanoseconds of the run's clock.
    pub(crate) fn opened_at(&self, connection: usize) -> u64 {
        self.connections[connection].opened_at
    }

    /// How many connections are joined.
    pub(crate) fn joined(&self) -> usize {
        self.joined
    }

    /// The numbers of the joined connections, in order.
    pub(crate) fn joined_connections(&self) -> impl Iterator<Item = usize> {
        let numbered = self.connections.iter().enumerate();
        numbered.filter(|(_, connection)| connection.state == State::Joined).map(|(number, _)| number)
    }

    /// How many connections are opened and not joined yet.
    pub(crate) fn under_way(&self) -> usize {
        self.under_way
    }

    /// From now on a connection stops when it has loaded its page, until it is opened again; or it goes on. False when there
    /// are no pages.
    pub(crate) fn stop_at_pages(&mut self, stop: bool) -> bool {
        let Entry::View(visits) = &mut self.target.entry else { return false };
        visits.stop_at_page = stop;
        true
    }

    /// Opens a connection that is closed, or goes on with one that has its page.
    pub(crate) fn open(&mut self, connection: usize, now: u64) {
        if self.state(connection) != State::Loaded {
            self.forget_visit(connection);
        }
        match self.dial(connection) {
            Ok(socket) => {
                self.connections[connection] = Connection::connecting(socket, now);
                self.under_way += 1;
            }
            Err(error) => {
                self.connections[connection].opened_at = now;
                self.refuse(connection, format_args!("cannot connect: {error}"));
                self.ended.push(connection);
            }
        }
    }

    /// Sends a text message.
    pub(crate) fn send(&mut self, connection: usize, text: &[u8]) {
        self.write(connection, &client::encode(Opcode::Text, text, MASK, true));
    }

    /// Sends a heartbeat that only keeps the connection open, if it is joined.
    pub(super) fn keep_open(&mut self, connection: usize) {
        if self.state(connection) == State::Joined {
            self.send(connection, KEEPALIVE);
        }
    }

    /// Sends a leave (spec §3.8).
    pub(crate) fn leave(&mut self, connection: usize) {
        let topic = self.topics.name(self.topics.of(connection));
        let text = format!(r#"["1","2",{topic},"phx_leave",{{}}]"#);
        self.set_state(connection, State::Leaving);
        self.send(connection, text.as_bytes());
    }

    /// The leave of a connection is answered: what it hears from now on does not matter.
    pub(crate) fn left(&mut self, connection: usize) {
        self.set_state(connection, State::Left);
    }

    /// Closes a connection, just like that.
    pub(crate) fn close(&mut self, connection: usize) {
        self.disconnect(connection, State::Closed);
    }

    /// Closes all connections at once.
    pub(crate) fn close_all(&mut self) {
        (0..self.len()).for_each(|connection| self.close(connection));
    }

    /// Closes a connection that failed and counts the error, unless it was closed already. The handler will be told.
    pub(crate) fn fail(&mut self, connection: usize, why: impl Display) {
        match self.state(connection) {
            State::Closed => return,
            state if state.is_under_way() => self.refuse(connection, why),
            _ => self.tally.error(|| format!("connection {connection}: {why}")),
        }
        self.close(connection);
        self.ended.push(connection);
    }

    /// Whether this is the answer to a heartbeat that only keeps the connection open.
    pub(super) fn is_keepalive_reply(&self, text: &[u8]) -> bool {
        self.keepalive_reply.as_deref() == Some(text)
    }

    /// Deals with what concerns every phase: answers to keepalives, and the end of a channel.
    pub(super) fn absorb(&mut self, connection: usize, heard: &Heard, text: &[u8]) -> bool {
        if heard.event == "phx_reply" && heard.reference.as_text() == KEEPALIVE_REF {
            if heard.status.as_ref().is_some_and(|status| status == "ok") {
                self.keepalive_reply = Some(text.into());
            } else {
                self.tally.error(|| format!("connection {connection}: a heartbeat was not answered with ok"));
            }
            return true;
        }
        let ends = heard.event == "phx_error" || heard.event == "phx_close";
        if ends && self.state(connection) == State::Joined {
            self.fail(connection, format_args!("the server ended the channel with {}", heard.event.as_str()));
            return true;
        }
        false
    }

    /// A message to a connection that waits for the answer to its join; gives whether it is joined now.
    pub(super) fn join_answered(&mut self, connection: usize, heard: &Heard) -> bool {
        if heard.event != "phx_reply" || heard.reference.as_text() != JOIN_REF {
            return false;
        }
        if heard.status.as_ref().is_some_and(|status| status == "ok") {
            self.set_state(connection, State::Joined);
            self.forget_visit(connection);
            return true;
        }
        self.fail(connection, format_args!("the join was refused: {}", excerpt(heard)));
        false
    }

    /// The socket of a connection is connected: asks for the page, if there is one to load first, or for the upgrade.
    pub(super) fn connected(&mut self, connection: usize) {
        let (state, request) = match &self.target.entry {
            Entry::Channel { request, .. } => (State::Upgrading, request.to_vec()),
            Entry::View(visits) => match visits.upgrade(connection) {
                Some(request) => (State::Upgrading, request),
                None => (State::Loading, visits.page_request().to_vec()),
            },
        };
        self.set_state(connection, state);
        self.write(connection, &request);
    }

    /// A part of a connection's page.
    pub(super) fn loading(&mut self, connection: usize, received: &[u8]) {
        let page = &mut self.connections[connection].backlog;
        page.extend_from_slice(received);
        if page.len() > MAX_PAGE {
            self.fail(connection, PageError::TooLarge);
        }
    }

    /// The server has closed the connection after its page: connects again, for the socket.
    pub(super) fn loaded(&mut self, connection: usize) {
        let Entry::View(visits) = &mut self.target.entry else { return };
        match visits.loaded(connection, &self.connections[connection].backlog) {
            Ok(topic) => self.topics.rename(connection, &topic),
            Err(error) => return self.fail(connection, error),
        }
        if visits.stop_at_page {
            return self.disconnect(connection, State::Loaded);
        }
        match self.dial(connection) {
            // It is under way as before, and takes all the time since it was opened.
            Ok(socket) => {
                self.connections[connection] = Connection::connecting(socket, self.opened_at(connection));
            }
            Err(error) => self.fail(connection, format_args!("cannot connect: {error}")),
        }
    }

    /// A connection is a WebSocket now: joins its topic (spec §3.4).
    pub(super) fn upgraded(&mut self, connection: usize) {
        self.set_state(connection, State::Joining);
        let topic = self.topics.name(self.topics.of(connection));
        let text = match &self.target.entry {
            Entry::Channel { payload, .. } => join(topic, payload),
            Entry::View(visits) => join(topic, &visits.join(connection).unwrap_or_default()),
        };
        self.send(connection, text.as_bytes());
    }

    /// Writes what was left over when the socket took no more.
    pub(super) fn flush(&mut self, connection: usize) {
        let backlog = std::mem::take(&mut self.connections[connection].backlog);
        if !backlog.is_empty() {
            self.write(connection, &backlog);
        }
    }

    pub(super) fn write(&mut self, connection: usize, bytes: &[u8]) {
        let Connection { socket: Some(socket), backlog, .. } = &mut self.connections[connection] else {
            return;
        };
        let written = if backlog.is_empty() { write_some(socket, bytes) } else { Ok(0) };
        match written {
            Ok(written) if backlog.len() + bytes.len() - written <= MAX_BACKLOG => {
                backlog.extend_from_slice(&bytes[written..]);
            }
            Ok(_) => self.fail(connection, "the server does not read what it is sent"),
            Err(error) => self.fail(connection, format_args!("cannot write: {error}")),
        }
    }

    /// A socket that is being connected.
    fn dial(&mut self, connection: usize) -> io::Result<TcpStream> {
        let mut socket = self.sources.connect(connection)?;
        let interest = Interest::READABLE | Interest::WRITABLE;
        self.registry.register(&mut socket, Token(connection), interest)?;
        Ok(socket)
    }

    fn disconnect(&mut self, connection: usize, state: State) {
        self.set_state(connection, state);
        let opened_at = self.opened_at(connection);
        // Dropping the socket closes it, which also ends its registration.
        self.connections[connection] = Connection { opened_at, state, ..Connection::closed() };
    }

    fn forget_visit(&mut self, connection: usize) {
        if let Entry::View(visits) = &mut self.target.entry {
            visits.forget(connection);
        }
    }

    fn refuse(&mut self, connection: usize, why: impl Display) {
        self.tally.refused += 1;
        self.tally.error(|| format!("connection {connection}: {why}"));
    }

    fn set_state(&mut self, connection: usize, state: State) {
        let before = std::mem::replace(&mut self.connections[connection].state, state);
        self.under_way -= usize::from(before.is_under_way());
        self.under_way += usize::from(state.is_under_way());
        self.joined -= usize::from(before == State::Joined);
        self.joined += usize::from(state == State::Joined);
    }
}

fn join(topic: &str, payload: &str) -> String {
    format!(r#"["1","1",{topic},"phx_join",{payload}]"#)
}

/// The payload of a message, cut to what fits in an error.
pub(crate) fn excerpt(heard: &Heard) -> String {
    match &heard.payload {
        firecrest_wire::Payload::Json(json) => json.chars().take(100).collect(),
        firecrest_wire::Payload::Binary(bytes) => format!("{} bytes", bytes.len()),
    }
}

/// The text of a frame for decoding in full.
pub(super) fn to_text(bytes: &[u8]) -> Option<Text> {
    std::str::from_utf8(bytes).ok().map(|text| Text::from(text.to_owned()))
}

/// Writes until nothing is left or the socket takes no more; gives how much was written.
fn write_some(socket: &mut TcpStream, bytes: &[u8]) -> io::Result<usize> {
    let mut written = 0;
    while written < bytes.len() {
        match socket.write(&bytes[written..]) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(more) => written += more,
            Err(error) if error.kind() == ErrorKind::WouldBlock => break,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(written)
}
