//! The outbox: what one connection has still to write.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use firecrest_wire::websocket::Frame;

use super::CloseReason;

/// The bound of an outbox.
///
/// Worst-case memory per connection: `bytes`, plus 32 bytes per queued frame. Broadcast frames are shared by all their
/// receivers and counted in full by each, so the true cost is less. A single frame larger than `bytes` is accepted
/// when the outbox is empty. At the bound the connection is closed with code 4008, which makes clients come back; the
/// metric `firecrest_slow_readers_total` counts these.
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
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Frames nobody has taken. Its memory is given back when it is emptied.
    queue: VecDeque<Frame>,
    /// Bytes in the queue.
    queued: usize,
    /// Bytes taken by the transport and not yet written.
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
        Outbox { limits, state: Mutex::default() }
    }

    /// Queues a frame, or drops it when the connection is closing. An overflow closes the connection.
    pub(crate) fn push(&self, frame: Frame) {
        let mut state = self.lock();
        if state.closed.is_some() {
            return;
        }
        let waiting = state.queued + state.taken;
        let full = waiting > 0 && waiting + frame.len() > self.limits.bytes;
        if full || state.queue.len() >= self.limits.frames {
            metrics::counter!("firecrest_slow_readers_total").increment(1);
            tracing::warn!(
                bytes = waiting,
                frames = state.queue.len(),
                "a client reads too slowly: closing its connection"
            );
            state.close(CloseReason::SlowReader);
            return;
        }
        state.queued += frame.len();
        state.queue.push_back(frame);
        state.wake();
    }

    /// Closes the connection, after what is queued. The first reason counts.
    pub(crate) fn close(&self, reason: CloseReason) {
        self.lock().close(reason);
    }

    pub(crate) fn closed(&self) -> Option<CloseReason> {
        self.lock().closed
    }

    /// Takes everything that is queued. What was taken before is considered written.
    pub(crate) fn take(&self) -> VecDeque<Frame> {
        let mut state = self.lock();
        state.taken = std::mem::take(&mut state.queued);
        std::mem::take(&mut state.queue)
    }

    /// Says that everything taken has been written.
    pub(crate) fn written(&self) {
        self.lock().taken = 0;
    }

    /// Ready with frames, or with the reason once the outbox is closed and empty. Wakes the task otherwise.
    pub(crate) fn poll(&self, cx: &mut Context<'_>) -> Poll<Result<VecDeque<Frame>, CloseReason>> {
        let mut state = self.lock();
        if !state.queue.is_empty() {
            state.taken = std::mem::take(&mut state.queued);
            return Poll::Ready(Ok(std::mem::take(&mut state.queue)));
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
    fn close(&mut self, reason: CloseReason) {
        if self.closed.is_none() {
            self.closed = Some(reason);
            if reason == CloseReason::SlowReader {
                self.queue = VecDeque::new();
                self.queued = 0;
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
        outbox.push(frame(60));
        assert_eq!(outbox.take().len(), 1);
        outbox.push(frame(60));
        assert_eq!(outbox.closed(), Some(CloseReason::SlowReader), "what is being written counts");
        outbox.push(frame(1));
        assert_eq!(poll(&outbox), Poll::Ready(Err(CloseReason::SlowReader)));
    }

    #[test]
    fn the_number_of_frames_is_bounded_too() {
        let outbox = Outbox::new(OutboxLimits { frames: 2, bytes: 1 << 20 });
        (0..3).for_each(|_| outbox.push(frame(0)));
        assert_eq!(outbox.closed(), Some(CloseReason::SlowReader));
    }

    #[test]
    fn one_large_frame_passes_an_empty_outbox() {
        let outbox = Outbox::new(OutboxLimits { frames: 2, bytes: 10 });
        outbox.push(frame(1_000));
        assert_eq!((outbox.closed(), outbox.take().len()), (None, 1));
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
