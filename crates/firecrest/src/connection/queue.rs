//! The frames that wait for one connection, and how much of them is written.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::task::{Poll, ready};

use firecrest_wire::websocket::Frame;

use crate::fifo::Fifo;

/// Most frames that go into one system call.
const BATCH: usize = 64;

/// Frames in order.
#[derive(Debug, Default)]
pub(super) struct Queue {
    frames: Fifo<Frame>,
    /// How much of the first frame is written.
    written: usize,
}

impl Queue {
    pub(super) fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.frames.len()
    }

    pub(super) fn push(&mut self, frame: Frame) {
        self.frames.push(frame);
    }

    /// Takes all frames out; to be called where they are not written from here.
    pub(super) fn take(&mut self) -> VecDeque<Frame> {
        self.frames.take()
    }

    /// Gives up everything but a frame that is partly written.
    pub(super) fn discard(&mut self) {
        self.frames.truncate();
        if self.written == 0 {
            self.frames.pop();
        }
    }

    /// Ready when everything is written by calls of `write`, which get as many frames at once as a system call takes. `done`
    /// is told of every frame that has been written.
    pub(super) fn write(
        &mut self,
        mut write: impl FnMut(&[IoSlice<'_>]) -> Poll<io::Result<usize>>,
        mut done: impl FnMut(&Frame),
    ) -> Poll<io::Result<()>> {
        while let Some(first) = self.frames.first() {
            let first = IoSlice::new(&first.as_bytes()[self.written..]);
            let rest = self.frames.rest();
            let written = if rest.is_empty() { write(&[first]) } else { write_many(first, rest, &mut write) };
            let written = ready!(written)?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.advance(written, &mut done);
        }
        Poll::Ready(Ok(()))
    }

    fn advance(&mut self, bytes: usize, done: &mut impl FnMut(&Frame)) {
        self.written += bytes;
        while let Some(first) = self.frames.pop_if(|first| first.len() <= self.written) {
            self.written -= first.len();
            done(&first);
        }
    }
}

fn write_many(
    first: IoSlice<'_>,
    rest: &VecDeque<Frame>,
    write: &mut impl FnMut(&[IoSlice<'_>]) -> Poll<io::Result<usize>>,
) -> Poll<io::Result<usize>> {
    let mut slices = [first; BATCH];
    let mut count = 1;
    for (slice, frame) in slices[1..].iter_mut().zip(rest) {
        *slice = IoSlice::new(frame.as_bytes());
        count += 1;
    }
    write(&slices[..count])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_arrive_whole_whatever_the_socket_takes_at_once() {
        let frames: Vec<_> = (0..200).map(|n| Frame::text(&"x".repeat(n % 20))).collect();
        let expected: Vec<u8> = frames.iter().flat_map(|frame| frame.as_bytes().to_vec()).collect();
        let mut queue = Queue::default();
        frames.into_iter().for_each(|frame| queue.push(frame));
        let (mut received, mut done, mut turns) = (Vec::new(), 0, 0);
        let mut seven_then_nothing = |slices: &[IoSlice<'_>]| {
            turns += 1;
            if turns % 2 == 0 {
                return Poll::Pending;
            }
            let bytes: Vec<u8> = slices.iter().flat_map(|slice| slice.to_vec()).take(7).collect();
            received.extend_from_slice(&bytes);
            Poll::Ready(Ok(bytes.len()))
        };
        while queue.write(&mut seven_then_nothing, |_| done += 1).is_pending() {}
        assert_eq!((received, done), (expected, 200));
        assert!(queue.is_empty());
    }

    #[test]
    fn what_is_partly_written_is_not_given_up() {
        let mut queue = Queue::default();
        (0..2).for_each(|_| queue.push(Frame::text("hello")));
        let mut once = Some(3);
        let _ = queue.write(|_| once.take().map_or(Poll::Pending, |n| Poll::Ready(Ok(n))), |_| ());
        queue.discard();
        assert_eq!(queue.len(), 1);
        let mut rest = Vec::new();
        let written = queue.write(
            |slices| {
                rest.extend_from_slice(&slices[0]);
                Poll::Ready(Ok(slices[0].len()))
            },
            |_| (),
        );
        assert!(matches!(written, Poll::Ready(Ok(()))));
        assert_eq!(rest, b"ello");
    }

    #[test]
    fn taking_keeps_the_order() {
        let mut queue = Queue::default();
        ["a", "b", "c"].iter().for_each(|text| queue.push(Frame::text(text)));
        assert_eq!(
            queue.take().iter().map(|frame| frame.payload().clone()).collect::<Vec<_>>(),
            ["a", "b", "c"]
        );
        assert!(queue.is_empty());
    }
}
