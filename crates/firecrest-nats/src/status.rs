//! How the connection is, and what the log says of it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use firecrest_pubsub::cluster::Health;

use crate::link::LinkError;
use crate::servers::Server;

/// How long it is no news that another attempt has failed.
const PAUSE: Duration = Duration::from_secs(60);

/// How the connection is. What becomes of it is logged: each loss and each return, and failing attempts once a minute.
#[derive(Debug)]
pub(crate) struct Status(Mutex<State>);

#[derive(Debug)]
struct State {
    health: Health,
    /// When a failed attempt was logged last.
    logged: Option<Instant>,
    /// When something that the server would not do was logged last.
    complained: Option<Instant>,
}

impl Status {
    pub(crate) fn new() -> Self {
        let health = Health::Connecting { since: SystemTime::now(), error: None };
        Status(Mutex::new(State { health, logged: None, complained: None }))
    }

    pub(crate) fn health(&self) -> Health {
        self.state().health.clone()
    }

    /// There is a connection. Returns how it was before; once closed, it stays so.
    pub(crate) fn connected(&self, server: &Server) -> Health {
        let mut state = self.state();
        match state.health {
            Health::Closed => return Health::Closed,
            Health::Disconnected { .. } => tracing::info!(%server, "connected to NATS again"),
            _ => tracing::info!(%server, "connected to NATS"),
        }
        state.logged = None;
        std::mem::replace(&mut state.health, Health::Connected)
    }

    /// The connection was lost, or an attempt has failed.
    pub(crate) fn failed(&self, server: &Server, error: &LinkError) {
        let mut state = self.state();
        let text = || error.to_string().into();
        match &mut state.health {
            Health::Connected => {
                metrics::counter!("firecrest_cluster_connections_lost_total", "engine" => "nats")
                    .increment(1);
                state.health = Health::Disconnected { since: SystemTime::now(), error: text() };
                tracing::warn!(%server, %error, "the connection to NATS is lost");
                return;
            }
            Health::Connecting { error, .. } => *error = Some(text()),
            Health::Disconnected { error, .. } => *error = text(),
            _ => return,
        }
        if is_news(&mut state.logged) {
            tracing::warn!(%server, %error, "cannot connect to NATS");
        }
    }

    /// The server would not do something, and goes on.
    pub(crate) fn complaint(&self, server: &Server, error: &LinkError) {
        if is_news(&mut self.state().complained) {
            tracing::warn!(%server, %error, "NATS refuses something");
        }
    }

    /// It was closed, for good.
    pub(crate) fn closed(&self) {
        self.state().health = Health::Closed;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether it was not logged in the last minute. It is now.
fn is_news(logged: &mut Option<Instant>) -> bool {
    let now = Instant::now();
    let is_news = logged.is_none_or(|last| now - last >= PAUSE);
    if is_news {
        *logged = Some(now);
    }
    is_news
}
