//! Which channel serves which topic (spec §3.1).

use std::any::Any;
use std::sync::Arc;

use firecrest_wire::Pattern;
use tokio::task::JoinHandle;

use super::{Instance, Socket};
use crate::channel::{self, Channel, MailboxLimits, Start};
use crate::connection::flush::Flushing;
use crate::telemetry::meter::{CHANNELS, ChannelMeters};

/// The routes of a socket, in order: the first that matches a topic serves it.
pub struct Channels<S> {
    routes: Vec<Route<S>>,
}

pub(crate) struct Route<S> {
    pub(crate) pattern: Pattern,
    /// What [`Channels::with`] gave.
    pub(crate) data: Option<Arc<dyn Any + Send + Sync>>,
    pub(super) intercepts: &'static [&'static str],
    pub(super) mailbox: MailboxLimits,
    /// See [`Channels::apart`].
    pub(super) apart: Option<usize>,
    /// What is measured of all channels of the type.
    pub(super) meters: &'static ChannelMeters,
    pub(super) start: fn(Arc<Instance<S>>, Start) -> JoinHandle<()>,
}

impl<S: Socket> Channels<S> {
    /// No routes yet.
    pub fn new() -> Self {
        Channels { routes: Vec::new() }
    }

    /// Serves a topic, or with a trailing `*` every topic with that prefix.
    ///
    /// # Panics
    /// When `*` stands anywhere but at the very end (H11). That happens when the socket is mounted, never later.
    #[must_use]
    pub fn route<C: Channel<S>>(mut self, pattern: &str) -> Self {
        let pattern = match Pattern::parse(pattern) {
            Ok(pattern) => pattern,
            Err(error) => panic!("{}: {error}", std::any::type_name::<C>()),
        };
        self.routes.push(Route {
            pattern,
            data: None,
            intercepts: C::INTERCEPT,
            mailbox: C::mailbox_limits(),
            apart: None,
            meters: CHANNELS.of(std::any::type_name::<C>()),
            start: |instance, start| {
                let tracker = instance.endpoint.tracker().clone();
                tracker.spawn(Flushing::new(channel::run::<S, C>(instance, start)))
            },
        });
        self
    }

    /// Gives the last route a value that its channels read with [`Join::data`](crate::channel::Join::data).
    ///
    /// # Panics
    /// Before the first route.
    #[must_use]
    pub fn with(mut self, data: impl Any + Send + Sync) -> Self {
        let route = self.routes.last_mut().expect("`with` follows a route");
        route.data = Some(Arc::new(data));
        self
    }

    /// Does not count the last route's channels as those of their connection: it may have so many of them.
    pub(crate) fn apart(mut self, channels: usize) -> Self {
        if let Some(route) = self.routes.last_mut() {
            route.apart = Some(channels);
        }
        self
    }

    pub(crate) fn find(&self, topic: &str) -> Option<usize> {
        self.routes.iter().position(|route| route.pattern.matched(topic).is_some())
    }

    pub(super) fn get(&self, route: usize) -> &Route<S> {
        &self.routes[route]
    }
}

impl<S: Socket> Default for Channels<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> std::fmt::Debug for Channels<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.routes.iter().map(|route| &route.pattern)).finish()
    }
}
