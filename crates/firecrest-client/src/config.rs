//! The options of a client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::Backoff;

/// A text that is asked for at every connect, so that it may change.
pub(crate) type Source = Arc<dyn Fn() -> String + Send + Sync>;

/// Where and how to connect. Every option but the URL has a default.
#[derive(Clone)]
#[must_use]
pub struct ClientConfig {
    pub(crate) url: String,
    pub(crate) params: Vec<(String, Source)>,
    pub(crate) auth_token: Option<Source>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) timeout: Duration,
    pub(crate) heartbeat: Duration,
    pub(crate) reconnect: Backoff,
    pub(crate) rejoin: Backoff,
    pub(crate) max_events: usize,
    pub(crate) max_event_bytes: usize,
    pub(crate) max_unsent: usize,
    pub(crate) max_unanswered: usize,
    pub(crate) max_message_size: usize,
}

impl ClientConfig {
    /// A client of the socket at this URL, in full: `ws://host:port/socket/websocket`. The parameter `vsn` is added.
    /// There is no TLS in this client, so no `wss`.
    pub fn new(url: impl Into<String>) -> Self {
        ClientConfig {
            url: url.into(),
            params: Vec::new(),
            auth_token: None,
            headers: Vec::new(),
            timeout: Duration::from_secs(10),
            heartbeat: Duration::from_secs(30),
            reconnect: Backoff::reconnect(),
            rejoin: Backoff::rejoin(),
            max_events: 1_024,
            max_event_bytes: 4 << 20,
            max_unsent: 64,
            max_unanswered: 4_096,
            max_message_size: 16 << 20,
        }
    }

    /// Adds a connect parameter (spec §1.5).
    pub fn param(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let value = value.into();
        self.param_with(name, move || value.clone())
    }

    /// Adds a connect parameter that is asked for at every connect: a token that expires, say.
    pub fn param_with(
        mut self,
        name: impl Into<String>,
        value: impl Fn() -> String + Send + Sync + 'static,
    ) -> Self {
        self.params.push((name.into(), Arc::new(value)));
        self
    }

    /// The official client's `authToken`, sent as a subprotocol (spec §1.10). The server must read it, or the connection
    /// fails.
    pub fn auth_token(self, token: impl Into<String>) -> Self {
        let token = token.into();
        self.auth_token_with(move || token.clone())
    }

    /// As [`auth_token`](Self::auth_token), asked for at every connect.
    pub fn auth_token_with(mut self, token: impl Fn() -> String + Send + Sync + 'static) -> Self {
        self.auth_token = Some(Arc::new(token));
        self
    }

    /// Adds a header to the request: `cookie`, `origin`, `x-…`.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// How long a connect, a join or a push may take. Default: 10 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Time between heartbeats (spec §3.16). One that is not answered before the next is due ends the connection.
    /// Default: 30 s.
    pub fn heartbeat(mut self, interval: Duration) -> Self {
        self.heartbeat = interval;
        self
    }

    /// Delays between attempts to connect again. Default: [`Backoff::reconnect`].
    pub fn reconnect(mut self, backoff: Backoff) -> Self {
        self.reconnect = backoff;
        self
    }

    /// Delays between attempts to join again. Default: [`Backoff::rejoin`].
    pub fn rejoin(mut self, backoff: Backoff) -> Self {
        self.rejoin = backoff;
        self
    }

    /// Most events that wait in one channel for [`Channel::next`](crate::Channel::next). Beyond this the oldest are
    /// dropped, and the next event is an [`Event::Lagged`](crate::Event::Lagged) that counts them. At least 1.
    /// Default: 1,024.
    pub fn max_events(mut self, events: usize) -> Self {
        self.max_events = events.max(1);
        self
    }

    /// Most payload bytes that wait in one channel; beyond this as with [`max_events`](Self::max_events), but the newest
    /// event is always kept. Default: 4 MiB.
    pub fn max_event_bytes(mut self, bytes: usize) -> Self {
        self.max_event_bytes = bytes;
        self
    }

    /// Most pushes of one channel that wait while it is not joined: its connection is lost, or it crashed. Beyond this
    /// they fail with [`PushError::Full`](crate::PushError::Full). Default: 64.
    pub fn max_unsent(mut self, pushes: usize) -> Self {
        self.max_unsent = pushes;
        self
    }

    /// Most pushes of all channels that wait for a reply; beyond this as with [`max_unsent`](Self::max_unsent).
    /// Default: 4,096.
    pub fn max_unanswered(mut self, pushes: usize) -> Self {
        self.max_unanswered = pushes;
        self
    }

    /// Largest message the server may send, in bytes; a larger one ends the connection. Default: 16 MiB.
    pub fn max_message_size(mut self, bytes: usize) -> Self {
        self.max_message_size = bytes;
        self
    }

    /// The URL as logs and errors show it: without its query, which may hold secrets.
    pub(crate) fn shown_url(&self) -> &str {
        self.url.split(['?', '#']).next().unwrap_or_default()
    }
}

/// Without the query of the URL and the values of parameters and headers, which may be secrets.
impl fmt::Debug for ClientConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientConfig")
            .field("url", &self.shown_url())
            .field("params", &self.params.iter().map(|(name, _)| name).collect::<Vec<_>>())
            .field("headers", &self.headers.iter().map(|(name, _)| name).collect::<Vec<_>>())
            .field("timeout", &self.timeout)
            .field("heartbeat", &self.heartbeat)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_printed() {
        let config =
            ClientConfig::new("ws://h/ws?token=s3cret").param("token", "s3cret").auth_token("s3cret");
        let text = format!("{:?}", config.header("cookie", "s3cret"));
        assert!(text.contains("token") && text.contains("cookie") && !text.contains("s3cret"), "{text}");
    }
}
