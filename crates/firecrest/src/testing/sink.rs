//! A client that takes everything.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use firecrest_pubsub::{Broadcast, Subscriber};
use firecrest_wire::ProtocolVersion;
use firecrest_wire::websocket::Frame;
use tokio::io::AsyncWrite;

use crate::connection::{Link, OutboxLimits, Shared, Transport, flush};

/// A client whose socket takes everything at once and keeps nothing. Subscribed to a topic it is sent its broadcasts, as a
/// channel's client is. So what it costs to serve is what happens before the socket.
#[derive(Debug)]
pub struct Sink(Arc<Shared>);

impl Sink {
    /// A connected client of this version.
    pub fn new(version: ProtocolVersion) -> Self {
        let shared = Shared::new(Transport::Test, version, OutboxLimits::default());
        shared.outbox.link(Box::new(Nowhere));
        Sink(shared)
    }

    /// Sends frames as one poll of a task does.
    pub fn push(&self, frames: impl IntoIterator<Item = Frame>) {
        flush::scope(|| frames.into_iter().for_each(|frame| self.0.push(frame)));
    }
}

impl Subscriber for Sink {
    fn deliver(&self, broadcast: &Arc<Broadcast>) {
        self.0.forward(broadcast);
    }
}

/// A socket without another end.
struct Nowhere;

impl Link for Nowhere {
    fn try_write(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        Ok(slices.iter().map(|slice| slice.len()).sum())
    }
}

impl AsyncWrite for Nowhere {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
