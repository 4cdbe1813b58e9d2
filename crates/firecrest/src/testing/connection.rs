//! A connection that a test plays the transport of.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Poll};

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
    id: Option<String>,
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
        Ok(Self::new(endpoint, S::connect(&connect).await?))
    }

    /// The connection of a socket that is connected already.
    pub fn new<S: Socket>(endpoint: &Endpoint, socket: S) -> Self {
        let id = socket.id();
        let options = SocketOptions::default();
        let mount = Arc::new(Mount { endpoint: endpoint.clone(), options, channels: S::channels() });
        let shared = Shared::new(Transport::Test, ProtocolVersion::V2, OutboxLimits::default());
        TestConnection { connection: Connection::new(shared, Instance::new(socket, &mount)), id }
    }

    /// The socket's id.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Ready when the client may [say](Self::send) something.
    pub fn poll_room(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.connection.poll_room(cx)
    }

    /// Says something as the client, once [`poll_room`](Self::poll_room) is ready.
    pub fn send(&mut self, message: Message) {
        // Whether it waits for room is asked before the next one.
        let _ = self.connection.dispatch(message);
    }

    /// Ready with the next frames for the client, or with the close code; the channels have been told to end then.
    pub fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Result<VecDeque<Frame>, CloseCode>> {
        let outbox = &self.connection.shared().outbox;
        let received = outbox.poll_take(cx);
        received.map_err(|reason| {
            self.connection.close(reason);
            reason.code()
        })
    }

    /// Closes the connection as the client.
    pub fn close(&mut self) {
        self.connection.close(CloseReason::Client(None));
    }
}
