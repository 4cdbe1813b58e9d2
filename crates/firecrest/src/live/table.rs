//! What an endpoint knows of its live views: routes, live sessions, types.

use std::collections::{HashMap, HashSet};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use firecrest_wire::params::{Params, ParamsError};
use matchit::{InsertError, Match};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use tokio::sync::Notify;
use tokio::time::timeout;
use tokio_util::task::TaskTracker;

use super::address::{self, Address};
use super::hook::ErasedHook;
use super::hosts::{Host, Routes};
use super::kind::Kind;
use super::parked::Parked;
use super::settings::Settings;
use super::shared::Stages;
use super::upload::Desk;
use super::{Layout, RootLayout};

/// How long a sticky view waits for the page around it: half of what its client waits.
const SHOWN: Duration = Duration::from_secs(5);

/// The live views of an endpoint.
pub(crate) struct Live {
    routes: RwLock<Routes>,
    /// Every type that was rendered or routed here: a nested view's token names its type.
    kinds: RwLock<HashMap<&'static str, &'static Kind>>,
    /// The names of live sessions.
    names: Mutex<HashSet<String>>,
    /// Another type has become known.
    registered: Notify,
    pub(super) parked: Parked,
    pub(super) stages: Stages,
    pub(super) uploads: Desk,
    /// Counts the work in the background of all views.
    pub(crate) work: TaskTracker,
    pub(super) settings: Settings,
    /// The seed of the hashes that stand for what clients hold.
    pub(super) seed: u64,
}

/// An address that leads to a view.
#[derive(Debug)]
pub(super) struct Route {
    pub(super) kind: &'static Kind,
    /// As the application wrote it.
    pub(super) pattern: String,
    pub(super) action: Option<String>,
    pub(super) session: Arc<LiveSession>,
}

/// Routes that can be navigated between without a page load (spec §1.9).
pub(super) struct LiveSession {
    pub(super) name: Arc<str>,
    pub(super) hooks: Vec<Box<dyn ErasedHook>>,
    pub(super) root: RootLayout,
    pub(super) layout: Option<Layout>,
    pub(super) given: Map<String, Value>,
    /// The path that is before those of all its pages: empty, or begun with a slash.
    pub(super) base: String,
    /// The hosts that it is for; nothing when it is for all.
    pub(super) host: Option<Host>,
    /// Where the live socket is mounted.
    pub(super) socket: String,
}

/// Why an address leads to no view.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoRoute {
    #[error("no live route leads to {0:?}")]
    Unknown(String),
    #[error("the address's parameters cannot be read: {0}")]
    Params(#[from] ParamsError),
}

impl Live {
    pub(crate) fn new() -> Self {
        Live {
            routes: RwLock::default(),
            kinds: RwLock::default(),
            names: Mutex::default(),
            registered: Notify::new(),
            parked: Parked::default(),
            stages: Stages::new(),
            uploads: Desk::default(),
            work: TaskTracker::new(),
            settings: Settings::default(),
            seed: rand::random(),
        }
    }

    /// # Errors
    /// When another route leads from the same addresses.
    pub(super) fn insert(&self, route: Arc<Route>) -> Result<(), InsertError> {
        self.register(route.kind);
        self.routes.write().unwrap_or_else(PoisonError::into_inner).insert(route)
    }

    /// Reserves a live session's name; no when it is taken.
    pub(super) fn claim(&self, name: &str) -> bool {
        self.names.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned())
    }

    /// A name for the live session of a mount that has not named it.
    pub(super) fn default_name(&self) -> String {
        let taken = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let name = |number| if number == 1 { "default".to_owned() } else { format!("default {number}") };
        (1_u64..).map(name).find(|name| !taken.contains(name)).unwrap_or_default()
    }

    /// The route of a path with query on a host, and the address there.
    pub(super) fn find(&self, host: Option<&str>, uri: &str) -> Result<(Arc<Route>, Address), NoRoute> {
        let routes = self.routes.read().unwrap_or_else(PoisonError::into_inner);
        Self::arrive(routes.at(host, uri), uri)
    }

    /// The same on the host of a live session's pages.
    pub(super) fn find_beside(
        &self,
        session: Option<&LiveSession>,
        uri: &str,
    ) -> Result<(Arc<Route>, Address), NoRoute> {
        let routes = self.routes.read().unwrap_or_else(PoisonError::into_inner);
        Self::arrive(routes.beside(session.and_then(|session| session.host.as_ref()), uri), uri)
    }

    fn arrive(
        found: Option<Match<'_, '_, &Arc<Route>>>,
        uri: &str,
    ) -> Result<(Arc<Route>, Address), NoRoute> {
        let found = found.ok_or_else(|| NoRoute::Unknown(address::path(uri).to_owned()))?;
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let mut path = Params::new();
        for (name, value) in found.params.iter() {
            path.insert(name, decoded(value));
        }
        let params = address::params(uri, &path)?;
        let route = Arc::clone(found.value);
        let address = Address { uri: uri.to_owned(), params, path, action: route.action.clone() };
        Ok((route, address))
    }

    /// The route of a path with query on the host of a live session's pages, if there is one.
    pub(super) fn route(&self, session: Option<&LiveSession>, uri: &str) -> Option<Arc<Route>> {
        let routes = self.routes.read().unwrap_or_else(PoisonError::into_inner);
        let found = routes.beside(session.and_then(|session| session.host.as_ref()), uri);
        found.map(|found| Arc::clone(found.value))
    }

    /// Remembers a type of views, so that a client can join views of it.
    ///
    /// # Panics
    /// When another type has its name: two that are declared inside of functions.
    pub(super) fn register(&self, kind: &'static Kind) {
        let name = (kind.name)();
        match self.kind(name) {
            None => {
                self.kinds.write().unwrap_or_else(PoisonError::into_inner).insert(name, kind);
                self.registered.notify_waiters();
            }
            Some(known) => assert!(known.is(kind), "two types of live views have the name {name:?}"),
        }
    }

    pub(super) fn kind(&self, name: &str) -> Option<&'static Kind> {
        self.kinds.read().unwrap_or_else(PoisonError::into_inner).get(name).copied()
    }

    /// The type of a sticky view. Its client may come back before the page around it, to a server that has not shown any such page yet:
    /// that is waited for.
    pub(super) async fn awaited_kind(&self, name: &str) -> Option<&'static Kind> {
        let known = async {
            loop {
                let mut registered = pin!(self.registered.notified());
                registered.as_mut().enable();
                match self.kind(name) {
                    Some(kind) => return kind,
                    None => registered.await,
                }
            }
        };
        timeout(SHOWN, known).await.ok()
    }
}

impl std::fmt::Debug for LiveSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LiveSession").field("name", &self.name).finish_non_exhaustive()
    }
}
