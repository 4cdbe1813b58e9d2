//! The socket as its task sees it.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::runtime::Handle;

use crate::connection::{CloseReason, Link, Outbox, Shared};

/// A stream whose writing end the outbox has, when it is one that can be shared.
pub(super) enum Stream<IO> {
    /// A TCP connection: the outbox writes.
    Linked(OwnedReadHalf),
    /// Anything else: only its task can write.
    Own(IO),
}

impl Stream<TcpStream> {
    pub(super) fn link(stream: TcpStream, shared: &Shared) -> Self {
        let (read, write) = stream.into_split();
        shared.outbox.link(Box::new(write));
        let _ = shared.runtime.set(Handle::current());
        Stream::Linked(read)
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Stream<IO> {
    pub(super) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self {
            Stream::Linked(read) => Pin::new(read).poll_read(cx, buffer),
            Stream::Own(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }

    /// Writes what waits, if it is the task's turn. The reason when the connection has to end.
    pub(super) fn write_turn(&mut self, cx: &mut Context<'_>, outbox: &Outbox) -> Result<(), CloseReason> {
        outbox.transport_turn(cx, self.own())
    }

    /// Ready when everything is written and our half is shut, once the outbox is closed.
    pub(super) fn poll_finish(&mut self, cx: &mut Context<'_>, outbox: &Outbox) -> Poll<io::Result<()>> {
        std::task::ready!(outbox.poll_finish(cx, self.own()))?;
        match self {
            Stream::Linked(_) => outbox.poll_shutdown(cx),
            Stream::Own(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }

    fn own(&mut self) -> crate::connection::Stream<'_> {
        match self {
            Stream::Linked(_) => None,
            Stream::Own(stream) => {
                let stream: Pin<&mut IO> = Pin::new(stream);
                Some(stream)
            }
        }
    }
}

impl Link for OwnedWriteHalf {
    fn try_write(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        match slices {
            // Cheaper than a vector of one.
            [slice] => OwnedWriteHalf::try_write(self, slice),
            slices => self.try_write_vectored(slices),
        }
    }
}
