//! A socket under test.

use std::marker::PhantomData;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use firecrest::socket::Refused;
use firecrest::testing::{TestConnection, TestRequest};
use firecrest::wire::websocket::CloseCode;
use firecrest::wire::{Payload, Ref, Text};
use firecrest::{Endpoint, Socket};
use serde::Serialize;
use serde_json::Value;

use crate::client::{Client, json};
use crate::inbox::WAIT;
use crate::params::{params, payload};
use crate::{TestChannel, settle};

/// A connected client of the socket `S`. Dropped together with its channels, it vanishes from the network.
pub struct TestSocket<S> {
    endpoint: Endpoint,
    client: Arc<Client>,
    id: Option<String>,
    wait: Duration,
    socket: PhantomData<fn() -> S>,
}

/// What a client connects with besides its parameters.
#[derive(Clone, Debug, Default)]
pub struct ConnectOptions {
    /// Request headers, the cookie of a session among them. Default: none.
    pub headers: http::HeaderMap,
    /// The official client's `authToken`, as if the socket were mounted with `auth_token`. Default: none.
    pub auth_token: Option<String>,
    /// The client's address. Default: unknown.
    pub peer: Option<SocketAddr>,
}

/// The answer to a join that was refused (C086), or that crashed (C087).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the join was refused with {0}")]
pub struct Refusal(pub Value);

impl<S: Socket> TestSocket<S> {
    /// Connects to an endpoint of its own, with these parameters: `()` is none, and all values become text (C100).
    ///
    /// # Errors
    /// When the socket refuses (C097).
    pub async fn connect(params: impl Serialize) -> Result<Self, Refused> {
        let endpoint = Endpoint::builder().node("test").build().expect("the defaults are valid");
        Self::connect_to(&endpoint, params).await
    }

    /// Connects to an endpoint. Several clients of one endpoint hear each other.
    ///
    /// # Errors
    /// When the socket refuses.
    pub async fn connect_to(endpoint: &Endpoint, params: impl Serialize) -> Result<Self, Refused> {
        Self::connect_with(endpoint, params, ConnectOptions::default()).await
    }

    /// Connects with headers, a token, an address: what the `connect_info` option of spec §9 is for.
    ///
    /// # Errors
    /// When the socket refuses.
    pub async fn connect_with(
        endpoint: &Endpoint,
        with: impl Serialize,
        options: ConnectOptions,
    ) -> Result<Self, Refused> {
        let ConnectOptions { headers, auth_token, peer } = options;
        let mut request = http::Request::new(());
        *request.headers_mut() = headers;
        let request = TestRequest { params: params(&with), request, auth_token, peer };
        Ok(Self::carry(endpoint, TestConnection::connect::<S>(endpoint, request).await?))
    }

    /// A client whose socket is this value: its `connect` does not run (C082).
    pub fn new(endpoint: &Endpoint, socket: S) -> Self {
        Self::carry(endpoint, TestConnection::new(endpoint, socket))
    }

    fn carry(endpoint: &Endpoint, connection: TestConnection) -> Self {
        let id = connection.id().map(Into::into);
        let client = Client::new(connection);
        TestSocket { endpoint: endpoint.clone(), client, id, wait: WAIT, socket: PhantomData }
    }

    /// Sets how long expectations wait, on this socket and on the channels it joins from now on, instead of 100 ms
    /// (spec §9). In virtual time that costs nothing.
    #[must_use]
    pub fn within(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// The endpoint: to broadcast, say.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// The socket's id (C098).
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Joins a topic, routed as the socket's `channels` say (C084, C097). `()` is the empty payload.
    ///
    /// # Errors
    /// What the channel answered if it refused.
    ///
    /// # Panics
    /// When there is no answer in time.
    pub async fn join(&self, topic: &str, params: impl Serialize) -> Result<TestChannel, Refusal> {
        Ok(self.join_with_reply(topic, params).await?.0)
    }

    /// Joins a topic and returns the answer too (C084).
    ///
    /// # Errors
    /// What the channel answered if it refused.
    ///
    /// # Panics
    /// When there is no answer in time.
    pub async fn join_with_reply(
        &self,
        topic: &str,
        params: impl Serialize,
    ) -> Result<(TestChannel, Value), Refusal> {
        let join = Payload::Json(Text::from(payload(&params).to_string()));
        let reference = self.client.send(self.wait, None, topic, "phx_join", join).await;
        let what = format!("the answer to the join of {topic:?}");
        let answer = self.client.inbox.take(self.wait, &what, |heard| heard.reference == reference).await;
        let response = json(&answer.payload);
        match answer.status.as_deref() {
            Some("ok") => {
                Ok((TestChannel::new(Arc::clone(&self.client), topic, reference, self.wait), response))
            }
            _ => Err(Refusal(response)),
        }
    }

    /// Sends a heartbeat and waits for its answer.
    ///
    /// # Panics
    /// When there is none in time.
    pub async fn heartbeat(&self) {
        let empty = Payload::empty();
        let reference = self.client.send(self.wait, Some(&Ref::null()), "phoenix", "heartbeat", empty).await;
        let what = "the answer to a heartbeat";
        self.client.inbox.take(self.wait, what, |heard| heard.reference == reference).await;
    }

    /// Hangs up, and lets the channels end (C107). Again it is harmless.
    pub async fn close(&self) {
        self.client.close().await;
        settle().await;
    }

    /// Expects the server to close the connection; returns the close code. Its channels have ended then (C112).
    ///
    /// # Panics
    /// When it does not in time.
    pub async fn expect_closed(&self) -> CloseCode {
        let code = self.client.inbox.expect_closed(self.wait).await;
        settle().await;
        code
    }

    /// Checks that the connection is open.
    ///
    /// # Panics
    /// When it has been closed.
    pub async fn refute_closed(&self) {
        settle().await;
        let closed = self.client.inbox.closed().map(CloseCode::as_u16);
        assert!(closed.is_none(), "expected the connection to be open, but it was closed with {closed:?}");
    }
}

impl<S> std::fmt::Debug for TestSocket<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TestSocket").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}
