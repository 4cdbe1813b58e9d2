//! What the mounts of an endpoint's live views have set for all of them.

use std::any::TypeId;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use http::HeaderName;

use super::inspect::Views;
use super::kind::Kind;

/// Settings that are read whenever a view is mounted.
#[derive(Debug, Default)]
pub(super) struct Settings {
    /// The headers of a request that are kept; nothing when nothing is.
    headers: RwLock<Option<Arc<[HeaderName]>>>,
    /// Path and query of the files that pages track; nothing when none were named.
    files: RwLock<Option<Arc<HashSet<String>>>>,
    /// The path of the socket that a type of views uses in pages of other handlers.
    sockets: RwLock<HashMap<TypeId, String>>,
    /// Made when the joined views can be looked into.
    views: OnceLock<Arc<Views>>,
}

impl Settings {
    pub(super) fn headers(&self) -> Option<Arc<[HeaderName]>> {
        self.headers.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set_headers(&self, names: Vec<HeaderName>) {
        *self.headers.write().unwrap_or_else(PoisonError::into_inner) = Some(names.into());
    }

    pub(super) fn files(&self) -> Option<Arc<HashSet<String>>> {
        self.files.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn socket_of(&self, kind: &Kind) -> Option<String> {
        self.sockets.read().unwrap_or_else(PoisonError::into_inner).get(&(kind.type_id)()).cloned()
    }

    pub(super) fn set_socket_of(&self, kind: &Kind, path: &str) {
        let mut sockets = self.sockets.write().unwrap_or_else(PoisonError::into_inner);
        sockets.insert((kind.type_id)(), path.to_owned());
    }

    pub(super) fn views(&self) -> Option<Arc<Views>> {
        self.views.get().map(Arc::clone)
    }

    pub(super) fn list_views(&self) {
        self.views.get_or_init(Arc::default);
    }

    pub(super) fn set_files(&self, files: HashSet<String>) {
        *self.files.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(files));
    }
}
