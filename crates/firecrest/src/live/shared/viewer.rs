//! Who looks at a shared view.

use std::sync::Arc;

use http::Extensions;
use serde::de::DeserializeOwned;

use crate::live::page::Page;
use crate::live::table::LiveSession;
use crate::session::SessionData;
use crate::viewers::ViewerId;

/// One client in front of a shared view: a tab of a browser (K007). Clones are the same.
#[derive(Clone, Debug)]
pub struct Viewer {
    id: ViewerId,
    visit: Arc<Visit>,
}

/// What is known of the visitor.
#[derive(Debug)]
pub(super) struct Visit {
    session: Arc<SessionData>,
    live_session: Option<Arc<LiveSession>>,
    extensions: Extensions,
}

impl Visit {
    /// What the hooks have left on a page.
    pub(super) fn of(page: &Page) -> Self {
        Visit {
            session: Arc::clone(&page.visit.session),
            live_session: page.visit.live_session.clone(),
            extensions: page.extensions.clone(),
        }
    }
}

impl Viewer {
    pub(super) fn new(id: ViewerId, visit: Visit) -> Self {
        Viewer { id, visit: Arc::new(visit) }
    }

    /// Unique on this node, and another after each reconnect.
    pub fn id(&self) -> ViewerId {
        self.id
    }

    /// A value of the visitor's session: of what the live session was given, or else of the cookie session.
    pub fn session<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        match self.visit.live_session.as_ref().and_then(|session| session.given.get(key)) {
            Some(value) => T::deserialize(value).ok(),
            None => self.visit.session.get(key),
        }
    }

    /// A value that a mount hook has left (see [`Mount::insert`](crate::live::Mount::insert)).
    pub fn get<T: Clone + Send + Sync + 'static>(&self) -> Option<&T> {
        self.visit.extensions.get()
    }
}
