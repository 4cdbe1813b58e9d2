//! An HTTP server for axum applications with sockets.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream, ToSocketAddrs};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use tower::Service as _;

use super::Endpoint;
use crate::telemetry;
use crate::transport::websocket::{Carry, Handover};

/// How long a client may take to send a request's head.
const HEADER_TIMEOUT: Duration = Duration::from_secs(15);

/// How long connections and their channels may take to end after they were told; a little longer than they give
/// themselves.
const STOP_TIMEOUT: Duration = Duration::from_secs(6);

/// How long to wait after an error of `accept`: mostly there are no file descriptors left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How many clients may wait to be accepted.
const BACKLOG: i32 = 4_096;

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: String,
        /// Why.
        source: io::Error,
    },
    /// The signals that end the server cannot be waited for.
    #[error("cannot wait for signals: {0}")]
    Signals(io::Error),
}

impl Endpoint {
    /// Serves an application until SIGTERM or SIGINT, then [drains](Self::drain).
    ///
    /// Any other server for axum applications works as well; this one knows how to end.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn serve(
        &self,
        address: impl ToSocketAddrs + std::fmt::Display,
        app: Router,
    ) -> Result<(), ServeError> {
        let listener = listen(address).await?;
        self.serve_until(listener, app, stop_signal().map_err(ServeError::Signals)?).await;
        Ok(())
    }

    /// Serves an application on a listener until SIGTERM or SIGINT, then drains.
    ///
    /// # Errors
    /// When the signals cannot be waited for.
    pub async fn serve_on(&self, listener: TcpListener, app: Router) -> Result<(), ServeError> {
        self.serve_until(listener, app, stop_signal().map_err(ServeError::Signals)?).await;
        Ok(())
    }

    /// Serves an application until `stop` is ready, then drains: connections are told to go, requests in flight are
    /// finished, channels end. Returns when all of that is done, or six seconds after the last was told; what has not ended
    /// by then is left to the end of the runtime. Then come what was [registered](Self::on_shutdown) for this, and the end of the
    /// [hub](Self::hub)'s consumers, pollers and bridges. At last the [counters](Self::tally) are written, and the node leaves
    /// [presence](Self::presence), unless that hands off, and its cluster, both for good: served again it is alone. Where metrics are sent to
    /// a StatsD [daemon](crate::telemetry::Exporters::statsd) it waits 1.2 s more, for the last of them.
    pub async fn serve_until(&self, listener: TcpListener, app: Router, stop: impl Future<Output = ()>) {
        if let Ok(address) = listener.local_addr() {
            tracing::info!("listening on http://{address}");
        }
        self.pubsub().start();
        self.presence_service().start_with_others();
        self.hub_core().start();
        self.registry().open();
        self.tracker().reopen();
        let _publishing = AbortOnDropHandle::new(tokio::spawn(publish(self.clone())));
        let stopping = CancellationToken::new();
        // A task, because this future may be run outside the runtime's workers, where every new task would have to be handed
        // over to them.
        let accepting = accept(self.clone(), listener, app, stopping.clone());
        let accepting = AbortOnDropHandle::new(tokio::spawn(accepting));
        stop.await;
        // New clients go to another node, or wait for the next process.
        accepting.abort();
        let _ = accepting.await;
        // Begins before the drain, so that no drained client comes back on a connection that is kept alive.
        stopping.cancel();
        self.drain().await;
        self.tracker().close();
        if tokio::time::timeout(STOP_TIMEOUT, self.tracker().wait()).await.is_err() {
            tracing::warn!("some connections or channels did not end in time");
        }
        self.shut_down().await;
        self.hub_core().stop().await;
        self.flush_tally().await;
        self.presence_service().leave();
        self.pubsub().close().await;
        telemetry::publish_last().await;
    }
}

/// Hands over what was counted, and says how the cluster is.
async fn publish(endpoint: Endpoint) {
    let mut seconds = tokio::time::interval(telemetry::INTERVAL);
    seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        seconds.tick().await;
        if let Some(health) = endpoint.cluster_health() {
            let connected = if health.is_connected() { 1.0 } else { 0.0 };
            metrics::gauge!("firecrest_cluster_connected").set(connected);
        }
        telemetry::publish_aside().await;
    }
}

async fn accept(endpoint: Endpoint, listener: TcpListener, app: Router, stopping: CancellationToken) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                endpoint.tracker().spawn(carry(stream, peer, app.clone(), stopping.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// The task of a connection: first HTTP and then the WebSocket that it may become.
#[allow(clippy::large_enum_variant, reason = "nearly all of its life it is the largest")]
enum Carried {
    /// Boxed, so that the memory of HTTP is given back before the WebSocket begins.
    Http(Pin<Box<dyn Future<Output = hyper::Result<()>> + Send>>, Handover),
    WebSocket(Carry),
}

fn carry(stream: TcpStream, peer: SocketAddr, app: Router, stopping: CancellationToken) -> Carried {
    let handover = Handover::default();
    Carried::Http(Box::pin(serve_http(stream, peer, app, handover.clone(), stopping)), handover)
}

impl Future for Carried {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if let Carried::Http(http, handover) = &mut *self {
            if let Err(error) = ready!(http.as_mut().poll(cx)) {
                tracing::debug!(%error, "an HTTP connection failed");
            }
            let Some(upgrade) = handover.take() else { return Poll::Ready(()) };
            *self = Carried::WebSocket(Carry::new(upgrade));
        }
        match &mut *self {
            Carried::WebSocket(carry) => Pin::new(carry).poll(cx),
            Carried::Http(..) => Poll::Pending,
        }
    }
}

async fn serve_http(
    stream: TcpStream,
    peer: SocketAddr,
    app: Router,
    handover: Handover,
    stopping: CancellationToken,
) -> hyper::Result<()> {
    // Small messages must not wait for the acknowledgement of the ones before.
    let _ = stream.set_nodelay(true);
    let service = hyper::service::service_fn(move |mut request: http::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        // What an earlier request left was not taken up: somebody answered it in another way.
        drop(handover.take());
        request.extensions_mut().insert(handover.clone());
        app.clone().call(request)
    });
    let mut server = hyper::server::conn::http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT);
    let mut connection = pin!(server.serve_connection(TokioIo::new(stream), service).with_upgrades());
    tokio::select! {
        biased;
        served = connection.as_mut() => return served,
        () = stopping.cancelled() => connection.as_mut().graceful_shutdown(),
    }
    connection.await
}

/// A listener on an address, with a queue for all the clients that come back at once when a server restarts: as long as the
/// kernel allows, 4,096 at most.
///
/// # Errors
/// When the address cannot be listened on.
pub async fn listen(address: impl ToSocketAddrs + std::fmt::Display) -> Result<TcpListener, ServeError> {
    let error = |source| ServeError::Listen { address: address.to_string(), source };
    let listener = TcpListener::bind(&address).await.map_err(error)?;
    SockRef::from(&listener).listen(BACKLOG).map_err(error)?;
    Ok(listener)
}

/// Ready at SIGTERM or SIGINT.
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
    })
}
