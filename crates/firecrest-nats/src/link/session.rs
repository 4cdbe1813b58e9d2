//! A connection's life.

use std::collections::VecDeque;
use std::ops::ControlFlow;

use bytes::{Buf as _, Bytes, BytesMut};
use firecrest_pubsub::cluster::{Gap, Health, Reached, Receiver};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, ReadHalf, WriteHalf};
use tokio::time::{MissedTickBehavior, interval};

use super::{Connection, LinkError, Senders, Stream};
use crate::servers::Server;
use crate::shared::Shared;
use crate::subscriptions::Change;
use crate::wire::{self, FromServer, Stamp};

/// From how many bytes on nothing more is put to what is written next.
const ENOUGH: usize = 64 * 1024;

/// How much there is room for when something is read.
const READ: usize = 64 * 1024;

/// How often silence is looked at within the time that an answer may take.
const TICKS: u32 = 4;

/// How large a buffer that is empty may be to be kept.
const KEPT: usize = 4 * ENOUGH;

/// A connection's life: what comes is handed over as it is read, subscriptions are changed, messages are sent.
pub(crate) struct Session<'a> {
    shared: &'a Shared,
    server: &'a Server,
    receiver: &'a dyn Receiver,
    /// What our messages begin with.
    stamp: Stamp,
    senders: &'a mut Senders,
    reader: ReadHalf<Box<dyn Stream>>,
    writer: WriteHalf<Box<dyn Stream>>,
    input: BytesMut,
    output: BytesMut,
    /// Whether what was written may wait in the encryption's buffers.
    must_flush: bool,
    /// Whether the server has asked whether we live.
    owes_pong: bool,
    /// What we have asked, in order.
    asked: VecDeque<Asked>,
    /// How many ticks the server has said nothing, or owed an answer. Ticks, not time: when we ourselves stood still, what it has
    /// said meanwhile is read before the next one.
    silent: u32,
    /// The changes before this number must be in effect before it counts as connected; nothing once it does.
    until: Option<u64>,
}

/// How a connection ends.
pub(crate) enum End {
    /// The cluster was closed, and all that waited was sent.
    Closed,
    Lost(LinkError),
}

/// What an answer means.
enum Asked {
    /// It lives.
    Alive,
    /// Changed subscriptions are in effect.
    Changes { _waiting: Waiting },
    /// All that was sent has arrived.
    All,
}

/// They are told when this is dropped: since it is in effect, or since there is nothing to wait for any more.
#[derive(Default)]
struct Waiting(Vec<Reached>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.iter().for_each(Reached::set);
    }
}

impl<'a> Session<'a> {
    /// Takes over a connection, and what is wanted for it.
    pub(crate) fn new(
        shared: &'a Shared,
        server: &'a Server,
        receiver: &'a dyn Receiver,
        connection: Connection,
        stamp: Stamp,
        senders: &'a mut Senders,
    ) -> Self {
        let (reader, writer) = tokio::io::split(connection.stream);
        Session {
            shared,
            server,
            receiver,
            stamp,
            senders,
            reader,
            writer,
            input: connection.input,
            output: BytesMut::new(),
            must_flush: false,
            owes_pong: false,
            asked: VecDeque::new(),
            silent: 0,
            until: Some(shared.subscriptions().begin()),
        }
    }

    /// Lives until the connection is lost or the cluster closed.
    pub(crate) async fn run(mut self) -> End {
        let end = self.live().await.map_or_else(End::Lost, |()| End::Closed);
        if matches!(end, End::Closed) {
            // All that matters has arrived.
            let _ = self.writer.shutdown().await;
        }
        end
    }

    async fn live(&mut self) -> Result<(), LinkError> {
        let mut clock = interval(self.shared.timeout / TICKS);
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        if self.hear()?.is_break() {
            return Ok(());
        }
        loop {
            if self.speak().is_break() {
                return Ok(());
            }
            self.input.reserve(READ);
            let (has_output, has_room) = (!self.output.is_empty(), self.output.len() < ENOUGH);
            tokio::select! {
                read = self.reader.read_buf(&mut self.input) => {
                    if read? == 0 {
                        return Err(LinkError::Closed);
                    }
                    if self.hear()?.is_break() {
                        return Ok(());
                    }
                }
                written = write(&mut self.writer, &self.output), if has_output || self.must_flush => {
                    self.output.advance(written?);
                    self.must_flush = has_output;
                }
                () = self.shared.work.notified(), if has_room => {}
                _ = clock.tick() => self.check()?,
            }
        }
    }

    /// Handles all that was read; breaks when it was the last.
    fn hear(&mut self) -> Result<ControlFlow<()>, LinkError> {
        self.silent = 0;
        while let Some(said) = wire::read(&mut self.input)? {
            match said {
                FromServer::Message(message) => self.receive(message),
                FromServer::Ping => self.owes_pong = true,
                FromServer::Pong if self.answered().is_break() => return Ok(ControlFlow::Break(())),
                FromServer::Info(info) => self.shared.limit_messages(info.max_payload),
                FromServer::Error(text) => self.complain(LinkError::said(&text))?,
                FromServer::Pong | FromServer::Ok => {}
            }
        }
        if self.input.is_empty() && self.input.capacity() > KEPT {
            self.input = BytesMut::new();
        }
        Ok(ControlFlow::Continue(()))
    }

    fn receive(&mut self, mut message: Bytes) {
        match Stamp::take(&mut message) {
            Some(stamp) if self.senders.is_late(stamp) => {}
            _ => self.receiver.receive(message),
        }
    }

    fn answered(&mut self) -> ControlFlow<()> {
        match self.asked.pop_front() {
            Some(Asked::Changes { .. }) => self.in_effect(),
            Some(Asked::All) => return ControlFlow::Break(()),
            Some(Asked::Alive) | None => {}
        }
        ControlFlow::Continue(())
    }

    /// Changes are in effect. If they were the last ones of those that had been wanted before, it counts as connected.
    fn in_effect(&mut self) {
        let Some(until) = self.until else { return };
        if !self.shared.subscriptions().has_taken(until) {
            return;
        }
        let was_refused = self.shared.outbox.open();
        let is_back = match self.shared.status.connected(self.server) {
            Health::Closed => return,
            before => matches!(before, Health::Disconnected { .. }),
        };
        self.until = None;
        self.receiver.connected();
        // At first only what was lost has a gap.
        if is_back || self.shared.subscriptions().has_promised() {
            self.receiver.gap(Gap::In);
        }
        if is_back || was_refused {
            self.receiver.gap(Gap::Out);
        }
    }

    /// A right that is missing from the beginning is as bad as no connection. Later the rest may go on.
    fn complain(&self, error: LinkError) -> Result<(), LinkError> {
        if !matches!(error, LinkError::Right(_)) || self.until.is_some() {
            return Err(error);
        }
        self.shared.status.complaint(self.server, &error);
        Ok(())
    }

    /// Writes down what is to be said; breaks when there is nothing more to say.
    fn speak(&mut self) -> ControlFlow<()> {
        if self.output.is_empty() && self.output.capacity() > KEPT {
            self.output = BytesMut::new();
        }
        if std::mem::take(&mut self.owes_pong) {
            self.output.extend_from_slice(wire::PONG);
        }
        self.change_subscriptions();
        self.send_messages();
        if self.shared.ending.is_cancelled() {
            return self.finish();
        }
        ControlFlow::Continue(())
    }

    /// Those that have changed while an answer is awaited share the next one.
    fn change_subscriptions(&mut self) {
        if self.asked.iter().any(|asked| matches!(asked, Asked::Changes { .. })) {
            return;
        }
        let mut waiting = Waiting::default();
        let mut must_ask = false;
        let mut subscriptions = self.shared.subscriptions();
        while self.output.len() < ENOUGH
            && let Some(change) = subscriptions.take()
        {
            let reached = match change {
                Change::Subscribe { name, id, reached } => {
                    wire::subscribe(&name, id, &mut self.output);
                    must_ask = true;
                    reached
                }
                Change::Unsubscribe { id } => {
                    wire::unsubscribe(id, &mut self.output);
                    None
                }
                Change::Nothing { reached } => reached,
            };
            waiting.0.extend(reached);
        }
        drop(subscriptions);
        if must_ask || !waiting.0.is_empty() {
            self.ask(Asked::Changes { _waiting: waiting });
        } else {
            // The last ones that it waited for may not be wanted any more.
            self.in_effect();
        }
    }

    fn send_messages(&mut self) {
        let (output, stamp) = (&mut self.output, self.stamp);
        if output.len() >= ENOUGH {
            return;
        }
        let was_full = self.shared.outbox.take(|message| {
            wire::publish(&message.subject, stamp, &message.payload, output);
            output.len() < ENOUGH
        });
        if was_full {
            self.receiver.gap(Gap::Out);
        }
    }

    /// Asks for an answer once everything is on its way.
    fn finish(&mut self) -> ControlFlow<()> {
        let is_connected = self.until.is_none();
        if is_connected
            && self.shared.outbox.is_empty()
            && !self.asked.iter().any(|asked| matches!(asked, Asked::All))
        {
            self.ask(Asked::All);
        }
        if is_connected { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }

    fn ask(&mut self, asked: Asked) {
        if self.asked.is_empty() {
            self.silent = 0;
        }
        self.asked.push_back(asked);
        self.output.extend_from_slice(wire::PING);
    }

    /// Gives the connection up when an answer takes too long; asks when nothing was heard for long.
    fn check(&mut self) -> Result<(), LinkError> {
        self.silent += 1;
        match self.asked.is_empty() {
            true if self.silent > TICKS / 2 => self.ask(Asked::Alive),
            false if self.silent > TICKS => return Err(LinkError::Silent(self.shared.timeout)),
            _ => {}
        }
        Ok(())
    }
}

/// Writes some of it, or flushes when it is nothing. Says how much was written.
async fn write(writer: &mut WriteHalf<Box<dyn Stream>>, output: &[u8]) -> Result<usize, LinkError> {
    if output.is_empty() {
        writer.flush().await?;
        return Ok(0);
    }
    match writer.write(output).await? {
        0 => Err(LinkError::Closed),
        written => Ok(written),
    }
}
