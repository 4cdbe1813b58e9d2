//! The event loop, and the receiving half of the work.

use std::io::{self, ErrorKind, Read as _};
use std::time::Duration;

use firecrest_wire::client::{Heard, decode_binary, decode_text};
use firecrest_wire::websocket::{Item, Opcode, client};
use firecrest_wire::{ProtocolVersion, Text};
use mio::event::Event;
use mio::{Events, Poll};

use super::connection::State;
use super::upgrade;
use super::world::{World, to_text};
use super::{Sources, Target, Topics};
use crate::cli::Common;
use crate::meter::Watch;
use crate::pace::Pace;
use crate::progress::Progress;

/// The size of the only read buffer, in bytes.
const BUFFER: usize = 256 * 1024;

/// How many sockets are seen to in one turn.
const EVENTS: usize = 1024;

/// The longest a turn waits, in nanoseconds, so that memory is looked at and progress shown.
const LONGEST_WAIT: u64 = 200_000_000;

/// The system waits in whole milliseconds; what is less is slept in naps of this length.
const NAP: Duration = Duration::from_micros(20);

/// A phase of a scenario.
pub(crate) trait Handler {
    /// Sends what is due and says when it wants to be called again at the latest. It is called after everything that
    /// happens.
    fn turn(&mut self, world: &mut World, now: u64) -> Turn;

    /// A connection has joined its topic.
    fn joined(&mut self, _world: &mut World, _connection: usize, _now: u64) {}

    /// Tries to understand a text message without decoding it; false when it has to be decoded.
    fn recognise(&mut self, _world: &mut World, _connection: usize, _text: &[u8], _now: u64) -> bool {
        false
    }

    /// A message in full, to a joined or leaving connection.
    fn heard(&mut self, _world: &mut World, _connection: usize, _heard: &Heard, _text: &[u8], _now: u64) {}

    /// A connection has failed and is closed; the error is counted.
    fn ended(&mut self, _world: &mut World, _connection: usize, _now: u64) {}

    /// How far it is, for the progress line.
    fn status(&self, world: &World) -> String;
}

/// What a phase says after its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// It is over.
    Done,
    /// Until something happens, or this time in nanoseconds of the run's clock.
    Wait(u64),
}

/// Waits for what happens on the connections, reads it, and tells the phase.
#[derive(Debug)]
pub(crate) struct Runner {
    pub(crate) world: World,
    pub(crate) watch: Watch,
    poll: Poll,
    events: Events,
    buffer: Vec<u8>,
    progress: Progress,
    /// The heartbeats that keep connections open, spread over all of them.
    keepalive: Option<Pace>,
}

impl Runner {
    /// With all connections closed.
    ///
    /// # Errors
    /// When the system has no event queue to give.
    pub(crate) fn new(common: &Common, target: Target, topics: Topics, watch: Watch) -> io::Result<Runner> {
        let poll = Poll::new()?;
        let sources = Sources::new(target.address, common.connections, common.source_addresses);
        let world = World::new(poll.registry().try_clone()?, target, sources, topics, common.connections);
        let interval = common.heartbeat.nanos();
        let per_second = f64::from(common.connections) * 1e9 / interval as f64;
        Ok(Runner {
            world,
            watch,
            poll,
            events: Events::with_capacity(EVENTS),
            buffer: vec![0; BUFFER],
            progress: Progress::new(common.quiet),
            keepalive: Some(Pace::new(interval / 2, per_second, u64::MAX)),
        })
    }

    /// Sends no more heartbeats but those of the scenario.
    pub(crate) fn stop_keepalive(&mut self) {
        self.keepalive = None;
    }

    /// Runs a phase until it is over.
    ///
    /// # Errors
    /// When waiting for events fails, which no network condition brings about.
    pub(crate) fn drive(&mut self, handler: &mut impl Handler) -> io::Result<()> {
        loop {
            let now = self.world.now();
            self.keep_open(now);
            let turn = handler.turn(&mut self.world, now);
            let told = tell_ended(&mut self.world, handler);
            let until = match turn {
                Turn::Done if !told => return Ok(()),
                Turn::Done => now,
                Turn::Wait(until) if !told => until,
                Turn::Wait(_) => now,
            };
            self.watch.sample(now);
            self.progress.say(now, || handler.status(&self.world));
            self.wait(until)?;
            for event in &self.events {
                handle(&mut self.world, &mut self.buffer, handler, event);
            }
            tell_ended(&mut self.world, handler);
        }
    }

    fn keep_open(&mut self, now: u64) {
        let connections = self.world.len() as u64;
        let Some(pace) = &mut self.keepalive else { return };
        while let Some((number, _)) = pace.take(now) {
            self.world.keep_open((number % connections) as usize);
        }
    }

    /// Waits for events, at the latest until this time.
    fn wait(&mut self, until: u64) -> io::Result<()> {
        let keepalive = self.keepalive.as_ref().and_then(Pace::next).unwrap_or(u64::MAX);
        let now = self.world.now();
        let left = until.min(keepalive).saturating_sub(now).min(LONGEST_WAIT);
        let whole = Duration::from_millis(left / 1_000_000);
        self.poll_for(whole)?;
        if whole.is_zero() && left > 0 && self.events.is_empty() {
            std::thread::sleep(NAP);
            self.poll_for(Duration::ZERO)?;
        }
        Ok(())
    }

    fn poll_for(&mut self, timeout: Duration) -> io::Result<()> {
        match self.poll.poll(&mut self.events, Some(timeout)) {
            Err(error) if error.kind() == ErrorKind::Interrupted => Ok(()),
            result => result,
        }
    }
}

/// Tells the phase about connections that have failed; whether there were any.
fn tell_ended(world: &mut World, handler: &mut impl Handler) -> bool {
    let mut told = false;
    while let Some(connection) = world.ended.pop() {
        let now = world.now();
        handler.ended(world, connection, now);
        told = true;
    }
    told
}

fn handle(world: &mut World, buffer: &mut [u8], handler: &mut impl Handler, event: &Event) {
    let connection = event.token().0;
    if world.state(connection) == State::Connecting && !finish_connecting(world, connection) {
        return;
    }
    if event.is_writable() && !world.state(connection).is_http() {
        world.flush(connection);
    }
    if event.is_readable() || event.is_read_closed() || event.is_error() {
        read(world, buffer, handler, connection, event.is_read_closed() || event.is_error());
    }
}

/// Whether the socket is connected; if it failed, so does the connection.
fn finish_connecting(world: &mut World, connection: usize) -> bool {
    let Some(socket) = &world.connections[connection].socket else { return false };
    match (socket.take_error(), socket.peer_addr()) {
        (Ok(Some(error)) | Err(error), _) => world.fail(connection, format_args!("cannot connect: {error}")),
        (_, Ok(_)) => {
            world.connected(connection);
            return true;
        }
        // A stale event: the socket is still connecting.
        (_, Err(_)) => {}
    }
    false
}

/// Reads what is there. A read that does not fill the buffer has emptied the socket, unless its end is announced.
fn read(
    world: &mut World,
    buffer: &mut [u8],
    handler: &mut impl Handler,
    connection: usize,
    to_the_end: bool,
) {
    loop {
        let Some(socket) = &mut world.connections[connection].socket else { return };
        let read = match socket.read(buffer) {
            Ok(0) if world.state(connection) == State::Loading => return world.loaded(connection),
            Ok(0) => return world.fail(connection, "the server closed the connection"),
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return world.fail(connection, format_args!("cannot read: {error}")),
        };
        let now = world.now();
        let mut input = &mut buffer[..read];
        match world.state(connection) {
            State::Loading => world.loading(connection, input),
            State::Upgrading if !upgrade(world, connection, &mut input) => continue,
            _ => frames(world, handler, connection, input, now),
        }
        if read < buffer.len() && !to_the_end {
            return;
        }
    }
}

/// Takes the answer to the upgrade off the input; false when it is not complete.
fn upgrade(world: &mut World, connection: usize, input: &mut &mut [u8]) -> bool {
    let head = &mut world.connections[connection].backlog;
    let before = head.len();
    head.extend_from_slice(input);
    match upgrade::parse(head, world.target.accept.as_bytes()) {
        Ok(Some(len)) => {
            *head = Vec::new();
            *input = &mut std::mem::take(input)[len - before..];
            world.upgraded(connection);
            return true;
        }
        Ok(None) => {}
        Err(error) => world.fail(connection, error),
    }
    false
}

/// Takes frame after frame off the input.
fn frames(world: &mut World, handler: &mut impl Handler, connection: usize, mut input: &mut [u8], now: u64) {
    while !input.is_empty() && world.state(connection) != State::Closed {
        let owner = &mut world.connections[connection];
        if !owner.mid_message
            && let Some((start, end)) = whole_text(input)
        {
            let (frame, rest) = std::mem::take(&mut input).split_at_mut(end);
            input = rest;
            text(world, handler, connection, &frame[start..], now);
            continue;
        }
        let item = owner.decoder.decode(&mut input);
        owner.mid_message = !matches!(item, Ok(Some(Item::Text(_) | Item::Binary(_))));
        match item {
            Ok(None) => {}
            Ok(Some(item)) => received(world, handler, connection, item, now),
            Err(error) => world.fail(connection, error),
        }
    }
}

/// Where the payload begins and ends if the input starts with a whole, unfragmented text frame of less than 64 KiB
/// (RFC 6455 §5.2); anything else is for the decoder.
fn whole_text(input: &[u8]) -> Option<(usize, usize)> {
    let (start, len) = match input {
        [0x81, len @ 0..126, ..] => (2, usize::from(*len)),
        [0x81, 126, high, low, ..] => (4, usize::from(u16::from_be_bytes([*high, *low]))),
        _ => return None,
    };
    (start + len <= input.len()).then_some((start, start + len))
}

fn received(world: &mut World, handler: &mut impl Handler, connection: usize, item: Item, now: u64) {
    match item {
        Item::Text(message) => text(world, handler, connection, message.as_bytes(), now),
        Item::Binary(bytes) => match decode_binary(&bytes) {
            Ok(message) => heard(world, handler, connection, &message, &bytes, now),
            Err(error) => world.fail(connection, format_args!("not a message: {error}")),
        },
        Item::Ping(payload) => world.write(connection, &client::encode(Opcode::Pong, &payload, [0; 4], true)),
        Item::Pong(_) => {}
        Item::Close(Some(frame)) => {
            world.fail(connection, format_args!("closed by the server with {frame:?}"));
        }
        Item::Close(None) => world.fail(connection, "closed by the server without a code"),
    }
}

fn text(world: &mut World, handler: &mut impl Handler, connection: usize, text: &[u8], now: u64) {
    let settled = matches!(world.state(connection), State::Joined | State::Leaving);
    if settled && (handler.recognise(world, connection, text, now) || world.is_keepalive_reply(text)) {
        return;
    }
    let decoded = to_text(text).map(|text: Text| decode_text(ProtocolVersion::V2, &text));
    match decoded {
        Some(Ok(message)) => heard(world, handler, connection, &message, text, now),
        Some(Err(error)) => world.fail(connection, format_args!("not a message: {error}")),
        None => world.fail(connection, "a text frame is not UTF-8"),
    }
}

fn heard(
    world: &mut World,
    handler: &mut impl Handler,
    connection: usize,
    heard: &Heard,
    text: &[u8],
    now: u64,
) {
    match world.state(connection) {
        State::Joining if world.join_answered(connection, heard) => handler.joined(world, connection, now),
        State::Joined | State::Leaving if !world.absorb(connection, heard, text) => {
            handler.heard(world, connection, heard, text, now);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use firecrest_wire::websocket::Frame;

    use super::*;

    #[test]
    fn whole_text_frames_are_found_at_every_length() {
        for len in [0, 1, 125, 126, 127, 65_535] {
            let frame = Frame::text(&"x".repeat(len));
            let mut bytes = frame.as_bytes().to_vec();
            assert_eq!(whole_text(&bytes[..bytes.len() - 1]), None, "{len}");
            bytes.push(0x81);
            let (start, end) = whole_text(&bytes).unwrap();
            assert_eq!((bytes.len() - end, end - start), (1, len));
        }
    }

    #[test]
    fn everything_else_is_for_the_decoder() {
        let large = Frame::text(&"x".repeat(65_536));
        for frame in [large.as_bytes(), Frame::ping(b"x").as_bytes(), Frame::binary(b"x").as_bytes()] {
            assert_eq!(whole_text(frame), None);
        }
        assert_eq!(
            (whole_text(b"\x01\x01x"), whole_text(b"\x81\x81aaaax"), whole_text(b"\xc1\x01x")),
            (None, None, None)
        );
    }
}
