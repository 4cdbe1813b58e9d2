//! Writing queued frames: all of them at once, whatever waits.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use firecrest_wire::websocket::Frame;
use tokio::io::AsyncWrite;

/// Most frames that go into one system call.
const BATCH: usize = 64;

/// Frames on their way to the socket. It holds no memory while there are none.
#[derive(Debug, Default)]
pub(super) struct Writer {
    frames: VecDeque<Frame>,
    /// How much of the first frame is written.
    written: usize,
}

impl Writer {
    pub(super) fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// Takes over frames; to be called when it is empty.
    pub(super) fn fill(&mut self, frames: VecDeque<Frame>) {
        debug_assert!(self.is_empty());
        self.frames = frames;
    }

    pub(super) fn push(&mut self, frame: Frame) {
        self.frames.push_back(frame);
    }

    /// Gives up everything but a frame that is partly written.
    pub(super) fn discard(&mut self) {
        self.frames.truncate(usize::from(self.written > 0));
    }

    /// Ready when everything is written. `done` is told of every frame that has been.
    pub(super) fn poll_flush<W: AsyncWrite + Unpin>(
        &mut self,
        stream: &mut W,
        cx: &mut Context<'_>,
        mut done: impl FnMut(&Frame),
    ) -> Poll<io::Result<()>> {
        while !self.frames.is_empty() {
            let mut slices = [IoSlice::new(&[]); BATCH];
            let mut count = 0;
            for (slice, frame) in slices.iter_mut().zip(&self.frames) {
                let skip = if count == 0 { self.written } else { 0 };
                *slice = IoSlice::new(&frame.as_bytes()[skip..]);
                count += 1;
            }
            let written = ready!(Pin::new(&mut *stream).poll_write_vectored(cx, &slices[..count]))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.advance(written, &mut done);
        }
        self.frames = VecDeque::new();
        Poll::Ready(Ok(()))
    }

    fn advance(&mut self, bytes: usize, done: &mut impl FnMut(&Frame)) {
        self.written += bytes;
        while let Some(first) = self.frames.pop_front_if(|first| first.len() <= self.written) {
            self.written -= first.len();
            done(&first);
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt as _;

    use super::*;

    #[tokio::test]
    async fn frames_arrive_whole_whatever_the_socket_takes_at_once() {
        let (mut ours, mut theirs) = tokio::io::duplex(7);
        let frames: Vec<_> = (0..200).map(|n| Frame::text(&"x".repeat(n % 20))).collect();
        let expected: Vec<u8> = frames.iter().flat_map(|frame| frame.as_bytes().to_vec()).collect();
        let mut writer = Writer::default();
        writer.fill(frames.into());
        let mut done = 0;
        let writing = async {
            std::future::poll_fn(|cx| writer.poll_flush(&mut ours, cx, |_| done += 1)).await.unwrap();
            drop(ours);
        };
        let mut received = Vec::new();
        let (received_len, ()) = tokio::join!(theirs.read_to_end(&mut received), writing);
        assert_eq!((received_len.unwrap(), received), (expected.len(), expected));
        assert_eq!(done, 200);
    }
}
