//! The connection that a view is shown over (F087).

use std::sync::{Arc, Weak};

use super::View;
use super::page::Ear;
use crate::connection::{CloseReason, Shared, Transport};

/// A client's connection, which all views of its page share. It does not keep the connection open.
#[derive(Clone, Debug)]
pub struct Line {
    connection: Weak<Shared>,
    transport: Transport,
}

impl Line {
    /// How the client is connected.
    pub fn transport(&self) -> Transport {
        self.transport
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.connection.upgrade().is_some_and(|connection| connection.outbox.closed().is_none())
    }

    /// Closes it, after what waits to be sent. The client connects again, and its views are mounted anew: to end a login on all its
    /// connections, [disconnect](crate::Endpoint::disconnect) its socket id.
    pub fn close(&self) {
        if let Some(connection) = self.connection.upgrade() {
            connection.outbox.close(CloseReason::Disconnected);
        }
    }
}

impl<I: Send + 'static> View<'_, I> {
    /// The connection that this view is shown over (F087); none while there is no socket. A view that asks in `mount` is mounted for
    /// page and socket.
    pub fn line(&mut self) -> Option<Line> {
        self.reach.page.needs_socket |= !self.reach.page.connected;
        let Ear::Channel(channel) = self.reach.ear else { return None };
        let connection = &channel.connection;
        Some(Line { connection: Arc::downgrade(connection), transport: connection.transport })
    }
}
