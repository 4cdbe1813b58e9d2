//! Shared views of any type, as their tasks handle them. The callbacks that take time run in spans (F088).

use std::any::{Any, TypeId, type_name};
use std::sync::Arc;

use firecrest_live::Html;
use firecrest_live::form::{ClientEvent, ReadError};
use firecrest_pubsub::Broadcast;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tracing::{Instrument as _, debug_span};

use super::context::Ties;
use super::{Shared, SharedOptions, SharedView, Start, Viewer};
use crate::channel::{Outcome, Reason};
use crate::live::kind::{Kind, Make};
use crate::live::page::Reach;
use crate::live::{LiveEvent as _, Mount, MountError};

/// What is particular to a type of shared views.
pub(in crate::live) struct SharedKind {
    pub(super) options: fn() -> SharedOptions,
    pub(in crate::live) visit: for<'a> fn(Reach<'a>) -> BoxFuture<'a, Result<(), MountError>>,
    pub(super) read: fn(&ClientEvent) -> Result<Said, ReadError>,
    pub(super) start: for<'a> fn(&'a mut Ties) -> Starting<'a>,
}

type Starting<'a> = BoxFuture<'a, Result<Box<dyn State>, MountError>>;

/// An event of the view's type.
pub(super) type Said = Box<dyn Any + Send>;

/// The kind of a type.
pub(in crate::live) const fn shared_kind<V: SharedView>() -> &'static Kind {
    struct Of<V>(V);
    impl<V: SharedView> Of<V> {
        const KIND: &'static Kind = &Kind {
            name: type_name::<V>,
            type_id: TypeId::of::<V>,
            options: || V::options().container,
            make: Make::Shared(SharedKind {
                options: V::options,
                visit: |reach| async move { V::visit(&mut Mount::new(reach)).await }.boxed(),
                read: |event| Ok(Box::new(V::Event::read(event)?)),
                start: |ties| {
                    let span = debug_span!("live_mount", view = type_name::<V>(), key = ties.stage.key.name);
                    async move { Ok(Box::new(V::start(&mut Start::new(ties)).await?) as _) }
                        .instrument(span)
                        .boxed()
                },
            }),
        };
    }
    Of::<V>::KIND
}

/// The state of a shared view.
pub(super) trait State: Send {
    fn handle_join<'a>(&'a mut self, viewer: Viewer, ties: &'a mut Ties) -> BoxFuture<'a, Outcome>;

    fn handle_leave<'a>(&'a mut self, viewer: Viewer, ties: &'a mut Ties) -> BoxFuture<'a, Outcome>;

    fn handle_event<'a>(
        &'a mut self,
        said: Said,
        viewer: Viewer,
        ties: &'a mut Ties,
    ) -> BoxFuture<'a, Outcome>;

    fn handle_info<'a>(&'a mut self, info: Box<dyn Any + Send>, ties: &'a mut Ties)
    -> BoxFuture<'a, Outcome>;

    fn handle_broadcast<'a>(
        &'a mut self,
        broadcast: Arc<Broadcast>,
        ties: &'a mut Ties,
    ) -> BoxFuture<'a, Outcome>;

    fn terminate<'a>(&'a mut self, reason: &'a Reason) -> BoxFuture<'a, ()>;

    fn title(&self) -> Option<String>;

    /// What may be shown of it.
    fn inspect(&self) -> Option<&dyn std::fmt::Debug>;

    fn render(&self) -> Html;
}

impl<V: SharedView> State for V {
    fn handle_join<'a>(&'a mut self, viewer: Viewer, ties: &'a mut Ties) -> BoxFuture<'a, Outcome> {
        async move { SharedView::handle_join(self, &viewer, &mut Shared::new(ties)).await }.boxed()
    }

    fn handle_leave<'a>(&'a mut self, viewer: Viewer, ties: &'a mut Ties) -> BoxFuture<'a, Outcome> {
        async move { SharedView::handle_leave(self, &viewer, &mut Shared::new(ties)).await }.boxed()
    }

    fn handle_event<'a>(
        &'a mut self,
        said: Said,
        viewer: Viewer,
        ties: &'a mut Ties,
    ) -> BoxFuture<'a, Outcome> {
        // Only `read` of this type makes events for it.
        let Ok(event) = said.downcast::<V::Event>() else { return async { Outcome::NoReply }.boxed() };
        let span = debug_span!("live_event", view = type_name::<V>(), key = ties.stage.key.name);
        async move { SharedView::handle_event(self, *event, &viewer, &mut Shared::new(ties)).await }
            .instrument(span)
            .boxed()
    }

    fn handle_info<'a>(
        &'a mut self,
        info: Box<dyn Any + Send>,
        ties: &'a mut Ties,
    ) -> BoxFuture<'a, Outcome> {
        // Only typed handles and timers send infos: it is always of this type.
        let Ok(info) = info.downcast::<V::Info>() else { return async { Outcome::NoReply }.boxed() };
        async move { SharedView::handle_info(self, *info, &mut Shared::new(ties)).await }.boxed()
    }

    fn handle_broadcast<'a>(
        &'a mut self,
        broadcast: Arc<Broadcast>,
        ties: &'a mut Ties,
    ) -> BoxFuture<'a, Outcome> {
        async move { SharedView::handle_broadcast(self, &broadcast, &mut Shared::new(ties)).await }.boxed()
    }

    fn terminate<'a>(&'a mut self, reason: &'a Reason) -> BoxFuture<'a, ()> {
        SharedView::terminate(self, reason).boxed()
    }

    fn title(&self) -> Option<String> {
        SharedView::title(self)
    }

    fn inspect(&self) -> Option<&dyn std::fmt::Debug> {
        SharedView::inspect(self)
    }

    fn render(&self) -> Html {
        debug_span!("live_render", view = type_name::<V>()).in_scope(|| SharedView::render(self))
    }
}
