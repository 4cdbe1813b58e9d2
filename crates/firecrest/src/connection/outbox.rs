//! The outbox: what one connection has still to write.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use firecrest_wire::websocket::Frame;

use super::CloseReason;

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

/// A bounded queue of frames with many writers and one reader, the connection's transport.
#[derive(Debug)]
pub(crate) struct Outbox {
    limits: OutboxLimits,
    /// Whether half of a bound is reached. Written under the lock, read without.
    pressed: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Frames nobody has taken. Its memory is given back when it is emptied.
    queue: VecDeque<Frame>,
    /// What frames count for that are queued, or taken by the transport and not yet written.
    waiting: usize,
    /// How many of them have been taken.
    taken: usize,
    /// Set once; from then on frames are dropped.
    closed: Option<CloseReason>,
    /// Woken by frames and by the end.
    waker: Option<Waker>,
    /// Woken by the end only.
    end_waker: Option<Waker>,
}

impl Outbox {
    pub(crate) fn new(limits: OutboxLimits) -> Self {
        Outbox { limits, pressed: AtomicBool::new(false), state: Mutex::default() }
    }

    /// Queues a frame, or drops it when the connection is closing. An overflow closes the connection.
    pub(crate) fn push(&self, frame: Frame) {
        let mut state = self.lock();
        if state.closed.is_some() {
            return;
        }
        let waiting = state.waiting + self.charge(&frame);
        if waiting > self.limits.bytes || state.frames() >= self.limits.frames {
            state.close(CloseReason::SlowReader);
            return;
        }
        state.waiting = waiting;
        state.queue.push_back(frame);
        state.wake();
        self.press(&state);
    }

    /// What a frame counts for.
    pub(crate) fn charge(&self, frame: &Frame) -> usize {
        frame.len().min(self.limits.bytes / 2)
    }

    /// Whether the client should not be read, because the answers to what it says have hardly room.
    pub(crate) fn is_pressed(&self) -> bool {
        self.pressed.load(Ordering::Relaxed)
    }

    fn press(&self, state: &State) {
        let pressed = state.waiting > self.limits.bytes / 2 || state.frames() > self.limits.frames / 2;
        self.pressed.store(pressed, Ordering::Relaxed);
    }

    /// Closes the connection, after what is queued. The first reason counts.
    pub(crate) fn close(&self, reason: CloseReason) {
        self.lock().close(reason);
    }

    pub(crate) fn closed(&self) -> Option<CloseReason> {
        self.lock().closed
    }

    /// Takes everything that is queued.
    pub(crate) fn take(&self) -> VecDeque<Frame> {
        self.lock().take()
    }

    /// Says that so many of the frames taken have been written, which count for so much in all.
    pub(crate) fn written(&self, frames: usize, charge: usize) {
        let mut state = self.lock();
        state.taken -= frames;
        state.waiting -= charge;
        self.press(&state);
    }

    /// Says that everything taken has been written, or is out of our hands.
    pub(crate) fn all_written(&self) {
        let mut state = self.lock();
        state.taken = 0;
        state.waiting = state.queue.iter().map(|frame| self.charge(frame)).sum();
        self.press(&state);
    }

    /// Ready with frames, or with the reason once the outbox is closed and empty. Wakes the task otherwise.
    pub(crate) fn poll(&self, cx: &mut Context<'_>) -> Poll<Result<VecDeque<Frame>, CloseReason>> {
        let mut state = self.lock();
        if !state.queue.is_empty() {
            return Poll::Ready(Ok(state.take()));
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

    /// The state stays consistent whatever panics, so poison means nothing here.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn frames(&self) -> usize {
        self.queue.len() + self.taken
    }

    fn take(&mut self) -> VecDeque<Frame> {
        self.taken += self.queue.len();
        std::mem::take(&mut self.queue)
    }

    fn close(&mut self, reason: CloseReason) {
        if self.closed.is_none() {
            self.closed = Some(reason);
            if reason == CloseReason::SlowReader {
                self.queue = VecDeque::new();
            }
            self.wake();
            if let Some(waker) = self.end_waker.take() {
                waker.wake();
            }
        }
    }

    fn wake(&mut self) {
        if let Some(waker) = &self.waker {
            waker.wake_by_ref();
        }
    }
}

fn register(slot: &mut Option<Waker>, cx: &mut Context<'_>) {
    match slot {
        Some(waker) => waker.clone_from(cx.waker()),
        None => *slot = Some(cx.waker().clone()),
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    fn frame(len: usize) -> Frame {
        Frame::binary(&vec![0; len])
    }

    fn poll(outbox: &Outbox) -> Poll<Result<VecDeque<Frame>, CloseReason>> {
        outbox.poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn frames_come_out_in_order_and_the_queue_gives_its_memory_back() {
        let outbox = Outbox::new(OutboxLimits::default());
        outbox.push(frame(1));
        outbox.push(frame(2));
        let lengths = outbox.take().iter().map(|frame| frame.payload().len()).collect::<Vec<_>>();
        assert_eq!(lengths, [1, 2]);
        assert_eq!(outbox.lock().queue.capacity(), 0);
        assert!(poll(&outbox).is_pending());
    }

    #[test]
    fn a_slow_reader_is_closed_at_the_bound_and_costs_nothing_more() {
        let outbox = Outbox::new(OutboxLimits { frames: 10, bytes: 100 });
        (0..2).for_each(|_| outbox.push(frame(38)));
        assert_eq!(outbox.take().len(), 2);
        outbox.push(frame(38));
        assert_eq!(outbox.closed(), Some(CloseReason::SlowReader), "what is being written counts");
        outbox.push(frame(1));
        assert_eq!(poll(&outbox), Poll::Ready(Err(CloseReason::SlowReader)));
    }

    #[test]
    fn what_is_written_makes_room() {
        let outbox = Outbox::new(OutboxLimits { frames: 2, bytes: 100 });
        (0..2).for_each(|_| outbox.push(frame(38)));
        assert!(outbox.is_pressed());
        let taken = outbox.take();
        outbox.written(1, outbox.charge(&taken[0]));
        assert!(!outbox.is_pressed());
        outbox.push(frame(38));
        assert_eq!(outbox.closed(), None);
    }

    #[test]
    fn the_number_of_frames_is_bounded_too() {
        let outbox = Outbox::new(OutboxLimits { frames: 2, bytes: 1 << 20 });
        (0..3).for_each(|_| outbox.push(frame(0)));
        assert_eq!(outbox.closed(), Some(CloseReason::SlowReader));
    }

    #[test]
    fn a_frame_larger_than_the_bound_can_be_sent_and_something_after_it() {
        let outbox = Outbox::new(OutboxLimits { frames: 4, bytes: 100 });
        outbox.push(frame(1_000));
        outbox.push(frame(10));
        assert_eq!((outbox.closed(), outbox.take().len()), (None, 2));
        outbox.all_written();
        assert!(!outbox.is_pressed());
    }

    #[test]
    fn what_was_queued_before_closing_is_still_written() {
        let outbox = Outbox::new(OutboxLimits::default());
        outbox.push(frame(1));
        outbox.close(CloseReason::Disconnected);
        outbox.close(CloseReason::Draining);
        assert!(matches!(poll(&outbox), Poll::Ready(Ok(frames)) if frames.len() == 1));
        assert_eq!(poll(&outbox), Poll::Ready(Err(CloseReason::Disconnected)), "the first reason counts");
    }
}
