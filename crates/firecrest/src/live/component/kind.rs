//! Components of any type, as the rest of the server handles them. The callbacks that take time run in spans (F088).

use std::any::{Any, type_name};
use std::sync::Arc;

use firecrest_live::Html;
use firecrest_live::form::{ClientEvent, ReadError};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tracing::{Instrument as _, debug_span};

use super::{ComponentCx, LiveComponent, Rendering, Update, Updates};
use crate::channel::Outcome;
use crate::live::page::Reach;
use crate::live::{LiveEvent as _, MountError};
use crate::telemetry::Panic;

/// A type of components.
pub(super) struct ComponentKind {
    pub(super) name: fn() -> &'static str,
    /// A component that is not mounted yet.
    pub(super) make: fn() -> Box<dyn Part>,
    /// Whether a component was called with the same props.
    pub(super) is_same: fn(&dyn Part, &(dyn Any + Send + Sync)) -> bool,
    pub(super) update_many: UpdateMany,
}

type UpdateMany = for<'a> fn(&'a mut [Changed], Reach<'a>) -> BoxFuture<'a, Result<(), MountError>>;

/// A component that is called with something else than before.
pub(super) struct Changed {
    pub(super) cid: u32,
    pub(super) id: Arc<str>,
    pub(super) props: Arc<dyn Any + Send + Sync>,
    pub(super) part: Box<dyn Part>,
}

/// A component.
pub(super) trait Part: Any + Send {
    /// The error is that of an event which the component does not understand.
    fn handle_event<'a>(
        &'a mut self,
        said: &ClientEvent,
        cid: u32,
        reach: Reach<'a>,
    ) -> Result<BoxFuture<'a, Outcome>, ReadError>;

    fn handle_info<'a>(
        &'a mut self,
        info: Box<dyn Any + Send>,
        cid: u32,
        reach: Reach<'a>,
    ) -> BoxFuture<'a, Outcome>;

    fn handle_crash<'a>(
        &'a mut self,
        name: &'a str,
        panic: &'a Panic,
        cid: u32,
        reach: Reach<'a>,
    ) -> BoxFuture<'a, Outcome>;

    /// Nothing when it was not mounted.
    fn render(&self, cid: u32) -> Option<Html>;

    fn is_mounted(&self) -> bool;

    fn name(&self) -> &'static str;
}

/// A component of a type, and what it was called with last.
struct Instance<C: LiveComponent> {
    state: Option<C>,
    props: Option<Arc<C::Props>>,
}

/// The kind of a type.
pub(super) const fn kind<C: LiveComponent>() -> &'static ComponentKind {
    struct Of<C>(C);
    impl<C: LiveComponent> Of<C> {
        const KIND: &'static ComponentKind = &ComponentKind {
            name: type_name::<C>,
            make: || Box::new(Instance::<C> { state: None, props: None }),
            is_same: |part, props| {
                let part: &dyn Any = part;
                let held = part.downcast_ref::<Instance<C>>().and_then(|instance| instance.props.as_deref());
                held.is_some() && held == props.downcast_ref()
            },
            update_many: |changed, reach| update_many::<C>(changed, reach),
        };
    }
    Of::<C>::KIND
}

fn update_many<'a, C: LiveComponent>(
    changed: &'a mut [Changed],
    reach: Reach<'a>,
) -> BoxFuture<'a, Result<(), MountError>> {
    let (component, count) = (type_name::<C>(), changed.len());
    let span = debug_span!("component_update", view = reach.page.id, component, count);
    let updates = changed.iter_mut().filter_map(|Changed { cid, id, props, part }| {
        let part: &mut dyn Any = &mut **part;
        // Calls have the props and the components of their own type only.
        let Instance { state, props: held } = part.downcast_mut::<Instance<C>>()?;
        *held = Some(Arc::clone(props).downcast().ok()?);
        Some(Update { cid: *cid, id, props: held.as_ref()?, state })
    });
    let updates: Vec<_> = updates.collect();
    let Some(props) = updates.first().map(|update| Arc::clone(update.props)) else {
        return async { Ok(()) }.boxed();
    };
    let mut cx = ComponentCx::new(reach, 0, props);
    async move { C::update_many(Updates(updates), &mut cx).await }.instrument(span).boxed()
}

impl<C: LiveComponent> Part for Instance<C> {
    fn handle_event<'a>(
        &'a mut self,
        said: &ClientEvent,
        cid: u32,
        reach: Reach<'a>,
    ) -> Result<BoxFuture<'a, Outcome>, ReadError> {
        let event = C::Event::read(said)?;
        let (Some(state), Some(props)) = (&mut self.state, &self.props) else {
            return Ok(async { Outcome::NoReply }.boxed());
        };
        let component = type_name::<C>();
        let span = debug_span!("component_event", view = reach.page.id, component, cid, event = said.name);
        let mut cx = ComponentCx::new(reach, cid, Arc::clone(props));
        Ok(async move { state.handle_event(event, &mut cx).await }.instrument(span).boxed())
    }

    fn handle_info<'a>(
        &'a mut self,
        info: Box<dyn Any + Send>,
        cid: u32,
        reach: Reach<'a>,
    ) -> BoxFuture<'a, Outcome> {
        // Only what is typed sends infos: it is always of this type.
        match (info.downcast::<C::Info>(), &mut self.state, &self.props) {
            (Ok(info), Some(state), Some(props)) => {
                let mut cx = ComponentCx::new(reach, cid, Arc::clone(props));
                async move { state.handle_info(*info, &mut cx).await }.boxed()
            }
            _ => async { Outcome::NoReply }.boxed(),
        }
    }

    fn handle_crash<'a>(
        &'a mut self,
        name: &'a str,
        panic: &'a Panic,
        cid: u32,
        reach: Reach<'a>,
    ) -> BoxFuture<'a, Outcome> {
        let (Some(state), Some(props)) = (&mut self.state, &self.props) else {
            return async { Outcome::NoReply }.boxed();
        };
        let mut cx = ComponentCx::new(reach, cid, Arc::clone(props));
        async move { state.handle_crash(name, panic, &mut cx).await }.boxed()
    }

    fn render(&self, cid: u32) -> Option<Html> {
        let rendering = Rendering::new(self.props.as_deref()?, cid);
        let state = self.state.as_ref()?;
        Some(
            debug_span!("component_render", component = type_name::<C>(), cid)
                .in_scope(|| state.render(&rendering)),
        )
    }

    fn is_mounted(&self) -> bool {
        self.state.is_some()
    }

    fn name(&self) -> &'static str {
        type_name::<C>()
    }
}

impl std::fmt::Debug for ComponentKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ComponentKind").field(&(self.name)()).finish()
    }
}
