//! The outbox: what one connection has still to write, and who writes it.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker, ready};

use firecrest_wire::websocket::Frame;
use tokio::io::AsyncWrite;

use super::CloseReason;
use super::queue::Queue;
use crate::sync::{AtomicBool, Mutex, MutexGuard};
use crate::telemetry::meter::{Count, Limit, OUTBOX, add, reached};

/// The bound of an outbox.
///
/// Worst-case memory per connection: `bytes`, plus 32 bytes per queued frame. Broadcast frames are shared by all their
/// receivers and counted by each, so the true cost is less. A frame counts for half of `bytes` at most, so that one larger
/// than the bound can be sent, and something after it. From half of a bound on the client is not read, so that the answers
/// to its own messages cannot fill its outbox. At a bound the connection is closed with code 4008, which makes clients come
/// back; the metric `firecrest_slow_readers_total` counts these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutboxLimits {
    /// Most frames that wait. Default: 4,096.
    pub frames: usize,
    /// Most bytes that wait. Default: 1 MiB.
    pub bytes: usize,
}

impl Default for OutboxLimits {
    fn default() -> Self {
        OutboxLimits { frames: 4_096, bytes: 1 << 20 }
    }
}

/// The writing end of a socket that whoever has something for it may write to, without waiting.
pub(crate) trait Link: AsyncWrite + Send + Unpin {
    /// Writes what the socket takes at once; [`io::ErrorKind::WouldBlock`] when that is nothing.
    fn try_write(&self, slices: &[IoSlice<'_>]) -> io::Result<usize>;
}

/// Where the transport's task writes when there is no [`Link`].
pub(crate) type Stream<'a> = Option<Pin<&'a mut dyn AsyncWrite>>;

/// A bounded queue of frames with many writers.
///
/// With a [`Link`] frames are written by whoever pushed the first of them, once it has nothing more to push: see
/// [`flush`](super::flush). Only what the socket does not take is left to the transport's task. Without one the task is
/// woken and takes them.
pub(crate) struct Outbox {
    limits: OutboxLimits,
    /// A copy of the state's, for who does not want to wait for the lock.
    pressed: AtomicBool,
    /// Whether the transport has something to do here. Written under the lock, read without.
    attention: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    queue: Queue,
    /// What the frames in the queue count for.
    waiting: usize,
    /// Whether half of a bound is reached.
    pressed: bool,
    turn: Turn,
    /// Set once; from then on frames are dropped.
    closed: Option<CloseReason>,
    link: Option<Box<dyn Link>>,
    /// The transport's: woken when it is its turn, when there is room again, and by the end.
    waker: Option<Waker>,
    /// Woken by the end only.
    end_waker: Option<Waker>,
}

/// Where a frame is pushed: the scope that promises to write it. See [`flush`](super::flush).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scope(pub(super) u64);

impl Scope {
    /// A scope whose promises are all kept by tasks that do nothing else.
    pub(super) const SPREAD: Scope = Scope(0);
    /// None at all: what is pushed is written at once.
    pub(super) const NONE: Scope = Scope(1);
}

/// Who writes next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Turn {
    /// Nobody: there is nothing.
    #[default]
    Nobody,
    /// Who pushed within this scope and was told to [flush](Outbox::flush). Whoever pushes in another scope takes over:
    /// nobody can say how long this one lasts.
    Pusher(Scope),
    /// A task that does nothing else.
    Spread,
    /// The transport's task.
    Transport,
}

impl Outbox {
    pub(crate) fn new(limits: OutboxLimits) -> Self {
        // At first it has to leave its waker.
        let attention = AtomicBool::new(true);
        Outbox { limits, pressed: AtomicBool::new(false), attention, state: Mutex::default() }
    }

    /// Lets pushers write for themselves from now on.
    pub(crate) fn link(&self, link: Box<dyn Link>) {
        self.lock().link = Some(link);
    }

    /// Replaces the link by one that is made of it. Whether there is a link.
    pub(crate) fn wrap_link(&self, wrap: impl FnOnce(Box<dyn Link>) -> Box<dyn Link>) -> bool {
        let mut state = self.lock();
        state.link = state.link.take().map(wrap);
        state.link.is_some()
    }

    /// Ends what [`link`](Self::link) began: the socket is not held here any more.
    pub(crate) fn unlink(&self) {
        let link = self.lock().link.take();
        drop(link);
    }

    /// Queues a frame, or drops it when the connection is closing. An overflow closes the connection. Returns whether the
    /// caller has to [flush](Self::flush), when it has nothing more to push.
    #[must_use]
    pub(crate) fn push(&self, frame: Frame, scope: Scope) -> bool {
        let mut state = self.lock();
        if state.closed.is_some() {
            return false;
        }
        let waiting = state.waiting + self.charge(&frame);
        if waiting > self.limits.bytes || state.queue.len() >= self.limits.frames {
            reached(Limit::Outbox);
            self.shut(&mut state, CloseReason::SlowReader);
            return false;
        }
        OUTBOX.note(waiting as u64);
        state.waiting = waiting;
        state.queue.push(frame);
        self.press(&mut state);
        match state.turn {
            Turn::Transport | Turn::Spread => return false,
            Turn::Pusher(promised) if promised == scope => return false,
            Turn::Pusher(_) => {}
            Turn::Nobody if state.link.is_some() => {}
            Turn::Nobody => {
                self.pass_on(&mut state);
                return false;
            }
        }
        state.turn = if scope == Scope::SPREAD { Turn::Spread } else { Turn::Pusher(scope) };
        true
    }

    /// Writes what waits, as the pusher that was told to. What the socket does not take is left to the transport.
    pub(crate) fn flush(&self) {
        let mut state = self.lock();
        if !matches!(state.turn, Turn::Pusher(_) | Turn::Spread) {
            return;
        }
        let written = self.write(&mut state, |link, slices| match link.map(|link| link.try_write(slices)) {
            Some(Err(error)) if error.kind() == io::ErrorKind::WouldBlock => Poll::Pending,
            Some(written) => Poll::Ready(written),
            None => Poll::Pending,
        });
        match written {
            Poll::Ready(Ok(())) => {}
            Poll::Ready(Err(_)) => self.shut(&mut state, CloseReason::Lost),
            Poll::Pending => self.pass_on(&mut state),
        }
    }

    /// Writes what waits, if it is the transport's turn. An error is the reason why the connection has to end. The task is
    /// woken when there is more to do; it must always be the same task.
    pub(crate) fn transport_turn(&self, cx: &mut Context<'_>, stream: Stream<'_>) -> Result<(), CloseReason> {
        if !self.attention.load(Ordering::Acquire) {
            return Ok(());
        }
        let mut state = self.lock();
        if let Some(reason) = state.closed {
            return Err(reason);
        }
        register(&mut state.waker, cx);
        if state.turn == Turn::Transport
            && let Poll::Ready(Err(_)) = self.poll_write(&mut state, cx, stream)
        {
            return Err(CloseReason::Lost);
        }
        self.attention.store(state.turn == Turn::Transport, Ordering::Release);
        Ok(())
    }

    /// Adds the last frame, once closed; from now on only the transport writes. A client that reads too slowly gets only
    /// that.
    pub(crate) fn push_last(&self, frame: Frame) {
        let mut state = self.lock();
        debug_assert!(state.closed.is_some(), "something could be pushed after the last frame");
        state.turn = Turn::Transport;
        state.queue.push(frame);
    }

    /// Ready when everything is written, once closed.
    pub(crate) fn poll_finish(&self, cx: &mut Context<'_>, stream: Stream<'_>) -> Poll<io::Result<()>> {
        self.poll_write(&mut self.lock(), cx, stream)
    }

    /// Shuts the link's half of the socket.
    pub(crate) fn poll_shutdown(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.lock().link {
            Some(link) => Pin::new(link).poll_shutdown(cx),
            None => Poll::Ready(Ok(())),
        }
    }

    /// Whether the client should not be read, because the answers to what it says have hardly room.
    pub(crate) fn is_pressed(&self) -> bool {
        self.pressed.load(Ordering::Relaxed)
    }

    /// Ready when the client may be read: not [pressed](Self::is_pressed). Wakes the task otherwise.
    pub(crate) fn poll_room(&self, cx: &mut Context<'_>) -> Poll<()> {
        if !self.is_pressed() {
            return Poll::Ready(());
        }
        let mut state = self.lock();
        if !state.pressed {
            return Poll::Ready(());
        }
        register(&mut state.waker, cx);
        Poll::Pending
    }

    /// Closes the connection, after what is queued. The first reason counts.
    pub(crate) fn close(&self, reason: CloseReason) {
        self.shut(&mut self.lock(), reason);
    }

    pub(crate) fn closed(&self) -> Option<CloseReason> {
        self.lock().closed
    }

    /// Ready with everything that is queued, or with the reason once the outbox is closed and empty; for transports that
    /// take frames out. Wakes the task otherwise.
    pub(crate) fn poll_take(&self, cx: &mut Context<'_>) -> Poll<Result<VecDeque<Frame>, CloseReason>> {
        let mut state = self.lock();
        if !state.queue.is_empty() {
            let frames = state.queue.take();
            let bytes: usize = frames.iter().map(Frame::len).sum();
            add(Count::MessagesOut, frames.len() as u64);
            add(Count::BytesOut, bytes as u64);
            state.waiting = 0;
            state.turn = Turn::Nobody;
            self.press(&mut state);
            return Poll::Ready(Ok(frames));
        }
        if let Some(reason) = state.closed {
            return Poll::Ready(Err(reason));
        }
        register(&mut state.waker, cx);
        Poll::Pending
    }

    /// The reason once the outbox is closed, whatever still waits in it. Wakes the task otherwise.
    pub(crate) fn poll_closed(&self, cx: &mut Context<'_>) -> Poll<CloseReason> {
        let mut state = self.lock();
        if let Some(reason) = state.closed {
            return Poll::Ready(reason);
        }
        register(&mut state.end_waker, cx);
        Poll::Pending
    }

    /// What a frame counts for.
    fn charge(&self, frame: &Frame) -> usize {
        frame.len().min(self.limits.bytes / 2)
    }

    fn poll_write(
        &self,
        state: &mut State,
        cx: &mut Context<'_>,
        mut stream: Stream<'_>,
    ) -> Poll<io::Result<()>> {
        let written = self.write(state, |link, slices| match (link, &mut stream) {
            (Some(link), _) => Pin::new(link).poll_write_vectored(cx, slices),
            (None, Some(stream)) => stream.as_mut().poll_write_vectored(cx, slices),
            (None, None) => Poll::Pending,
        });
        let Some(stream) = stream else { return written };
        ready!(written)?;
        // A stream that is not the bare socket may have a buffer of its own.
        let flushed = stream.poll_flush(cx);
        if flushed.is_pending() {
            state.turn = Turn::Transport;
        }
        flushed
    }

    /// Writes the queue; it is nobody's turn when all of it is written.
    fn write(
        &self,
        state: &mut State,
        mut write: impl FnMut(Option<&mut Box<dyn Link>>, &[IoSlice<'_>]) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<()>> {
        let State { queue, link, waiting, .. } = &mut *state;
        let (mut frames, mut bytes) = (0, 0);
        let done = |frame: &Frame| {
            *waiting = waiting.saturating_sub(self.charge(frame));
            frames += 1;
            bytes += frame.len() as u64;
        };
        let written = queue.write(|slices| write(link.as_mut(), slices), done);
        add(Count::MessagesOut, frames);
        add(Count::BytesOut, bytes);
        if matches!(written, Poll::Ready(Ok(()))) {
            state.turn = Turn::Nobody;
        }
        self.press(state);
        written
    }

    /// Says whether half of a bound is reached. The transport is told when it is not any more: it has put off reading.
    fn press(&self, state: &mut State) {
        let pressed = state.waiting > self.limits.bytes / 2 || state.queue.len() > self.limits.frames / 2;
        if pressed != state.pressed {
            state.pressed = pressed;
            if pressed {
                reached(Limit::OutboxHalf);
            }
            self.pressed.store(pressed, Ordering::Relaxed);
            if !pressed {
                state.wake();
            }
        }
    }

    fn shut(&self, state: &mut State, reason: CloseReason) {
        if state.closed.is_none() {
            self.attention.store(true, Ordering::Release);
            state.close(reason);
        }
    }

    /// Leaves the writing to the transport.
    fn pass_on(&self, state: &mut State) {
        state.turn = Turn::Transport;
        self.attention.store(true, Ordering::Release);
        state.wake();
    }

    /// The state stays consistent whatever panics, so poison means nothing here.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn close(&mut self, reason: CloseReason) {
        self.closed = Some(reason);
        if reason == CloseReason::SlowReader {
            self.queue.discard();
        }
        self.wake();
        if let Some(waker) = self.end_waker.take() {
            waker.wake();
        }
    }

    fn wake(&self) {
        if let Some(waker) = &self.waker {
            waker.wake_by_ref();
        }
    }
}

impl std::fmt::Debug for Outbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outbox").field("limits", &self.limits).finish_non_exhaustive()
    }
}

fn register(slot: &mut Option<Waker>, cx: &mut Context<'_>) {
    match slot {
        Some(waker) => waker.clone_from(cx.waker()),
        None => *slot = Some(cx.waker().clone()),
    }
}

#[cfg(test)]
#[cfg(firecrest_loom)]
mod models;

#[cfg(test)]
mod tests;
