//! The outbox on its own, with a socket that takes as much as it is told.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::task::Wake;

use super::*;

/// The scope that pushes, where it does not matter.
const HERE: Scope = Scope(2);

/// A socket: takes so many bytes, then none.
struct Socket {
    takes: Arc<AtomicUsize>,
    written: Arc<Mutex<Vec<usize>>>,
}

impl Link for Socket {
    fn try_write(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let offered = slices.iter().map(|slice| slice.len()).sum::<usize>();
        let taken = offered.min(self.takes.load(Ordering::Relaxed));
        if taken == 0 {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.takes.fetch_sub(taken, Ordering::Relaxed);
        self.written.lock().unwrap().push(taken);
        Ok(taken)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.try_write(slices) {
            Err(_) => Poll::Pending,
            written => Poll::Ready(written),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// A linked outbox, the bytes that its socket takes, and what was written by each call.
fn linked(limits: OutboxLimits) -> (Outbox, Arc<AtomicUsize>, Arc<Mutex<Vec<usize>>>) {
    let (takes, written) = (Arc::new(AtomicUsize::new(usize::MAX)), Arc::default());
    let outbox = Outbox::new(limits);
    outbox.link(Box::new(Socket { takes: Arc::clone(&takes), written: Arc::clone(&written) }));
    (outbox, takes, written)
}

/// A frame of two bytes more than this.
fn frame(len: usize) -> Frame {
    Frame::binary(&vec![0; len])
}

fn take(outbox: &Outbox) -> Poll<Result<VecDeque<Frame>, CloseReason>> {
    outbox.poll_take(&mut Context::from_waker(Waker::noop()))
}

fn turn(outbox: &Outbox) -> Result<(), CloseReason> {
    outbox.transport_turn(&mut Context::from_waker(Waker::noop()), None)
}

fn push(outbox: &Outbox, len: usize) {
    assert!(!outbox.push(frame(len), HERE), "without a link nobody but the transport writes");
}

#[test]
fn one_pusher_writes_what_all_have_pushed_in_one_call() {
    let (outbox, _, written) = linked(OutboxLimits::default());
    assert!(outbox.push(frame(1), HERE));
    assert!(!outbox.push(frame(2), HERE), "only the first has to flush");
    outbox.flush();
    assert_eq!(*written.lock().unwrap(), [7]);
    outbox.flush();
    assert!(outbox.push(frame(1), HERE), "and then it is a new turn");
}

#[test]
fn nobody_waits_for_what_another_has_promised() {
    let (outbox, _, written) = linked(OutboxLimits::default());
    assert!(outbox.push(frame(1), HERE));
    assert!(outbox.push(frame(2), Scope(3)), "this one cannot know how long the other lasts");
    outbox.flush();
    assert_eq!(*written.lock().unwrap(), [7], "who comes first writes for both");
    outbox.flush();
    assert_eq!(written.lock().unwrap().len(), 1);
    assert!(outbox.push(frame(1), Scope::SPREAD));
    assert!(!outbox.push(frame(1), HERE), "those that do nothing else are waited for");
}

#[test]
fn what_the_socket_does_not_take_is_left_to_the_transport() {
    let (outbox, takes, written) = linked(OutboxLimits::default());
    takes.store(5, Ordering::Relaxed);
    assert!(outbox.push(frame(8), HERE));
    outbox.flush();
    assert!(!outbox.push(frame(8), HERE), "it is the transport's turn");
    assert_eq!(turn(&outbox), Ok(()));
    takes.store(usize::MAX, Ordering::Relaxed);
    assert_eq!(turn(&outbox), Ok(()));
    assert_eq!(*written.lock().unwrap(), [5, 15]);
    assert!(outbox.push(frame(8), HERE), "everything is written, so that the next pusher may");
}

#[test]
fn the_transport_leaves_a_promised_write_to_who_promised() {
    let (outbox, _, written) = linked(OutboxLimits::default());
    assert!(outbox.push(frame(1), HERE));
    assert_eq!(turn(&outbox), Ok(()));
    assert!(written.lock().unwrap().is_empty());
}

#[test]
fn after_the_last_frame_only_the_transport_writes() {
    let (outbox, _, written) = linked(OutboxLimits::default());
    assert!(outbox.push(frame(1), HERE));
    outbox.close(CloseReason::Draining);
    assert_eq!(turn(&outbox), Err(CloseReason::Draining));
    outbox.push_last(frame(2));
    outbox.flush();
    assert!(written.lock().unwrap().is_empty());
    assert!(outbox.poll_finish(&mut Context::from_waker(Waker::noop()), None).is_ready());
    assert_eq!(*written.lock().unwrap(), [7], "what was queued before is written first");
}

#[test]
fn frames_come_out_in_order() {
    let outbox = Outbox::new(OutboxLimits::default());
    push(&outbox, 1);
    push(&outbox, 2);
    let Poll::Ready(Ok(taken)) = take(&outbox) else { panic!("nothing came out") };
    assert_eq!(taken.iter().map(|frame| frame.payload().len()).collect::<Vec<_>>(), [1, 2]);
    assert!(take(&outbox).is_pending());
}

/// What waits for it is bounded, and that the bound was reached is counted (G062).
#[test]
fn a_slow_reader_is_closed_at_the_bound_and_costs_nothing_more() {
    let before = (Limit::Outbox.total(), Limit::OutboxHalf.total());
    let (outbox, takes, _) = linked(OutboxLimits { frames: 10, bytes: 100 });
    takes.store(0, Ordering::Relaxed);
    assert!(outbox.push(frame(38), HERE));
    assert!(!outbox.push(frame(38), HERE));
    assert!(Limit::OutboxHalf.total() > before.1);
    outbox.flush();
    assert!(!outbox.push(frame(38), HERE));
    assert_eq!(outbox.closed(), Some(CloseReason::SlowReader), "what could not be written counts");
    assert!(!outbox.push(frame(1), HERE));
    assert_eq!(outbox.lock().queue.len(), 0);
    assert!(Limit::Outbox.total() > before.0);
}

#[test]
fn what_is_written_makes_room() {
    let (outbox, takes, _) = linked(OutboxLimits { frames: 2, bytes: 100 });
    takes.store(40, Ordering::Relaxed);
    assert!(outbox.push(frame(38), HERE));
    assert!(!outbox.push(frame(38), HERE));
    assert!(outbox.is_pressed());
    outbox.flush();
    assert!(!outbox.is_pressed(), "one of the two is written");
    assert!(!outbox.push(frame(38), HERE));
    assert_eq!(outbox.closed(), None);
}

#[test]
fn the_number_of_frames_is_bounded_too() {
    let outbox = Outbox::new(OutboxLimits { frames: 2, bytes: 1 << 20 });
    (0..3).for_each(|_| push(&outbox, 0));
    assert_eq!(outbox.closed(), Some(CloseReason::SlowReader));
}

#[test]
fn a_frame_larger_than_the_bound_can_be_sent_and_something_after_it() {
    let outbox = Outbox::new(OutboxLimits { frames: 4, bytes: 100 });
    push(&outbox, 1_000);
    push(&outbox, 10);
    assert_eq!(outbox.closed(), None);
    assert!(matches!(take(&outbox), Poll::Ready(Ok(frames)) if frames.len() == 2));
    assert!(!outbox.is_pressed());
}

#[test]
fn what_was_queued_before_closing_is_still_taken() {
    let outbox = Outbox::new(OutboxLimits::default());
    push(&outbox, 1);
    outbox.close(CloseReason::Disconnected);
    outbox.close(CloseReason::Draining);
    assert!(matches!(take(&outbox), Poll::Ready(Ok(frames)) if frames.len() == 1));
    assert_eq!(take(&outbox), Poll::Ready(Err(CloseReason::Disconnected)), "the first reason counts");
}

/// Counts how often the transport is woken.
#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// The first push may come before the transport has been registered by a turn of its own.
#[test]
fn a_transport_that_has_put_off_reading_is_woken_when_there_is_room() {
    let (outbox, _, _) = linked(OutboxLimits { frames: 2, bytes: 1 << 20 });
    let wakes = Arc::<Wakes>::default();
    let waker = Waker::from(Arc::clone(&wakes));
    let room = || outbox.poll_room(&mut Context::from_waker(&waker));
    assert!(room().is_ready());
    assert!(outbox.push(frame(1), HERE));
    assert!(!outbox.push(frame(1), HERE));
    assert!(room().is_pending());
    outbox.flush();
    assert_eq!(wakes.0.load(Ordering::Relaxed), 1);
    assert!(room().is_ready());
}
