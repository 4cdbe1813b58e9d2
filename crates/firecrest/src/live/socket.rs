//! The socket of pages that only have live views.

use super::channel::LiveChannel;
use super::upload::{MAX_UNDERWAY, UploadChannel};
use super::{LiveConnection, LiveHost};
use crate::socket::{Channels, Connect, Refused, Socket};

/// A socket for live views and nothing else: what [`Endpoint::live`](crate::Endpoint::live) mounts.
#[derive(Debug)]
pub struct LiveSocket(LiveConnection);

impl Socket for LiveSocket {
    /// Never refuses: who may see what is decided when a view is joined.
    async fn connect(request: &Connect<'_>) -> Result<Self, Refused> {
        Ok(LiveSocket(LiveConnection::new(request)))
    }

    fn id(&self) -> Option<String> {
        self.0.socket_id()
    }

    fn channels() -> Channels<Self> {
        Channels::new().live()
    }
}

impl LiveHost for LiveSocket {
    fn live(&self) -> &LiveConnection {
        &self.0
    }
}

impl<S: LiveHost> Channels<S> {
    /// Serves live views: every topic that begins with `lv:` (F175), and with `lvu:` for the files that they take.
    #[must_use]
    pub fn live(self) -> Self {
        self.route::<LiveChannel>("lv:*").route::<UploadChannel>("lvu:*").apart(MAX_UNDERWAY)
    }
}
