//! From views to axum routes.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::routing::get;
use serde::Serialize;
use serde_json::{Map, Value};

use super::client;
use super::document::plain;
use super::hook::{ErasedHook, MountHook};
use super::hosts::Host;
use super::kind::{Kind, kind};
use super::respond::respond;
use super::setup::Setup;
use super::shared::{SharedView, shared_kind};
use super::table::{LiveSession, Route};
use super::{Layout, LiveSocket, LiveView, ParkLimits, RootLayout, address};
use crate::Endpoint;
use crate::socket::SocketOptions;

/// Live pages about to be mounted: routes and options, then `router.merge(…)`.
///
/// ```no_run
/// # use firecrest::prelude::*;
/// # fn app<Counter: LiveView, Orders: LiveView, Users: LiveView, RequireAdmin: MountHook + Default>(endpoint: Endpoint) {
/// let pages = endpoint
///     .live("/live")
///     .page::<Counter>("/counter")
///     .page::<Orders>("/orders/{id}")
///     .session("admin", |admin| admin.on_mount(RequireAdmin::default()).page::<Users>("/admin/users"));
/// let app: axum::Router = axum::Router::new().merge(pages);
/// # }
/// ```
#[must_use = "merge it into a router"]
pub struct LiveMount {
    pub(super) endpoint: Endpoint,
    path: String,
    /// Nothing when the socket is the application's.
    socket: Option<SocketOptions>,
    default: LivePages,
    sessions: Vec<(String, LivePages)>,
    park: Option<ParkLimits>,
    packages: Option<PathBuf>,
    max_shared: Option<usize>,
    upload_folder: Option<PathBuf>,
    pub(super) setup: Setup,
}

/// The pages of one live session, between which the client navigates without a page load (spec §1.9).
#[derive(Default)]
#[must_use = "hand it back"]
pub struct LivePages {
    pages: Vec<(String, &'static Kind, Option<String>)>,
    hooks: Vec<Box<dyn ErasedHook>>,
    root: Option<RootLayout>,
    layout: Option<Layout>,
    given: Map<String, Value>,
    host: Option<Host>,
}

impl LivePages {
    /// Serves a view at a path. The path's variables are written as axum writes them: `/orders/{id}`.
    pub fn page<V: LiveView>(mut self, path: &str) -> Self {
        self.pages.push((path.to_owned(), kind::<V>(), None));
        self
    }

    /// Serves a [`SharedView`] at a path: one view on this node for everybody who looks at the same path, whatever its query.
    pub fn shared<V: SharedView>(mut self, path: &str) -> Self {
        self.pages.push((path.to_owned(), shared_kind::<V>(), None));
        self
    }

    /// As [`page`](Self::page), with an action that the view reads with [`View::action`](super::View::action) (F075).
    pub fn page_as<V: LiveView>(mut self, path: &str, action: &str) -> Self {
        self.pages.push((path.to_owned(), kind::<V>(), Some(action.to_owned())));
        self
    }

    /// Adds a hook that runs before every view of this live session is mounted, after those that were added before (F076).
    pub fn on_mount(mut self, hook: impl MountHook) -> Self {
        self.hooks.push(Box::new(hook));
        self
    }

    /// The document around the pages. Default: that of the mount, or else a plain one.
    pub fn root_layout(mut self, root: RootLayout) -> Self {
        self.root = Some(root);
        self
    }

    /// What is around the views inside their containers. Default: that of the mount, or else nothing.
    pub fn layout(mut self, layout: Layout) -> Self {
        self.layout = Some(layout);
        self
    }

    /// Serves the pages on this host only: `admin.example.com`, or `*.example.com` for all that are below one (F113). What is for this host
    /// is found before what is for all, and the same path may lead to other views on other hosts, in live sessions of one mount.
    /// The host is what the request says, without its port, and links lead to the host that the visitor is on: a shared view is one for all
    /// hosts of its live session. Default: all hosts.
    ///
    /// # Panics
    /// When it is no host.
    pub fn host(mut self, host: &str) -> Self {
        self.host = Host::new(host);
        assert!(
            self.host.is_some(),
            "{host:?} is no host: a name such as `admin.example.com`, or `*.example.com`"
        );
        self
    }

    /// Gives all views a value, which they read with [`View::session`](super::View::session). Everybody can read it in the page's
    /// source; nobody can change it.
    ///
    /// # Panics
    /// When the value has no JSON form.
    pub fn given(mut self, key: &str, value: &(impl Serialize + ?Sized)) -> Self {
        match serde_json::to_value(value) {
            Ok(value) => self.given.insert(key.to_owned(), value),
            Err(error) => panic!("the value {key:?} of a live session: {error}"),
        };
        self
    }
}

impl LiveMount {
    pub(crate) fn new(endpoint: Endpoint, path: &str, socket: Option<SocketOptions>) -> Self {
        LiveMount {
            endpoint,
            path: path.to_owned(),
            socket,
            default: LivePages::default(),
            sessions: Vec::new(),
            park: None,
            packages: None,
            max_shared: None,
            upload_folder: None,
            setup: Setup::default(),
        }
    }

    /// Serves a view at a path, in the live session of the mount; see [`LivePages::page`].
    pub fn page<V: LiveView>(self, path: &str) -> Self {
        self.with_default(|pages| pages.page::<V>(path))
    }

    /// Serves a shared view at a path, in the live session of the mount; see [`LivePages::shared`].
    pub fn shared<V: SharedView>(self, path: &str) -> Self {
        self.with_default(|pages| pages.shared::<V>(path))
    }

    /// Most shared views that this node may have at once; a page that needs one more is answered with status 503. Each takes what
    /// the application's state takes. Default: 10,000.
    pub fn max_shared(self, views: usize) -> Self {
        LiveMount { max_shared: Some(views), ..self }
    }

    /// See [`LivePages::page_as`].
    pub fn page_as<V: LiveView>(self, path: &str, action: &str) -> Self {
        self.with_default(|pages| pages.page_as::<V>(path, action))
    }

    /// See [`LivePages::on_mount`]. It is for the pages of the mount itself, not for those of [sessions](Self::session).
    pub fn on_mount(self, hook: impl MountHook) -> Self {
        self.with_default(|pages| pages.on_mount(hook))
    }

    /// The document around all pages, unless a live session has its own. Default: a plain one with the script at
    /// `/assets/live.js`, which [`client`](Self::client) serves.
    pub fn root_layout(self, root: RootLayout) -> Self {
        self.with_default(|pages| pages.root_layout(root))
    }

    /// What is around all views inside their containers, unless a live session or the view has its own. Default: nothing.
    pub fn layout(self, layout: Layout) -> Self {
        self.with_default(|pages| pages.layout(layout))
    }

    /// Adds a live session: pages with hooks and layouts of their own. Links between sessions load the page, so that HTTP
    /// middleware and hooks of the other session have their say (F105).
    pub fn session(mut self, name: &str, pages: impl FnOnce(LivePages) -> LivePages) -> Self {
        self.sessions.push((name.to_owned(), pages(LivePages::default())));
        self
    }

    /// Serves the official client at `/assets/live.js`, where the plain root layout looks for it: `client("node_modules")` after
    /// `npm install phoenix phoenix_live_view`. It is read once, when the server starts. An application with scripts of its own
    /// bundles the client with them instead.
    pub fn client(self, packages: impl Into<PathBuf>) -> Self {
        LiveMount { packages: Some(packages.into()), ..self }
    }

    /// The options of the live socket. Nothing changes when the socket is the application's own.
    pub fn socket_options(self, options: SocketOptions) -> Self {
        LiveMount { socket: self.socket.map(|_| options), ..self }
    }

    /// How long, and how many, views may wait between page and socket on this node.
    pub fn park(self, limits: ParkLimits) -> Self {
        LiveMount { park: Some(limits), ..self }
    }

    /// Where files that are uploaded are kept until they are consumed. It is made when there is none. Default: the system's folder
    /// for temporary files.
    pub fn upload_folder(self, folder: impl Into<PathBuf>) -> Self {
        LiveMount { upload_folder: Some(folder.into()), ..self }
    }

    fn with_default(self, change: impl FnOnce(LivePages) -> LivePages) -> Self {
        LiveMount { default: change(self.default), ..self }
    }

    /// The routes.
    ///
    /// # Panics
    /// When two pages have the same path, or a path is not valid, or two live sessions have the same name, or the client is not
    /// where it should be. `router.merge` does the same: a misconfigured server does not start.
    pub fn into_router<T: Clone + Send + Sync + 'static>(self) -> Router<T> {
        let LiveMount {
            endpoint,
            path,
            socket,
            default,
            sessions,
            park,
            packages,
            max_shared,
            upload_folder,
            setup,
        } = self;
        let (base, socket_path) = (setup.base.clone(), address::below(&setup.base, &path));
        let live = endpoint.live_table();
        if let Some(folder) = upload_folder {
            live.uploads.set_folder(folder);
        }
        if let Some(limits) = park {
            live.parked.set_limits(limits);
        }
        if let Some(limit) = max_shared {
            live.stages.set_limit(limit);
        }
        setup.apply(live, &socket_path);
        let (root, layout) = (default.root.unwrap_or(plain), default.layout);
        let (mut router, mut served) = (Router::new(), HashSet::new());
        for (name, pages) in std::iter::once((live.default_name(), default)).chain(sessions) {
            assert!(live.claim(&name), "two live sessions have the name {name:?}");
            let session = Arc::new(LiveSession {
                name: name.into(),
                hooks: pages.hooks,
                root: pages.root.unwrap_or(root),
                layout: pages.layout.or(layout),
                given: pages.given,
                base: base.clone(),
                host: pages.host,
                socket: socket_path.clone(),
            });
            for (path, kind, action) in pages.pages {
                let path = address::below(&base, &path);
                let route = Route { kind, pattern: path.clone(), action, session: Arc::clone(&session) };
                if let Err(error) = live.insert(Arc::new(route)) {
                    panic!("the page at {path:?}: {error}");
                }
                // The same path on another host is answered by the same handler.
                if served.insert(path.clone()) {
                    router = router.route(&path, page(&endpoint));
                }
            }
        }
        let mut router = router.layer(endpoint.session_layer());
        if let Some(packages) = packages {
            router = router.merge(client::router(&packages, &base).unwrap_or_else(|error| panic!("{error}")));
        }
        match socket {
            Some(options) => router.merge(endpoint.socket::<LiveSocket>(&socket_path).options(options)),
            None => router,
        }
    }
}

fn page<T: Clone + Send + Sync + 'static>(endpoint: &Endpoint) -> axum::routing::MethodRouter<T> {
    let endpoint = endpoint.clone();
    get(move |request: Request| async move {
        let (parts, _) = request.into_parts();
        respond(&endpoint, &parts).await
    })
}

impl<T: Clone + Send + Sync + 'static> From<LiveMount> for Router<T> {
    fn from(mount: LiveMount) -> Self {
        mount.into_router()
    }
}
