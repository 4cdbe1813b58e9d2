//! What a live socket keeps of its client.

use std::sync::{Arc, OnceLock};

use super::arrival::KeptRequest;
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
    /// Made when something of the request is kept, or when the first view has a view inside it.
    more: OnceLock<Box<More>>,
}

/// What only some connections have.
#[derive(Debug, Default)]
struct More {
    family: Family,
    /// What was kept of the request that has opened the socket.
    request: Option<Arc<KeptRequest>>,
}

impl LiveConnection {
    /// Takes what it needs from a client's wish to connect. Without a valid CSRF token there is no session, and joins are
    /// answered `stale` (spec §2.1).
    pub fn new(request: &Connect<'_>) -> Self {
        let more = OnceLock::new();
        if let Some(names) = request.endpoint().live_table().settings.headers() {
            let kept = KeptRequest::new(&names, request.peer(), request.headers());
            more.get_or_init(|| Box::new(More { request: Some(Arc::new(kept)), ..More::default() }));
        }
        LiveConnection(Arc::new(Inner { session: request.session().map(Arc::new), more }))
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

    /// What was kept of the request that has opened the socket.
    pub(super) fn request(&self) -> Option<Arc<KeptRequest>> {
        self.0.more.get()?.request.clone()
    }

    /// Views that are inside each other.
    pub(super) fn family(&self) -> &Family {
        &self.0.more.get_or_init(Box::default).family
    }

    /// What has become of a view that has others inside.
    pub(super) fn outer(&self, instance: u64) -> Outer {
        self.0.more.get().map_or(Outer::Gone, |more| more.family.outer(instance))
    }
}
