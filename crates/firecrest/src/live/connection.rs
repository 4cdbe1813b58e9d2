//! What a live socket keeps of its client.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::info::LiveInfo;
use super::leave::Leave;
use crate::channel::{ChannelHandle, Reason, SendError, Shared};
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
        self.0.family.get().map_or(Outer::Gone, |family| family.members().outer(instance))
    }
}

/// What has become of the view around another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outer {
    Joined,
    /// It has just sent the page elsewhere.
    Departed,
    /// It has ended, or never was.
    Gone,
}

/// Views that are inside each other, on one connection.
#[derive(Debug, Default)]
pub(super) struct Family(Mutex<Members>);

#[derive(Debug, Default)]
struct Members {
    joined: Vec<Member>,
    /// Views that have sent the page elsewhere, the last ones.
    departed: VecDeque<u64>,
}

#[derive(Debug)]
struct Member {
    instance: u64,
    parent: Option<u64>,
    channel: Arc<Shared>,
}

/// How many views are remembered that have sent the page elsewhere.
const DEPARTED: usize = 8;

impl Members {
    fn find(&self, instance: u64) -> Option<&Member> {
        self.joined.iter().find(|member| member.instance == instance)
    }

    fn outer(&self, instance: u64) -> Outer {
        if self.find(instance).is_some() {
            Outer::Joined
        } else if self.departed.contains(&instance) {
            Outer::Departed
        } else {
            Outer::Gone
        }
    }
}

impl Family {
    /// Adds a view. It is not added when the view around it is not there any more.
    pub(super) fn enter(&self, instance: u64, parent: Option<u64>, channel: &Arc<Shared>) -> Outer {
        let mut members = self.members();
        let outer = parent.map_or(Outer::Joined, |parent| members.outer(parent));
        if outer == Outer::Joined && members.find(instance).is_none() {
            members.joined.push(Member { instance, parent, channel: Arc::clone(channel) });
        }
        outer
    }

    /// Removes a view and tells those inside it to end.
    pub(super) fn leave(&self, instance: u64) {
        let mut members = self.members();
        members.joined.retain(|member| member.instance != instance);
        for child in members.joined.iter().filter(|member| member.parent == Some(instance)) {
            child.channel.mailbox.close(Reason::Normal);
        }
    }

    /// Remembers that a view has sent the page elsewhere: one inside that is about to join need not wonder.
    pub(super) fn depart(&self, instance: u64) {
        let mut members = self.members();
        members.departed.push_back(instance);
        if members.departed.len() > DEPARTED {
            members.departed.pop_front();
        }
    }

    /// Asks the outermost view to go somewhere (F125).
    ///
    /// # Errors
    /// When it has ended, or as many messages wait for it as may.
    pub(super) fn go(&self, instance: u64, leave: Leave) -> Result<(), SendError> {
        let members = self.members();
        let mut at = members.find(instance);
        while let Some(parent) = at.and_then(|member| member.parent) {
            at = members.find(parent);
        }
        let root = at.ok_or(SendError::Closed)?;
        ChannelHandle::new(Arc::clone(&root.channel)).send(LiveInfo::Go(leave))
    }

    fn members(&self) -> MutexGuard<'_, Members> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
