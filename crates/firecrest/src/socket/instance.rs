//! A connected socket, and the mount it came in by.

use std::sync::Arc;

use firecrest_wire::Ref;
use tokio::task::JoinHandle;

use super::routes::Route;
use super::{Channels, Socket, SocketOptions};
use crate::Endpoint;
use crate::channel::{self, Start};
use crate::connection;

/// A socket handler mounted at a path: what all its connections share.
pub(crate) struct Mount<S> {
    pub(crate) endpoint: Endpoint,
    pub(crate) options: SocketOptions,
    pub(crate) channels: Channels<S>,
}

/// One client's socket.
pub(crate) struct Instance<S> {
    pub(crate) socket: S,
    pub(crate) endpoint: Endpoint,
    pub(crate) mount: Arc<Mount<S>>,
}

impl<S: Socket> Instance<S> {
    pub(crate) fn new(socket: S, mount: &Arc<Mount<S>>) -> Arc<Self> {
        Arc::new(Instance { socket, endpoint: mount.endpoint.clone(), mount: Arc::clone(mount) })
    }

    pub(crate) fn route(&self, route: usize) -> &Route<S> {
        self.mount.channels.get(route)
    }
}

/// How many channels a connection may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bound {
    pub(crate) channels: usize,
    /// Whether they are not counted with the others.
    pub(crate) is_apart: bool,
}

/// A connected socket of any type: what a connection needs of it.
pub(crate) trait ConnectedSocket: Send + Sync {
    fn endpoint(&self) -> &Endpoint;
    fn id(&self) -> Option<String>;
    /// Most channels of a connection; those of a route that counts apart have a bound of their own.
    fn bound(&self, route: usize) -> Bound;
    /// The number of the first route that serves the topic.
    fn route(&self, topic: &str) -> Option<usize>;
    /// A new channel instance on a route, not yet running.
    fn channel(
        &self,
        route: usize,
        connection: &Arc<connection::Shared>,
        topic: &str,
        join_ref: Ref,
        reference: &Ref,
    ) -> Arc<channel::Shared>;
    /// Runs a channel instance.
    fn start(self: Arc<Self>, start: Start) -> JoinHandle<()>;
}

impl<S: Socket> ConnectedSocket for Instance<S> {
    fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    fn id(&self) -> Option<String> {
        self.socket.id()
    }

    fn bound(&self, route: usize) -> Bound {
        match self.route(route).apart {
            Some(channels) => Bound { channels, is_apart: true },
            None => Bound { channels: self.mount.options.max_channels, is_apart: false },
        }
    }

    fn route(&self, topic: &str) -> Option<usize> {
        self.mount.channels.find(topic)
    }

    fn channel(
        &self,
        route: usize,
        connection: &Arc<connection::Shared>,
        topic: &str,
        join_ref: Ref,
        reference: &Ref,
    ) -> Arc<channel::Shared> {
        let Route { intercepts, mailbox, meters, .. } = self.mount.channels.get(route);
        let connection = Arc::clone(connection);
        Arc::new(channel::Shared::new(connection, topic, join_ref, reference, intercepts, *mailbox, meters))
    }

    fn start(self: Arc<Self>, start: Start) -> JoinHandle<()> {
        let run = self.mount.channels.get(start.route).start;
        run(self, start)
    }
}
