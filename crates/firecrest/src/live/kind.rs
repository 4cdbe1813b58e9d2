//! Views of any type, as the rest of the server handles them. The callbacks that take time run in spans (F088).

use std::any::{Any, TypeId, type_name};

use firecrest_live::Html;
use firecrest_live::form::{ClientEvent, ReadError};
use firecrest_pubsub::Broadcast;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tracing::{Instrument as _, debug_span};

use super::page::Reach;
use super::shared::SharedKind;
use super::{LiveEvent as _, LiveView, Mount, MountError, View, ViewOptions};
use crate::channel::{Outcome, Reason};
use crate::telemetry::Panic;

/// A type of views.
pub(crate) struct Kind {
    /// The type's name: what tokens carry.
    pub(super) name: fn() -> &'static str,
    /// Two types may have one name.
    pub(super) type_id: fn() -> TypeId,
    pub(super) options: fn() -> ViewOptions,
    pub(super) make: Make,
}

/// How a view of a type comes to be.
pub(super) enum Make {
    /// One for each client.
    Own(for<'a> fn(Reach<'a>) -> Mounting<'a>),
    /// One for all.
    Shared(SharedKind),
}

type Mounting<'a> = BoxFuture<'a, Result<Box<dyn Instance>, MountError>>;

/// The kind of a type.
pub(super) const fn kind<V: LiveView>() -> &'static Kind {
    struct Of<V>(V);
    impl<V: LiveView> Of<V> {
        const KIND: &'static Kind = &Kind {
            name: type_name::<V>,
            type_id: TypeId::of::<V>,
            options: V::options,
            make: Make::Own(|reach| {
                let (id, connected) = (&reach.page.id, reach.page.connected);
                let span = debug_span!("live_mount", view = type_name::<V>(), id, connected);
                async move { Ok(Box::new(V::mount(&mut Mount::new(reach)).await?) as _) }
                    .instrument(span)
                    .boxed()
            }),
        };
    }
    Of::<V>::KIND
}

/// A mounted view.
pub(super) trait Instance: Send {
    fn handle_params<'a>(&'a mut self, reach: Reach<'a>) -> BoxFuture<'a, Outcome>;

    /// The error is that of an event which the view does not understand.
    fn handle_event<'a>(
        &'a mut self,
        said: &ClientEvent,
        reach: Reach<'a>,
    ) -> Result<BoxFuture<'a, Outcome>, ReadError>;

    fn handle_info<'a>(&'a mut self, info: Box<dyn Any + Send>, reach: Reach<'a>) -> BoxFuture<'a, Outcome>;

    fn handle_broadcast<'a>(
        &'a mut self,
        broadcast: &'a Broadcast,
        reach: Reach<'a>,
    ) -> BoxFuture<'a, Outcome>;

    fn handle_crash<'a>(
        &'a mut self,
        name: &'a str,
        panic: &'a Panic,
        reach: Reach<'a>,
    ) -> BoxFuture<'a, Outcome>;

    fn terminate<'a>(&'a mut self, reason: &'a Reason) -> BoxFuture<'a, ()>;

    /// What may be shown of its state.
    fn inspect(&self) -> Option<&dyn std::fmt::Debug>;

    fn render(&self) -> Html;
}

impl<V: LiveView> Instance for V {
    fn handle_params<'a>(&'a mut self, reach: Reach<'a>) -> BoxFuture<'a, Outcome> {
        // Not the address itself, which may carry what is nobody's business.
        let session = reach.page.visit.live_session.as_deref();
        let route = || reach.page.endpoint.live_table().route(session, &reach.page.address.as_ref()?.uri);
        let span = debug_span!(
            "handle_params",
            view = type_name::<V>(),
            id = reach.page.id,
            route = route().as_ref().map(|route| route.pattern.as_str()),
        );
        async move { LiveView::handle_params(self, &mut View::new(reach)).await }.instrument(span).boxed()
    }

    fn handle_event<'a>(
        &'a mut self,
        said: &ClientEvent,
        reach: Reach<'a>,
    ) -> Result<BoxFuture<'a, Outcome>, ReadError> {
        let event = V::Event::read(said)?;
        let span = debug_span!("live_event", view = type_name::<V>(), id = reach.page.id, event = said.name);
        Ok(async move { LiveView::handle_event(self, event, &mut View::new(reach)).await }
            .instrument(span)
            .boxed())
    }

    fn handle_info<'a>(&'a mut self, info: Box<dyn Any + Send>, reach: Reach<'a>) -> BoxFuture<'a, Outcome> {
        // Only typed handles and timers send infos: it is always of this type.
        let Ok(info) = info.downcast::<V::Info>() else {
            return async { Outcome::NoReply }.boxed();
        };
        async move { LiveView::handle_info(self, *info, &mut View::new(reach)).await }.boxed()
    }

    fn handle_broadcast<'a>(
        &'a mut self,
        broadcast: &'a Broadcast,
        reach: Reach<'a>,
    ) -> BoxFuture<'a, Outcome> {
        async move { LiveView::handle_broadcast(self, broadcast, &mut View::new(reach)).await }.boxed()
    }

    fn handle_crash<'a>(
        &'a mut self,
        name: &'a str,
        panic: &'a Panic,
        reach: Reach<'a>,
    ) -> BoxFuture<'a, Outcome> {
        async move { LiveView::handle_crash(self, name, panic, &mut View::new(reach)).await }.boxed()
    }

    fn terminate<'a>(&'a mut self, reason: &'a Reason) -> BoxFuture<'a, ()> {
        LiveView::terminate(self, reason).boxed()
    }

    fn inspect(&self) -> Option<&dyn std::fmt::Debug> {
        LiveView::inspect(self)
    }

    fn render(&self) -> Html {
        debug_span!("live_render", view = type_name::<V>()).in_scope(|| LiveView::render(self))
    }
}

impl Kind {
    /// Whether both are of the same type.
    pub(super) fn is(&self, other: &Kind) -> bool {
        (self.type_id)() == (other.type_id)()
    }

    /// What is particular to a type of shared views.
    pub(super) fn shared(&'static self) -> Option<&'static SharedKind> {
        match &self.make {
            Make::Own(_) => None,
            Make::Shared(shared) => Some(shared),
        }
    }
}

impl std::fmt::Debug for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Kind").field(&(self.name)()).finish()
    }
}
