//! What is written to the sockets of real clients, call by call.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use tokio::io::AsyncWrite;

use crate::Endpoint;
use crate::connection::Link;

/// Notes every write to one client's socket, and can pretend that the socket takes nothing.
#[derive(Clone, Debug, Default)]
pub struct WriteMeter(Arc<Mutex<State>>);

/// One call that writes to a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// Where in memory each of its slices begins: frames that are shared begin at the same address.
    pub slices: Vec<usize>,
    /// How many bytes the socket took; none when it took nothing.
    pub taken: Option<usize>,
}

#[derive(Debug, Default)]
struct State {
    writes: Vec<Write>,
    stalled: bool,
    /// Who waits for the socket to take something again.
    waker: Option<Waker>,
}

impl WriteMeter {
    /// Meters all WebSocket clients that are connected to the endpoint now, except those that have got nothing but the
    /// answer to their HTTP request yet.
    pub fn all(endpoint: &Endpoint) -> Vec<WriteMeter> {
        let metered = endpoint.registry().all().into_iter().filter_map(|connection| {
            let meter = WriteMeter::default();
            let own = meter.clone();
            connection.outbox.wrap_link(|link| Box::new(Metered { link, meter: own })).then_some(meter)
        });
        metered.collect()
    }

    /// All writes so far.
    pub fn writes(&self) -> Vec<Write> {
        self.lock().writes.clone()
    }

    /// From now on the socket takes nothing.
    pub fn stall(&self) {
        self.lock().stalled = true;
    }

    /// The socket takes something again.
    pub fn release(&self) {
        let mut state = self.lock();
        state.stalled = false;
        if let Some(waker) = state.waker.take() {
            waker.wake();
        }
    }

    /// Whether the socket takes nothing; then `waker` is told when it does again.
    fn is_stalled(&self, waker: Option<&Waker>) -> bool {
        let mut state = self.lock();
        if state.stalled && waker.is_some() {
            state.waker = waker.cloned();
        }
        state.stalled
    }

    fn note(&self, slices: &[IoSlice<'_>], taken: Option<usize>) {
        let slices = slices.iter().map(|slice| slice.as_ptr().addr()).collect();
        self.lock().writes.push(Write { slices, taken });
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A socket with a meter in front of it.
struct Metered {
    link: Box<dyn Link>,
    meter: WriteMeter,
}

impl Link for Metered {
    fn try_write(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let stalled = self.meter.is_stalled(None);
        let written =
            if stalled { Err(io::ErrorKind::WouldBlock.into()) } else { self.link.try_write(slices) };
        self.meter.note(slices, written.as_ref().ok().copied());
        written
    }
}

impl AsyncWrite for Metered {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let stalled = self.meter.is_stalled(Some(cx.waker()));
        let written =
            if stalled { Poll::Pending } else { Pin::new(&mut self.link).poll_write_vectored(cx, slices) };
        let taken = if let Poll::Ready(Ok(bytes)) = &written { Some(*bytes) } else { None };
        self.meter.note(slices, taken);
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.link.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.link).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.link).poll_shutdown(cx)
    }
}
