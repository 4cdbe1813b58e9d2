//! How the two connections are, and what may have been lost without them.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use firecrest_pubsub::cluster::{Gap, Health};

use crate::error::Reason;
use crate::queue::Queue;

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
    /// Whether messages to this node may have been lost, and it has not been told yet. Only of interest while it hears.
    has_missed: bool,
    /// Whether messages from this node may have been lost with a connection. Only of interest while it publishes.
    has_lost: bool,
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
            has_lost: false,
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

    /// One of the connections is there; `is_gap` when messages were lost before it, even if it is the first. Whether there are both
    /// now.
    pub(crate) fn up(&self, side: Side, is_gap: bool) -> bool {
        let mut state = self.state();
        *state.side(side) = true;
        let is_gap = is_gap || state.was_connected;
        match side {
            Side::Publisher => state.has_lost |= is_gap,
            Side::Subscriber => state.has_missed |= is_gap,
        }
        if state.is_closed || !state.is_connected() {
            return false;
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
        true
    }

    /// One of the connections is lost, or could not be made.
    pub(crate) fn down(&self, side: Side, reason: &Reason) {
        let mut state = self.state();
        let was_connected = state.is_connected();
        let was_up = std::mem::take(state.side(side));
        state.error = Some(Reason::clone(reason));
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

    /// Which messages may have been lost, if there are both connections. Says it once.
    pub(crate) fn take_gaps(&self, queue: &Queue) -> Vec<Gap> {
        let mut state = self.state();
        if state.is_closed || !state.is_connected() {
            return Vec::new();
        }
        let has_missed = std::mem::take(&mut state.has_missed);
        let has_lost = std::mem::take(&mut state.has_lost) | queue.take_lost();
        let (missed, lost) = (has_missed.then_some(Gap::In), has_lost.then_some(Gap::Out));
        missed.into_iter().chain(lost).collect()
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

#[cfg(test)]
mod tests {
    use super::Side::{Publisher, Subscriber};
    use super::*;
    use crate::RedisClusterOptions;

    fn new() -> (Status, Queue) {
        (Status::new(), Queue::new(&RedisClusterOptions::default()))
    }

    #[test]
    fn nothing_is_lost_before_the_first_connection_unless_somebody_says_so() {
        let (status, queue) = new();
        // One of them breaks before there are both.
        for side in [Subscriber, Publisher] {
            assert!(!status.up(side, false));
            status.down(side, &"broken".into());
        }
        assert!(!status.up(Publisher, false));
        assert!(status.up(Subscriber, false));
        assert_eq!(status.take_gaps(&queue), []);

        let (status, queue) = new();
        status.up(Subscriber, true);
        assert_eq!(status.take_gaps(&queue), [], "not yet");
        assert!(status.up(Publisher, false));
        assert_eq!(status.take_gaps(&queue), [Gap::In]);
    }

    #[test]
    fn a_gap_is_told_with_both_connections_and_once() {
        let (status, queue) = new();
        status.up(Subscriber, false);
        status.up(Publisher, false);
        for (side, gap) in [(Subscriber, Gap::In), (Publisher, Gap::Out)] {
            status.down(side, &"broken".into());
            assert_eq!(status.take_gaps(&queue), [], "what comes until then is missed too");
            assert!(status.up(side, false));
            assert_eq!(status.take_gaps(&queue), [gap]);
            assert_eq!(status.take_gaps(&queue), []);
        }
        status.down(Subscriber, &"broken".into());
        status.down(Publisher, &"broken".into());
        status.up(Subscriber, false);
        status.down(Subscriber, &"broken again".into());
        status.up(Publisher, false);
        assert_eq!(status.take_gaps(&queue), []);
        assert!(status.up(Subscriber, false));
        assert_eq!(status.take_gaps(&queue), [Gap::In, Gap::Out]);
    }

    #[test]
    fn nothing_counts_after_the_end() {
        let (status, queue) = new();
        status.up(Subscriber, true);
        status.close();
        assert!(!status.up(Publisher, false));
        assert_eq!(status.take_gaps(&queue), []);
    }
}
