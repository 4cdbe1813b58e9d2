//! How the two connections are, and what may have been lost on its way to this node.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use firecrest_pubsub::cluster::Health;

use crate::error::Reason;

/// How often a failing attempt is worth a line in the log.
const PAUSE: Duration = Duration::from_secs(60);

/// One of the connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Publisher,
    Subscriber,
}

/// How it is.
pub(crate) struct Status(Mutex<State>);

struct State {
    publishes: bool,
    subscribes: bool,
    was_connected: bool,
    is_closed: bool,
    /// Since when there is no connection.
    since: SystemTime,
    /// Why the last attempt failed, or the connection was lost.
    error: Option<Reason>,
    /// Whether messages to this node may have been lost, and it has not been told yet.
    has_missed: bool,
    /// When a failing attempt was last logged.
    logged: Option<Instant>,
}

impl Status {
    pub(crate) fn new() -> Self {
        Status(Mutex::new(State {
            publishes: false,
            subscribes: false,
            was_connected: false,
            is_closed: false,
            since: SystemTime::now(),
            error: None,
            has_missed: false,
            logged: None,
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn health(&self) -> Health {
        let state = self.state();
        let (since, error) = (state.since, state.error.clone());
        match error {
            _ if state.is_closed => Health::Closed,
            _ if state.is_connected() => Health::Connected,
            Some(error) if state.was_connected => Health::Disconnected { since, error },
            error => Health::Connecting { since, error },
        }
    }

    pub(crate) fn is_connected(&self) -> bool {
        let state = self.state();
        state.is_connected() && !state.is_closed
    }

    /// One of the connections is there.
    pub(crate) fn up(&self, side: Side) {
        let mut state = self.state();
        *state.side(side) = true;
        if !state.is_connected() {
            return;
        }
        let again = std::mem::replace(&mut state.was_connected, true);
        (state.error, state.logged) = (None, None);
        let away = state.since.elapsed().unwrap_or_default();
        drop(state);
        if again {
            tracing::info!(?away, "connected to Redis again");
        } else {
            tracing::info!("connected to Redis");
        }
    }

    /// One of the connections is lost, or could not be made.
    pub(crate) fn down(&self, side: Side, reason: &Reason) {
        let mut state = self.state();
        let was_connected = state.is_connected();
        let was_up = std::mem::take(state.side(side));
        state.error = Some(Reason::clone(reason));
        state.has_missed |= was_up && side == Side::Subscriber;
        if was_connected {
            state.since = SystemTime::now();
        }
        let is_news = !was_up && state.logged.is_none_or(|logged| logged.elapsed() >= PAUSE);
        if is_news {
            state.logged = Some(Instant::now());
        }
        drop(state);
        if was_up {
            metrics::counter!("firecrest_cluster_connections_lost_total", "engine" => "redis").increment(1);
        }
        if was_connected {
            tracing::warn!(%reason, "the connection to Redis is lost");
        } else if is_news {
            tracing::warn!(%reason, "no connection to Redis");
        }
    }

    /// Whether this node must be told now that it has missed messages. Says it once.
    pub(crate) fn take_missed(&self) -> bool {
        std::mem::take(&mut self.state().has_missed)
    }

    pub(crate) fn close(&self) {
        self.state().is_closed = true;
    }
}

impl State {
    fn is_connected(&self) -> bool {
        self.publishes && self.subscribes
    }

    fn side(&mut self, side: Side) -> &mut bool {
        match side {
            Side::Publisher => &mut self.publishes,
            Side::Subscriber => &mut self.subscribes,
        }
    }
}
