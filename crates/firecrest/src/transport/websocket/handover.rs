//! From the task of an HTTP connection to that of the WebSocket it becomes: the same one, when the server is our own.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use axum::body::Body;
use http::Request;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto;
use tokio::net::TcpStream;

use super::task::{self, Options, OverTcp};
use crate::connection::Connection;

/// A WebSocket that begins when the HTTP connection has said goodbye to HTTP.
pub(crate) struct Upgrade {
    pub(super) upgraded: OnUpgrade,
    pub(super) connection: Connection,
    pub(super) options: Options,
}

/// Where a request leaves the WebSocket for the task that serves it. It travels in the request's extensions.
#[derive(Clone, Default)]
pub(crate) struct Handover(Arc<Mutex<Option<Upgrade>>>);

impl Handover {
    /// Takes what a request has left.
    pub(crate) fn take(&self) -> Option<Upgrade> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Leaves an upgrade to the request's server; gives it back when that is not our own.
    pub(super) fn leave(handover: Option<Self>, upgrade: Upgrade) -> Option<Upgrade> {
        let Some(Handover(slot)) = handover else { return Some(upgrade) };
        *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(upgrade);
        None
    }

    /// The one in a request's extensions.
    pub(super) fn of(request: &mut Request<Body>) -> Option<Self> {
        request.extensions_mut().remove()
    }
}

/// The task of a WebSocket: waits for the upgrade, then carries the bare TCP connection. Nothing of HTTP stays in memory.
///
/// A state machine by hand: as an async function it would have room for everything it ever held.
pub(crate) enum Carry {
    Upgrading(Option<Upgrade>),
    Tcp(OverTcp),
    Any(Pin<Box<dyn Future<Output = ()> + Send>>),
}

impl Carry {
    pub(crate) fn new(upgrade: Upgrade) -> Self {
        Carry::Upgrading(Some(upgrade))
    }

    fn begin(upgraded: Upgraded, connection: Connection, options: Options) -> Self {
        match bare(upgraded) {
            Ok((stream, early)) => Carry::Tcp(task::over_tcp(stream, early, connection, options)),
            // Boxed: it should not make the task of the others larger.
            Err(upgraded) => {
                Carry::Any(Box::pin(task::over_any(TokioIo::new(upgraded), connection, options)))
            }
        }
    }
}

impl Future for Carry {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if let Carry::Upgrading(waiting) = &mut *self {
            let Some(upgrade) = waiting else { return Poll::Ready(()) };
            let upgraded = ready!(Pin::new(&mut upgrade.upgraded).poll(cx));
            match (upgraded, waiting.take()) {
                (Ok(upgraded), Some(Upgrade { connection, options, .. })) => {
                    *self = Carry::begin(upgraded, connection, options);
                }
                (Err(error), _) => {
                    tracing::debug!(%error, "the upgrade to a WebSocket did not happen");
                    return Poll::Ready(());
                }
                (Ok(_), None) => return Poll::Ready(()),
            }
        }
        match &mut *self {
            Carry::Tcp(carrier) => Pin::new(carrier).poll(cx),
            Carry::Any(carrier) => carrier.as_mut().poll(cx),
            Carry::Upgrading(_) => Poll::Ready(()),
        }
    }
}

/// The TCP stream itself, and what was read from it too early; whoever accepted it: our own server or axum's.
///
/// What was read early is copied, because it lies in the read buffer of the HTTP request, 16 KiB large.
fn bare(upgraded: Upgraded) -> Result<(TcpStream, Vec<u8>), Upgraded> {
    let upgraded = match upgraded.downcast::<TokioIo<TcpStream>>() {
        Ok(parts) => return Ok((parts.io.into_inner(), parts.read_buf.to_vec())),
        Err(upgraded) => upgraded,
    };
    auto::upgrade::downcast::<TokioIo<TcpStream>>(upgraded)
        .map(|parts| (parts.io.into_inner(), parts.read_buf.to_vec()))
}
