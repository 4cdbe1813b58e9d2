//! What `firecrest-test` needs: a connection that a test plays the transport of. Not for applications.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::sync::Arc;

use firecrest_wire::params::Params;
use firecrest_wire::websocket::{CloseCode, Frame};
use firecrest_wire::{Message, ProtocolVersion};
use http::Request;

use crate::Endpoint;
use crate::connection::{CloseReason, Connection, OutboxLimits, Shared, Transport};
use crate::socket::{Connect, Instance, Mount, Refused, Socket, SocketOptions};

/// A connection without a network.
pub struct TestConnection {
    connection: Connection,
}

/// What a test connects with.
#[derive(Debug, Default)]
pub struct TestRequest {
    /// The parameters.
    pub params: Params,
    /// The request: headers and URI.
    pub request: Request<()>,
    /// The official client's `authToken`.
    pub auth_token: Option<String>,
    /// The client's address.
    pub peer: Option<SocketAddr>,
}

impl TestConnection {
    /// Runs the socket's `connect`.
    ///
    /// # Errors
    /// When it refuses.
    pub async fn connect<S: Socket>(endpoint: &Endpoint, request: TestRequest) -> Result<Self, Refused> {
        let TestRequest { params, request, auth_token, peer } = request;
        let (parts, ()) = request.into_parts();
        let connect = Connect {
            endpoint,
            params: &params,
            parts: &parts,
            transport: Transport::Test,
            peer,
            auth_token: auth_token.as_deref(),
            check_csrf: true,
        };
        let socket = S::connect(&connect).await?;
        let options = SocketOptions::default();
        let mount = Arc::new(Mount { endpoint: endpoint.clone(), options, channels: S::channels() });
        let shared = Shared::new(Transport::Test, ProtocolVersion::V2, OutboxLimits::default());
        Ok(TestConnection { connection: Connection::new(shared, Instance::new(socket, &mount)) })
    }

    /// Says something as the client. Waits for room in the channel's mailbox.
    pub async fn send(&mut self, message: Message) {
        poll_fn(|cx| self.connection.poll_room(cx)).await;
        let _ = self.connection.dispatch(message);
    }

    /// The next frames for the client, or the close code once the connection is closed.
    ///
    /// # Errors
    /// The close code.
    pub async fn receive(&mut self) -> Result<VecDeque<Frame>, CloseCode> {
        let outbox = &self.connection.shared().outbox;
        let received = poll_fn(|cx| outbox.poll(cx)).await;
        outbox.written();
        received.map_err(CloseReason::code)
    }

    /// Closes the connection as the client.
    pub fn close(&mut self) {
        self.connection.close(CloseReason::Client(None));
    }
}
