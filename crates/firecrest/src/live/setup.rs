//! What a mount sets, for its own routes and for all live views of the endpoint.

use std::collections::HashSet;

use http::HeaderName;

use super::arrival::MAX_HEADERS;
use super::kind::{Kind, kind};
use super::table::Live;
use super::{LiveMount, LiveView, address};

/// Settings that take effect when the routes are made.
#[derive(Default)]
pub(super) struct Setup {
    /// Empty, or begun with a slash and not ended with one.
    pub(super) base: String,
    headers: Option<Vec<HeaderName>>,
    files: Option<HashSet<String>>,
    embeds: Vec<&'static Kind>,
    inspects: bool,
}

impl LiveMount {
    /// Serves everything of this mount below a path: its pages, its socket and the [client](Self::client) (F113). Views and layouts get paths
    /// with it from [`View::path`](super::View::path), [`LayoutContext::path`](super::LayoutContext::path) and
    /// [`Document::path`](super::Document::path); what a view asks for otherwise is taken as it is. Default: none.
    ///
    /// The router is to be merged, not nested: requests come with the whole path.
    ///
    /// # Panics
    /// When it does not begin with a slash, or contains variables.
    pub fn base(mut self, path: &str) -> Self {
        let base = path.trim_end_matches('/');
        let is_base = base.is_empty() || base.starts_with('/') && !base.contains(['{', '}', '?', '#']);
        assert!(is_base, "{path:?} is no path that pages can be below");
        base.clone_into(&mut self.setup.base);
        self
    }

    /// Gives all live views of the endpoint a value of the application, by its type: they read it with
    /// [`View::state`](super::View::state). The same as [`Endpoint::set_state`](crate::Endpoint::set_state).
    ///
    /// ```no_run
    /// # use firecrest::prelude::*;
    /// # fn app<Orders: LiveView>(endpoint: Endpoint, database: std::sync::Arc<()>) {
    /// let pages = endpoint.live("/live").state(database).page::<Orders>("/orders");
    /// # let _: axum::Router = pages.into(); }
    /// ```
    pub fn state<T: Clone + Send + Sync + 'static>(self, value: T) -> Self {
        self.endpoint.set_state(value);
        self
    }

    /// Keeps the visitor's address and these headers of the requests for pages and sockets, for [`Mount::peer`](super::Mount::peer) and
    /// [`Mount::header`](super::Mount::header) (F072): of all live views of the endpoint, as long as the socket is open. Default: nothing is
    /// kept, since it takes memory for each connection.
    ///
    /// # Panics
    /// When a name is none of a header, or there are more than 16.
    pub fn keep_headers<'n>(mut self, names: impl IntoIterator<Item = &'n str>) -> Self {
        let name = |name: &str| match HeaderName::try_from(name) {
            Ok(name) => name,
            Err(_) => panic!("{name:?} is no name of a header"),
        };
        let names: Vec<_> = names.into_iter().map(name).collect();
        assert!(names.len() <= MAX_HEADERS, "more than {MAX_HEADERS} headers are kept");
        self.setup.headers = Some(names);
        self
    }

    /// The scripts and styles that pages mark with `phx-track-static`, as they name them now: `/assets/app.css?v=3`. A page that has
    /// been loaded with others is told by [`Mount::static_changed`](super::Mount::static_changed) (F074). For all live views of the
    /// endpoint. Default: none, and nothing ever changes.
    pub fn static_files(mut self, files: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let files = files.into_iter().map(|file| address::path_and_query(&file.into()).to_owned());
        self.setup.files = Some(files.collect());
        self
    }

    /// Lets a view be part of pages that other handlers make, with [`Endpoint::embed`](crate::Endpoint::embed) (F003). It uses the socket of
    /// this mount.
    pub fn embeds<V: LiveView>(mut self) -> Self {
        self.setup.embeds.push(kind::<V>());
        self
    }

    /// Lets the live views of the endpoint be [listed](crate::Endpoint::live_views) and
    /// [looked into](crate::Endpoint::look_into) (F089). It takes some memory for each view. Default: no.
    pub fn inspect(mut self) -> Self {
        self.setup.inspects = true;
        self
    }
}

impl Setup {
    /// Sets what is the endpoint's.
    pub(super) fn apply(self, live: &Live, socket: &str) {
        let Setup { headers, files, embeds, inspects, .. } = self;
        let settings = &live.settings;
        if let Some(headers) = headers {
            settings.set_headers(headers);
        }
        if let Some(files) = files {
            settings.set_files(files);
        }
        for kind in embeds {
            live.register(kind);
            settings.set_socket_of(kind, socket);
        }
        if inspects {
            settings.list_views();
        }
    }
}
