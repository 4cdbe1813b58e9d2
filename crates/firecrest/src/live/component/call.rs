//! A component in a template.

use std::marker::PhantomData;
use std::sync::Arc;

use firecrest_live::{Call, Html, Slot};

use super::LiveComponent;
use super::kind::kind;

/// A stateful component in a template: `{live_component::<Row>(bird.id, RowProps { … })}`.
///
/// The id tells it from others of its type in the same view: with the same id it is the same component, wherever in the page it
/// stands. A page with the same one twice crashes the view (F135).
pub fn live_component<C: LiveComponent>(id: impl std::fmt::Display, props: C::Props) -> ComponentCall<C> {
    ComponentCall { id: id.to_string().into(), props: Arc::new(props), component: PhantomData }
}

/// A stateful component in a template; made by [`live_component`].
#[must_use = "it belongs into a template"]
pub struct ComponentCall<C: LiveComponent> {
    id: Arc<str>,
    props: Arc<C::Props>,
    component: PhantomData<fn() -> C>,
}

impl<C: LiveComponent> Slot for ComponentCall<C> {
    fn write(&self, html: &mut Html) {
        let props = Arc::clone(&self.props);
        html.component(Call::new::<C>(Arc::clone(&self.id), props, kind::<C>()));
    }
}

impl<C: LiveComponent> std::fmt::Debug for ComponentCall<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ComponentCall").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A component inside a shared view: whoever comes later would not know what it has been told.
#[derive(Debug, thiserror::Error)]
#[error("a shared view cannot contain a stateful component, as {0:?}: put both into an ordinary one")]
pub(in crate::live) struct InShared(pub(in crate::live) String);
