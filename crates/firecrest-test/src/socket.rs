//! A socket under test.

use std::marker::PhantomData;
use std::net::SocketAddr;
use std::sync::Arc;

use firecrest::socket::Refused;
use firecrest::testing::{TestConnection, TestRequest};
use firecrest::wire::websocket::CloseCode;
use firecrest::wire::{Payload, Ref, Text};
use firecrest::{Endpoint, Socket};
use serde::Serialize;
use serde_json::Value;

use crate::inbox::{Inbox, json};
use crate::params::{params, payload};
use crate::{TestChannel, settle};

/// A connected client of the socket `S`.
pub struct TestSocket<S> {
    endpoint: Endpoint,
    inbox: Arc<Inbox>,
    socket: PhantomData<fn() -> S>,
}

/// What a client connects with besides its parameters.
#[derive(Debug, Default)]
pub struct ConnectOptions {
    /// Request headers.
    pub headers: http::HeaderMap,
    /// The official client's `authToken`.
    pub auth_token: Option<String>,
    /// The client's address.
    pub peer: Option<SocketAddr>,
}

/// The answer to a join that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal(pub Value);

impl<S: Socket> TestSocket<S> {
    /// Connects to an endpoint of its own, with these parameters (`()` for none).
    ///
    /// # Errors
    /// When the socket refuses.
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

    /// Connects with headers, a token, an address.
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
        let connection = TestConnection::connect::<S>(endpoint, request).await?;
        Ok(TestSocket { endpoint: endpoint.clone(), inbox: Arc::new(Inbox::new(connection)), socket: PhantomData })
    }

    /// The endpoint: to broadcast, say.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Joins a topic.
    ///
    /// # Errors
    /// What the channel answered if it refused.
    pub async fn join(&self, topic: &str, params: impl Serialize) -> Result<TestChannel, Refusal> {
        Ok(self.join_with_reply(topic, params).await?.0)
    }

    /// Joins a topic and returns the answer too.
    ///
    /// # Errors
    /// What the channel answered if it refused.
    pub async fn join_with_reply(
        &self,
        topic: &str,
        params: impl Serialize,
    ) -> Result<(TestChannel, Value), Refusal> {
        let join = Payload::Json(Text::from(payload(&params).to_string()));
        let reference = self.inbox.send(None, topic, "phx_join", join).await;
        let answer = self.inbox.take("the answer to a join", |heard| heard.reference == reference).await;
        let response = json(&answer.payload);
        match answer.status.as_deref() {
            Some("ok") => Ok((TestChannel::new(Arc::clone(&self.inbox), topic, reference), response)),
            _ => Err(Refusal(response)),
        }
    }

    /// Sends a heartbeat and waits for its answer.
    pub async fn heartbeat(&self) {
        let reference = self.inbox.send(Some(&Ref::null()), "phoenix", "heartbeat", Payload::empty()).await;
        self.inbox.take("the answer to a heartbeat", |heard| heard.reference == reference).await;
    }

    /// Hangs up, and lets the channels end.
    pub async fn close(&self) {
        self.inbox.close().await;
        settle().await;
    }

    /// Waits until the server has closed the connection; returns the close code.
    pub async fn expect_closed(&self) -> CloseCode {
        self.inbox.closed().await
    }
}

impl<S> std::fmt::Debug for TestSocket<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TestSocket").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}
