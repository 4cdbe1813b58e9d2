//! What a live socket keeps of its client.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::info::LiveInfo;
use super::leave::Leave;
use crate::channel::ChannelHandle;
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
    session: Option<SessionData>,
    /// Made when the first view has a view inside it.
    family: OnceLock<Box<Family>>,
}

impl LiveConnection {
    /// Takes what it needs from a client's wish to connect. Without a valid CSRF token there is no session, and joins are
    /// answered `stale` (spec §2.1).
    pub fn new(request: &Connect<'_>) -> Self {
        LiveConnection(Arc::new(Inner { session: request.session(), family: OnceLock::new() }))
    }

    /// The session's `live_socket_id`, for [`Socket::id`]: all sockets of a login can be disconnected by it (F092).
    pub fn socket_id(&self) -> Option<String> {
        self.session()?.text("live_socket_id").map(str::to_owned)
    }

    /// The cookie session that the socket has connected with, if any.
    pub fn session(&self) -> Option<&SessionData> {
        self.0.session.as_ref()
    }

    /// Views that are inside each other.
    pub(super) fn family(&self) -> &Family {
        self.0.family.get_or_init(Box::default)
    }

    /// Whether this instance of a view is joined, and may have views inside.
    pub(super) fn has(&self, instance: u64) -> bool {
        self.0
            .family
            .get()
            .is_some_and(|family| family.members().iter().any(|member| member.instance == instance))
    }
}

/// Views that are inside each other, on one connection.
#[derive(Debug, Default)]
pub(super) struct Family(Mutex<Vec<Member>>);

#[derive(Debug)]
struct Member {
    instance: u64,
    parent: Option<u64>,
    handle: ChannelHandle<LiveInfo>,
}

impl Family {
    pub(super) fn enter(&self, instance: u64, parent: Option<u64>, handle: ChannelHandle<LiveInfo>) {
        let mut members = self.members();
        if members.iter().all(|member| member.instance != instance) {
            members.push(Member { instance, parent, handle });
        }
    }

    /// Removes a view and tells those inside it to end.
    pub(super) fn leave(&self, instance: u64) {
        let mut members = self.members();
        members.retain(|member| member.instance != instance);
        for child in members.iter().filter(|member| member.parent == Some(instance)) {
            // One whose mailbox is full, or that has ended, ends anyway.
            let _ = child.handle.send(LiveInfo::ParentEnded);
        }
    }

    /// Asks the outermost view to go somewhere (F125). No, when there is none.
    pub(super) fn go(&self, instance: u64, leave: Leave) -> bool {
        let members = self.members();
        let find = |instance| members.iter().find(|member| member.instance == instance);
        let mut at = find(instance);
        while let Some(parent) = at.and_then(|member| member.parent) {
            at = find(parent);
        }
        at.is_some_and(|root| root.handle.send(LiveInfo::Go(leave)).is_ok())
    }

    fn members(&self) -> MutexGuard<'_, Vec<Member>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
