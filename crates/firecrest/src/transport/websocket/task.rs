//! The task that carries one WebSocket connection.

use std::cell::RefCell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use firecrest_wire::serializer;
use firecrest_wire::websocket::{Decoder, DecoderLimits, Frame, Item};
use firecrest_wire::{DecodeError, Message};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::task::coop::unconstrained;
use tokio::time::{Instant, Sleep, sleep_until};

use super::stream::Stream;
use crate::connection::flush::Flushing;
use crate::connection::{CloseReason, Connection, Dispatch};
use crate::telemetry::meter::{Count, add};
use crate::telemetry::shown_error;

/// How much is read at once, in bytes.
const READ_SIZE: usize = 32 * 1024;

/// How often a connection is read before other tasks have their turn.
const READS_PER_TURN: usize = 8;

/// How long the closing handshake may take.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

thread_local! {
    /// One buffer for all connections of a worker: nothing is kept in it between reads, so idle ones need none.
    static READ_BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; READ_SIZE]);
}

/// What the mount says about its connections.
#[derive(Clone, Copy, Debug)]
pub(super) struct Options {
    /// How long a client may say nothing.
    pub(super) timeout: Duration,
    pub(super) frames: DecoderLimits,
}

/// The task of a connection over TCP.
pub(crate) type OverTcp = Flushing<Carrier<TcpStream>>;

/// Carries a connection over TCP until it ends. `early` was read before the stream became ours.
pub(super) fn over_tcp(
    stream: TcpStream,
    early: Vec<u8>,
    connection: Connection,
    options: Options,
) -> OverTcp {
    let stream = Stream::link(stream, connection.shared());
    add(Count::BytesIn, early.len() as u64);
    Flushing::new(Carrier::new(stream, early, connection, options))
}

/// Carries a connection over any other stream.
pub(super) fn over_any<IO: AsyncRead + AsyncWrite + Unpin>(
    stream: IO,
    connection: Connection,
    options: Options,
) -> impl Future<Output = ()> {
    Flushing::new(Carrier::new(Stream::Own(stream), Vec::new(), connection, options))
}

/// Carries one connection.
pub(crate) struct Carrier<IO> {
    stream: Stream<IO>,
    decoder: Decoder,
    connection: Connection,
    /// Bytes that were read but not decoded, because there was no room for what they say: what one read brings at
    /// most, or what came with the request.
    leftover: Leftover,
    /// How long a client may say nothing.
    timeout: Duration,
    /// When the client last said anything.
    heard: Instant,
    /// Runs until the idle timeout might be over; while closing, until it has taken too long.
    timer: Pin<Box<Sleep>>,
    /// Whether the timer will wake the task: asking it each time costs more than a look at it.
    timed: bool,
    closing: Option<Closing>,
}

/// Bytes that wait to be decoded.
#[derive(Default)]
struct Leftover {
    bytes: Vec<u8>,
    /// How many of them have been.
    at: usize,
}

/// The state of the closing handshake.
struct Closing {
    reason: CloseReason,
    /// Whether our half of the stream is shut.
    shut: bool,
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Future for Carrier<IO> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.closing.is_none() {
            let Some(reason) = self.open_turn(cx) else { return Poll::Pending };
            self.begin_closing(reason);
        }
        self.poll_closing(cx)
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Carrier<IO> {
    fn new(stream: Stream<IO>, early: Vec<u8>, connection: Connection, options: Options) -> Self {
        let now = Instant::now();
        Carrier {
            stream,
            decoder: Decoder::new(options.frames),
            connection,
            leftover: Leftover { bytes: early, at: 0 },
            timeout: options.timeout,
            heard: now,
            timer: Box::pin(sleep_until(later(now, options.timeout))),
            timed: false,
            closing: None,
        }
    }

    /// Reads, handles and writes what can be. Returns the reason when the connection has to end.
    fn open_turn(&mut self, cx: &mut Context<'_>) -> Option<CloseReason> {
        let read = self.read_turn(cx);
        let outbox = &self.connection.shared().outbox;
        read.and_then(|()| self.stream.write_turn(cx, outbox)).err().or_else(|| self.idle_turn(cx))
    }

    fn read_turn(&mut self, cx: &mut Context<'_>) -> Result<(), CloseReason> {
        for _ in 0..READS_PER_TURN {
            if self.connection.poll_room(cx).is_pending()
                || self.connection.shared().outbox.poll_room(cx).is_pending()
            {
                return Ok(());
            }
            if !self.leftover.bytes.is_empty() {
                self.receive_leftover()?;
            } else if self.read(cx)?.is_pending() {
                return Ok(());
            }
        }
        cx.waker().wake_by_ref();
        Ok(())
    }

    fn receive_leftover(&mut self) -> Result<(), CloseReason> {
        let Leftover { mut bytes, at } = std::mem::take(&mut self.leftover);
        let rest = self.receive(&mut bytes[at..])?;
        if rest > 0 {
            self.leftover = Leftover { at: bytes.len() - rest, bytes };
        }
        Ok(())
    }

    fn read(&mut self, cx: &mut Context<'_>) -> Result<Poll<()>, CloseReason> {
        READ_BUFFER.with_borrow_mut(|buffer| {
            let mut buffer = ReadBuf::new(buffer);
            match self.stream.poll_read(cx, &mut buffer) {
                Poll::Pending => return Ok(Poll::Pending),
                Poll::Ready(Err(_)) => return Err(CloseReason::Lost),
                Poll::Ready(Ok(())) if buffer.filled().is_empty() => return Err(CloseReason::Lost),
                Poll::Ready(Ok(())) => {}
            }
            self.heard = Instant::now();
            let bytes = buffer.filled_mut();
            add(Count::BytesIn, bytes.len() as u64);
            let rest = self.receive(bytes)?;
            if rest > 0 {
                self.leftover = Leftover { bytes: bytes[bytes.len() - rest..].to_vec(), at: 0 };
            }
            Ok(Poll::Ready(()))
        })
    }

    /// Decodes and dispatches until the bytes are used up, a mailbox is full or the answers have hardly room. Returns how
    /// many bytes are left.
    fn receive(&mut self, mut bytes: &mut [u8]) -> Result<usize, CloseReason> {
        loop {
            let item =
                self.decoder.decode(&mut bytes).map_err(|error| CloseReason::Protocol(error.close_code()))?;
            let Some(item) = item else { return Ok(0) };
            if self.handle(item)? == Dispatch::Blocked || self.connection.shared().outbox.is_pressed() {
                return Ok(bytes.len());
            }
        }
    }

    fn handle(&mut self, item: Item) -> Result<Dispatch, CloseReason> {
        let shared = self.connection.shared();
        let decoded: Result<Message, DecodeError> = match item {
            Item::Text(text) => serializer::decode_text(shared.version, &text),
            Item::Binary(bytes) => serializer::decode_binary(shared.version, &bytes),
            Item::Ping(payload) => {
                shared.push(Frame::pong(&payload));
                return Ok(Dispatch::Done);
            }
            Item::Pong(_) => return Ok(Dispatch::Done),
            Item::Close(frame) => return Err(CloseReason::Client(frame.map(|frame| frame.code.as_u16()))),
        };
        match decoded {
            Ok(message) => Ok(self.connection.dispatch(message)),
            Err(error) => {
                let error = shown_error(&error);
                tracing::warn!(error, "a client sent what is no message: closing its connection");
                Err(CloseReason::Undecodable)
            }
        }
    }

    fn idle_turn(&mut self, cx: &mut Context<'_>) -> Option<CloseReason> {
        if self.timed && !self.timer.is_elapsed() {
            return None;
        }
        self.timed = true;
        // Unconstrained: a task that has used up its budget would be told to wait, without the timer being set.
        while pin!(unconstrained(self.timer.as_mut())).poll(cx).is_ready() {
            // The timer is not moved at every message; it looks when it is due. That we do not read a client, because a
            // channel of its own or its outbox is full, is no excuse: its heartbeats go unanswered meanwhile, so that it
            // gives up too, and a client that has vanished would never be noticed.
            let due = later(self.heard, self.timeout);
            if Instant::now() >= due {
                return Some(CloseReason::Timeout);
            }
            self.timer.as_mut().reset(due);
        }
        None
    }

    fn begin_closing(&mut self, reason: CloseReason) {
        tracing::debug!(?reason, "closing a connection");
        self.connection.close(reason);
        self.connection.shared().outbox.push_last(Frame::close(reason.code(), ""));
        self.leftover = Leftover::default();
        self.timer.as_mut().reset(Instant::now() + CLOSE_TIMEOUT);
        self.closing = Some(Closing { reason, shut: false });
    }

    /// Says goodbye, then waits for the client to hang up: closing a socket with unread data would take our last words
    /// back.
    fn poll_closing(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(Closing { reason, shut }) = &mut self.closing else { return Poll::Ready(()) };
        if *reason == CloseReason::Lost || self.timer.as_mut().poll(cx).is_ready() {
            return Poll::Ready(());
        }
        if !*shut {
            match self.stream.poll_finish(cx, &self.connection.shared().outbox) {
                Poll::Pending => {}
                Poll::Ready(Err(_)) => return Poll::Ready(()),
                Poll::Ready(Ok(())) => *shut = true,
            }
        }
        if *shut && matches!(reason, CloseReason::Client(_)) {
            return Poll::Ready(());
        }
        self.poll_hung_up(cx)
    }

    /// Ready when the client has hung up, or said its goodbye; what else it still sends is thrown away.
    fn poll_hung_up(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        READ_BUFFER.with_borrow_mut(|buffer| {
            for _ in 0..READS_PER_TURN {
                let mut buffer = ReadBuf::new(buffer);
                match self.stream.poll_read(cx, &mut buffer) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {}
                    Poll::Ready(_) => return Poll::Ready(()),
                }
                if says_goodbye(&mut self.decoder, buffer.filled_mut()) {
                    return Poll::Ready(());
                }
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        })
    }
}

impl<IO> Drop for Carrier<IO> {
    /// Channels may live a little longer than the socket.
    fn drop(&mut self) {
        self.connection.shared().outbox.unlink();
    }
}

/// Whether there is a close frame in what the client sends. After an error of the decoder nothing can be found.
fn says_goodbye(decoder: &mut Decoder, mut bytes: &mut [u8]) -> bool {
    while let Ok(Some(item)) = decoder.decode(&mut bytes) {
        if matches!(item, Item::Close(_)) {
            return true;
        }
    }
    false
}

/// A time that may lie too far ahead to be told: then in thirty years.
fn later(from: Instant, after: Duration) -> Instant {
    const FAR: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);
    from.checked_add(after).unwrap_or_else(|| from + FAR)
}
