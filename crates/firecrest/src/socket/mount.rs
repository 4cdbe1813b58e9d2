//! From a socket handler to axum routes.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{RawPathParams, Request};
use axum::routing::{MethodRouter, any};

use super::{Mount, Socket, SocketOptions};
use crate::Endpoint;
use crate::connection::OutboxLimits;
use crate::transport::{OriginPolicy, longpoll, websocket};

/// A socket about to be mounted: options, then `router.merge(…)`.
#[must_use = "merge it into a router"]
pub struct SocketMount<S> {
    path: String,
    endpoint: Endpoint,
    options: SocketOptions,
    socket: std::marker::PhantomData<fn() -> S>,
}

impl<S: Socket> SocketMount<S> {
    pub(crate) fn new(endpoint: Endpoint, path: &str) -> Self {
        SocketMount {
            path: path.into(),
            endpoint,
            options: SocketOptions::default(),
            socket: std::marker::PhantomData,
        }
    }

    /// Replaces all options.
    pub fn options(self, options: SocketOptions) -> Self {
        SocketMount { options, ..self }
    }

    /// See [`SocketOptions::websocket`].
    pub fn websocket(mut self, path: Option<&str>) -> Self {
        self.options.websocket = path.map(Into::into);
        self
    }

    /// See [`SocketOptions::longpoll`].
    pub fn longpoll(mut self, path: Option<&str>) -> Self {
        self.options.longpoll = path.map(Into::into);
        self
    }

    /// See [`SocketOptions::check_origin`].
    pub fn check_origin(mut self, policy: OriginPolicy) -> Self {
        self.options.check_origin = Some(policy);
        self
    }

    /// See [`SocketOptions::check_csrf`].
    pub fn check_csrf(mut self, check: bool) -> Self {
        self.options.check_csrf = check;
        self
    }

    /// See [`SocketOptions::auth_token`].
    pub fn auth_token(mut self, read: bool) -> Self {
        self.options.auth_token = read;
        self
    }

    /// See [`SocketOptions::subprotocols`].
    pub fn subprotocols(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.options.subprotocols = names.into_iter().map(Into::into).collect();
        self
    }

    /// See [`SocketOptions::timeout`].
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = timeout;
        self
    }

    /// See [`SocketOptions::frames`]. In bytes.
    pub fn max_frame_size(mut self, bytes: usize) -> Self {
        self.options.frames.max_frame_size = bytes;
        self
    }

    /// See [`SocketOptions::max_channels`].
    pub fn max_channels(mut self, channels: usize) -> Self {
        self.options.max_channels = channels;
        self
    }

    /// See [`SocketOptions::outbox`].
    pub fn outbox(mut self, limits: OutboxLimits) -> Self {
        self.options.outbox = limits;
        self
    }

    /// See [`SocketOptions::window`].
    pub fn window(mut self, window: Duration) -> Self {
        self.options.window = window;
        self
    }

    /// See [`SocketOptions::pubsub_timeout`].
    pub fn pubsub_timeout(mut self, timeout: Duration) -> Self {
        self.options.pubsub_timeout = timeout;
        self
    }

    /// See [`SocketOptions::log_connects`].
    pub fn log_connects(mut self, log: bool) -> Self {
        self.options.log_connects = log;
        self
    }

    /// The routes.
    ///
    /// # Panics
    /// When neither origin nor CSRF token would be checked (spec §1.2, C022, C023), or a route of
    /// [`Socket::channels`] is not valid. `router.merge` does the same: a misconfigured server does not start.
    pub fn into_router<T: Clone + Send + Sync + 'static>(self) -> Router<T> {
        let Self { path, endpoint, options, .. } = self;
        let origin = options.check_origin.as_ref().unwrap_or(endpoint.origin_policy());
        assert!(
            options.check_csrf || *origin != OriginPolicy::Any,
            "the socket at {path:?} would check neither origin nor CSRF token: turn one of them on"
        );
        let (websocket_path, longpoll_path) = (options.websocket.clone(), options.longpoll.clone());
        let mount = Arc::new(Mount { endpoint, options, channels: S::channels() });
        let mut router = Router::new();
        if let Some(suffix) = websocket_path {
            let mount = Arc::clone(&mount);
            let handler = move |variables: RawPathParams, request: Request| async move {
                websocket::accept(&mount, &variables, request).await
            };
            router = route(router, &path, &suffix, &any(handler));
        }
        if let Some(suffix) = longpoll_path {
            let handler = move |variables: RawPathParams, request: Request| async move {
                longpoll::handle(&mount, &variables, request).await
            };
            router = route(router, &path, &suffix, &any(handler));
        }
        router
    }
}

impl<S: Socket, T: Clone + Send + Sync + 'static> From<SocketMount<S>> for Router<T> {
    fn from(mount: SocketMount<S>) -> Self {
        mount.into_router()
    }
}

/// Adds a transport, however its path is spelled: empty segments do not count (spec §1.1), and a client that is given
/// `/socket/` asks for `/socket//websocket`.
fn route<T: Clone + Send + Sync + 'static>(
    router: Router<T>,
    prefix: &str,
    suffix: &str,
    methods: &MethodRouter<T>,
) -> Router<T> {
    let path = axum_path(prefix, suffix);
    let doubled = format!("{}/{}", axum_path(prefix, ""), axum_path("", suffix));
    let spellings = BTreeSet::from([format!("{path}/"), format!("{doubled}/"), doubled, path]);
    spellings.iter().fold(router, |router, path| router.route(path, methods.clone()))
}

/// `/v/:tenant` + `/p/:proj` as axum writes it: `/v/{tenant}/p/{proj}`.
fn axum_path(prefix: &str, suffix: &str) -> String {
    let segments = prefix.split('/').chain(suffix.split('/')).filter(|segment| !segment.is_empty());
    segments.fold(String::new(), |path, segment| match segment.strip_prefix(':') {
        Some(name) => format!("{path}/{{{name}}}"),
        None => format!("{path}/{segment}"),
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn paths_are_written_the_protocols_way() {
        assert_eq!(super::axum_path("/v/:tenant", "/p/:proj"), "/v/{tenant}/p/{proj}");
        assert_eq!(super::axum_path("/socket/", "websocket"), "/socket/websocket");
    }
}
