//! All clients, and what is done for them.

use std::io;

use mio::event::Event;
use mio::{Registry, Token};
use slab::Slab;

use crate::connection::{Connection, Ended};
use crate::frame::{self, Frame, Kind};
use crate::message::Message;
use crate::topics::{Membership, Topics};
use crate::upgrade;

/// Everybody who is connected. A connection's key is its token.
pub(crate) struct Clients {
    registry: Registry,
    connections: Slab<Connection>,
    topics: Topics,
    /// What is about to be sent; kept for its memory.
    out: Vec<u8>,
    /// Connections that could not be sent to; they go when nobody looks at them any more.
    lost: Vec<u32>,
}

impl Clients {
    pub(crate) fn new(registry: Registry) -> Self {
        Clients {
            registry,
            connections: Slab::new(),
            topics: Topics::default(),
            out: Vec::new(),
            lost: Vec::new(),
        }
    }

    /// Takes in a new connection.
    pub(crate) fn add(&mut self, mut connection: Connection) -> io::Result<()> {
        let entry = self.connections.vacant_entry();
        connection.register(&self.registry, Token(entry.key()))?;
        entry.insert(connection);
        Ok(())
    }

    /// Does what an event asks for.
    pub(crate) fn serve(&mut self, key: usize, event: &Event, buffer: &mut [u8]) {
        // It may have been lost to an earlier event of the same batch.
        let Some(connection) = self.connections.get_mut(key) else { return };
        let mut result = Ok(());
        if event.is_writable() {
            result = connection.flush();
        }
        if event.is_readable() && result.is_ok() {
            result = self.read(key, event.is_read_closed(), buffer);
        }
        if result.is_err() {
            self.remove(key);
        }
        while let Some(lost) = self.lost.pop() {
            self.remove(lost as usize);
        }
    }

    /// Reads all there is. A read that does not fill the buffer was the last, unless the client has closed: there will be
    /// an event for whatever comes after it.
    fn read(&mut self, key: usize, closed: bool, buffer: &mut [u8]) -> Result<(), Ended> {
        while let Some(n) = self.connections[key].read(buffer)? {
            self.receive(key, &mut buffer[..n])?;
            if n < buffer.len() && !closed {
                break;
            }
        }
        Ok(())
    }

    /// Uses what was read, together with what was left over before, and keeps what is not complete.
    fn receive(&mut self, key: usize, bytes: &mut [u8]) -> Result<(), Ended> {
        let mut partial = std::mem::take(&mut self.connections[key].partial);
        if partial.is_empty() {
            let used = self.take(key, bytes)?;
            partial.extend_from_slice(&bytes[used..]);
        } else {
            partial.extend_from_slice(bytes);
            let used = self.take(key, &mut partial)?;
            partial.drain(..used);
        }
        if !partial.is_empty() {
            self.connections[key].partial = partial;
        }
        Ok(())
    }

    /// Takes whole frames off the front, or the request before them. Gives how many bytes those were.
    fn take(&mut self, key: usize, bytes: &mut [u8]) -> Result<usize, Ended> {
        let mut used = 0;
        if !self.connections[key].upgraded {
            self.out.clear();
            let Some(request) = upgrade::accept(bytes, &mut self.out)? else { return Ok(0) };
            self.connections[key].upgraded = true;
            self.answer(key)?;
            used = request;
        }
        while let Some(frame) = frame::read(&mut bytes[used..])? {
            used += frame.size;
            self.handle(key, &frame)?;
        }
        Ok(used)
    }

    fn handle(&mut self, key: usize, frame: &Frame<'_>) -> Result<(), Ended> {
        self.out.clear();
        match frame.kind {
            Kind::Text => self.dispatch(key, &Message::parse(frame.payload).ok_or(Ended)?),
            Kind::Ping => {
                frame::write(&mut self.out, Kind::Pong, &[frame.payload]);
                self.answer(key)
            }
            Kind::Pong => Ok(()),
            Kind::Close => {
                frame::write(&mut self.out, Kind::Close, &[frame.payload]);
                self.answer(key)?;
                Err(Ended)
            }
        }
    }

    /// The bench channel.
    fn dispatch(&mut self, key: usize, message: &Message<'_>) -> Result<(), Ended> {
        let joined = self.membership(key, message.topic);
        match (message.event, joined) {
            (b"\"echo\"", Some(_)) => self.reply(key, message, message.payload),
            (b"\"say\"", Some(Membership { topic, .. })) => {
                self.broadcast(topic, message);
                Ok(())
            }
            (b"\"heartbeat\"", _) if message.topic == b"\"phoenix\"" => self.reply(key, message, b"{}"),
            (b"\"phx_join\"", _) if message.topic.starts_with(b"\"bench:") => self.join(key, message, joined),
            (b"\"phx_leave\"", _) => self.leave(key, message, joined),
            (_, None) => self.refuse(key, message),
            (_, Some(_)) => Err(Ended),
        }
    }

    fn join(&mut self, key: usize, message: &Message<'_>, joined: Option<Membership>) -> Result<(), Ended> {
        if joined.is_none() {
            let membership = self.topics.join(message.topic, key);
            self.connections[key].memberships.push(membership);
        }
        self.reply(key, message, b"{}")
    }

    fn leave(&mut self, key: usize, message: &Message<'_>, joined: Option<Membership>) -> Result<(), Ended> {
        let Message { join_ref, topic, .. } = message;
        write_reply(&mut self.out, message, b"{}");
        if let Some(membership) = joined {
            self.connections[key].memberships.retain(|other| *other != membership);
            self.forget(membership);
            let close = [b"[", *join_ref, b",", join_ref, b",", topic, b",\"phx_close\",{}]"];
            frame::write(&mut self.out, Kind::Text, &close);
        }
        self.answer(key)
    }

    fn reply(&mut self, key: usize, message: &Message<'_>, response: &[u8]) -> Result<(), Ended> {
        write_reply(&mut self.out, message, response);
        self.answer(key)
    }

    /// Spec §3.9.
    fn refuse(&mut self, key: usize, Message { reference, topic, .. }: &Message<'_>) -> Result<(), Ended> {
        let reply = [
            b"[null,",
            *reference,
            b",",
            topic,
            b",\"phx_reply\",{\"response\":{\"reason\":\"unmatched topic\"},\"status\":\"error\"}]",
        ];
        frame::write(&mut self.out, Kind::Text, &reply);
        self.answer(key)
    }

    /// One frame, and one write for each member.
    fn broadcast(&mut self, topic: u32, Message { topic: name, payload, .. }: &Message<'_>) {
        frame::write(&mut self.out, Kind::Text, &[b"[null,null,", name, b",\"said\",", payload, b"]"]);
        for &member in self.topics.members(topic) {
            let (key, out) = (member as usize, &self.out);
            if self.connections[key].send(out, &self.registry, Token(key)).is_err() {
                self.lost.push(member);
            }
        }
    }

    /// Sends what is in `out`.
    fn answer(&mut self, key: usize) -> Result<(), Ended> {
        self.connections[key].send(&self.out, &self.registry, Token(key))
    }

    fn membership(&self, key: usize, topic: &[u8]) -> Option<Membership> {
        let memberships = &self.connections[key].memberships;
        memberships.iter().find(|membership| self.topics.is_named(membership.topic, topic)).copied()
    }

    /// Takes a member off a topic and tells the one that took its place.
    fn forget(&mut self, membership: Membership) {
        let Membership { topic, position } = membership;
        let Some(moved) = self.topics.leave(membership) else { return };
        for membership in &mut self.connections[moved].memberships {
            if membership.topic == topic {
                membership.position = position;
            }
        }
    }

    /// Forgets a connection, which closes its socket.
    fn remove(&mut self, key: usize) {
        // It may have been lost twice.
        let Some(connection) = self.connections.try_remove(key) else { return };
        for membership in connection.memberships {
            self.forget(membership);
        }
    }
}

fn write_reply(out: &mut Vec<u8>, message: &Message<'_>, response: &[u8]) {
    let Message { join_ref, reference, topic, .. } = message;
    let parts: [&[u8]; 9] = [
        b"[",
        join_ref,
        b",",
        reference,
        b",",
        topic,
        b",\"phx_reply\",{\"response\":",
        response,
        b",\"status\":\"ok\"}]",
    ];
    frame::write(out, Kind::Text, &parts);
}
