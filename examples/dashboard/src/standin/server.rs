//! The server of the stand-in.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::task::AbortOnDropHandle;
use tower::ServiceExt as _;

use super::state::State;
use super::{Fault, controls, routes, sightings};

/// How long to wait after a client that cannot be accepted.
const PAUSE: Duration = Duration::from_millis(100);

/// A running stand-in. Dropped, it is gone.
pub struct StandIn {
    address: SocketAddr,
    state: Arc<State>,
    _serving: AbortOnDropHandle<()>,
    /// What happens by itself.
    _life: Option<AbortOnDropHandle<()>>,
    controls: Option<(SocketAddr, AbortOnDropHandle<()>)>,
}

impl StandIn {
    /// Starts one where numbers change and birds are seen by themselves. Port 0 picks a free one.
    ///
    /// # Errors
    /// When the address is taken.
    pub async fn start(address: SocketAddr) -> io::Result<Self> {
        let quiet = Self::quiet(address).await?;
        let life = tokio::spawn(sightings::live(Arc::clone(&quiet.state)));
        Ok(StandIn { _life: Some(AbortOnDropHandle::new(life)), ..quiet })
    }

    /// As [`start`](Self::start), at a free address of this machine that nobody else reaches.
    ///
    /// # Errors
    /// When there is none.
    pub async fn on_this_machine() -> io::Result<Self> {
        Self::start((Ipv4Addr::LOCALHOST, 0).into()).await
    }

    /// Starts one where nothing happens by itself.
    ///
    /// # Errors
    /// When the address is taken.
    pub async fn quiet(address: SocketAddr) -> io::Result<Self> {
        let state = Arc::new(State::new());
        let (address, serving) = listen(address, routes::router(&state), Some(Arc::clone(&state))).await?;
        Ok(StandIn { address, state, _serving: serving, _life: None, controls: None })
    }

    /// Lets it be told what to do by HTTP, at another free address of this machine: `POST /down`, `/up`, `/status/500`,
    /// `/limited/SECONDS`, `/say/TEXT`, `/burst/COUNT/TEXT`, `/stars/COUNT`, `/left/COUNT`, and `GET /` for what it was asked.
    ///
    /// # Errors
    /// When there is no address.
    pub async fn with_controls(self) -> io::Result<Self> {
        let controls = controls::router(&self.state);
        let controls = listen((Ipv4Addr::LOCALHOST, 0).into(), controls, None).await?;
        Ok(StandIn { controls: Some(controls), ..self })
    }

    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it is told what to do, if it can be.
    pub fn controls_address(&self) -> Option<SocketAddr> {
        self.controls.as_ref().map(|(address, _)| *address)
    }

    /// Misbehaves from now on, or behaves again.
    pub fn set_fault(&self, fault: Fault) {
        self.state.fault.send_replace(fault);
    }

    /// Gives the repository so many stars.
    pub fn set_stars(&self, stars: u64) {
        let mut inner = self.state.lock();
        inner.stars = stars;
        inner.version += 1;
    }

    /// Allows so many more answers; after the last all are 403 until four seconds later, says its header.
    pub fn set_left(&self, left: u64) {
        self.state.lock().left = left;
    }

    /// Says something on the stream.
    pub fn say(&self, text: &str, url: Option<&str>) {
        self.state.say(text, url);
    }

    /// How often a path was asked for.
    pub fn asked(&self, path: &str) -> u64 {
        self.state.lock().asked.get(path).copied().unwrap_or(0)
    }

    /// How often it has answered that nothing has changed.
    pub fn not_modified(&self) -> u64 {
        self.state.lock().not_modified
    }

    /// The ids with which streams were taken up again: the newest hundred, of each 64 bytes.
    pub fn last_ids(&self) -> Vec<String> {
        self.state.lock().last_ids.iter().cloned().collect()
    }

    /// How many follow the stream now.
    pub fn listeners(&self) -> usize {
        self.state.sightings.receiver_count()
    }
}

/// Serves at an address until the result is dropped. Where there is a state, its fault can be that it is down.
async fn listen(
    address: SocketAddr,
    app: Router,
    state: Option<Arc<State>>,
) -> io::Result<(SocketAddr, AbortOnDropHandle<()>)> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    let serving = tokio::spawn(async move {
        // They end with this task.
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => drop(connections.spawn(serve(stream, app.clone(), state.clone()))),
                    // There are no file descriptors left, mostly.
                    Err(_) => sleep(PAUSE).await,
                },
                Some(_) = connections.join_next() => {}
            }
        }
    });
    Ok((address, AbortOnDropHandle::new(serving)))
}

async fn serve(stream: TcpStream, app: Router, state: Option<Arc<State>>) {
    let service = service_fn(move |request: http::Request<hyper::body::Incoming>| {
        let app = app.clone();
        async move {
            Ok::<_, Infallible>(
                app.oneshot(request.map(Body::new)).await.unwrap_or_else(|never| match never {}),
            )
        }
    });
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let down = async {
        match state {
            Some(state) => drop(state.fault.subscribe().wait_for(|fault| *fault == Fault::Down).await),
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        // What it is down for is said first: nobody is answered.
        biased;
        () = down => {}
        _ = connection => {}
    }
}
