//! A shared view inside another view.

use std::marker::PhantomData;
use std::sync::Arc;

use firecrest_live::{Child, Html, Slot};
use serde_json::{Map, Value};

use super::key::GIVEN_KEY;
use super::{SharedView, shared_kind};
use crate::live::nested::NestedView;

/// A shared view inside an ordinary one: `{shared::<Stock>("stock", "shoe 7")}` in `html!`.
///
/// The id must be unique in the page. The key says which of the type's views it is: wherever the same key is given, it is the
/// same state. Everybody can read the key in the page's source; nobody can change it.
pub fn shared<V: SharedView>(id: impl Into<String>, key: impl Into<String>) -> SharedSlot<V> {
    SharedSlot { id: id.into(), key: key.into(), is_sticky: false, view: PhantomData }
}

/// A shared view inside another; made by [`shared`].
#[derive(Debug)]
#[must_use = "it belongs into a template"]
pub struct SharedSlot<V> {
    id: String,
    key: String,
    is_sticky: bool,
    view: PhantomData<fn() -> V>,
}

impl<V: SharedView> SharedSlot<V> {
    /// Lets it stay when the page's own view goes (F123), as [`Nested::sticky`](crate::live::Nested::sticky).
    pub fn sticky(self) -> Self {
        SharedSlot { is_sticky: true, ..self }
    }
}

impl<V: SharedView> Slot for SharedSlot<V> {
    fn write(&self, html: &mut Html) {
        let given = Map::from_iter([(GIVEN_KEY.to_owned(), Value::from(self.key.as_str()))]);
        let content = NestedView { kind: shared_kind::<V>(), given, is_sticky: self.is_sticky };
        html.view(Child { id: self.id.clone(), content: Arc::new(content) });
    }
}
