//! What a live socket keeps of its client.

use std::sync::{Arc, OnceLock};

use super::family::{Family, Outer};
use crate::session::SessionData;
use crate::socket::{Connect, Socket};

/// A socket that live views can be joined on: [`LiveSocket`](super::LiveSocket), or a type of yours that serves ordinary
/// channels too (F175).
///
/// ```
/// use firecrest::prelude::*;
///
/// struct UserSocket { live: LiveConnection }
///
/// impl Socket for UserSocket {
///     async fn connect(request: &Connect<'_>) -> Result<Self, Refused> {
///         Ok(UserSocket { live: LiveConnection::new(request) })
///     }
///     fn id(&self) -> Option<String> {
///         self.live.socket_id()
///     }
///     fn channels() -> Channels<Self> {
///         Channels::new().live()
///     }
/// }
///
/// impl LiveHost for UserSocket {
///     fn live(&self) -> &LiveConnection {
///         &self.live
///     }
/// }
/// ```
pub trait LiveHost: Socket {
    /// What `connect` has made with [`LiveConnection::new`].
    fn live(&self) -> &LiveConnection;
}

/// What live views need to know of a connection. Clones are the same.
#[derive(Clone, Debug)]
pub struct LiveConnection(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    session: Option<Arc<SessionData>>,
    /// Made when the first view has a view inside it.
    family: OnceLock<Box<Family>>,
}

impl LiveConnection {
    /// Takes what it needs from a client's wish to connect. Without a valid CSRF token there is no session, and joins are
    /// answered `stale` (spec §2.1).
    pub fn new(request: &Connect<'_>) -> Self {
        LiveConnection(Arc::new(Inner { session: request.session().map(Arc::new), family: OnceLock::new() }))
    }

    /// The session's `live_socket_id`, for [`Socket::id`]: all sockets of a login can be disconnected by it (F092).
    pub fn socket_id(&self) -> Option<String> {
        self.session()?.text("live_socket_id").map(str::to_owned)
    }

    /// The cookie session that the socket has connected with, if any.
    pub fn session(&self) -> Option<&SessionData> {
        self.0.session.as_deref()
    }

    pub(super) fn shared_session(&self) -> Option<&Arc<SessionData>> {
        self.0.session.as_ref()
    }

    /// Views that are inside each other.
    pub(super) fn family(&self) -> &Family {
        self.0.family.get_or_init(Box::default)
    }

    /// What has become of a view that has others inside.
    pub(super) fn outer(&self, instance: u64) -> Outer {
        self.0.family.get().map_or(Outer::Gone, |family| family.outer(instance))
    }
}
