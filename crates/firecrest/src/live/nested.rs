//! Views inside views (F120–F126).

use std::marker::PhantomData;
use std::sync::Arc;

use firecrest_live::{Child, Html, Slot};
use serde::Serialize;
use serde_json::{Map, Value};

use super::LiveView;
use super::kind::{Kind, kind};

/// A live view inside another: `{nested::<Clock>("clock")}` in `html!`.
///
/// It has a channel and a task of its own, mounts by itself, and a crash of it leaves the view around it alone. The id must be
/// unique in the page. It inherits nothing but what it is [given](Nested::given).
pub fn nested<V: LiveView>(id: impl Into<String>) -> Nested<V> {
    Nested { id: id.into(), given: Map::new(), view: PhantomData }
}

/// A live view inside another; made by [`nested`].
#[derive(Debug)]
#[must_use = "it belongs into a template"]
pub struct Nested<V> {
    id: String,
    given: Map<String, Value>,
    view: PhantomData<fn() -> V>,
}

impl<V: LiveView> Nested<V> {
    /// Gives the view a value, which it reads with [`session`](super::View::session). Everybody can read it in the page's source;
    /// nobody can change it.
    ///
    /// # Panics
    /// When the value has no JSON form.
    pub fn given(mut self, key: &str, value: &(impl Serialize + ?Sized)) -> Self {
        match serde_json::to_value(value) {
            Ok(value) => self.given.insert(key.to_owned(), value),
            Err(error) => panic!("the value {key:?} of a nested view: {error}"),
        };
        self
    }
}

impl<V: LiveView> Slot for Nested<V> {
    fn write(&self, html: &mut Html) {
        let content = NestedView { kind: kind::<V>(), given: self.given.clone() };
        html.view(Child { id: self.id.clone(), content: Arc::new(content) });
    }
}

/// What a rendered tree says of a nested view.
pub(super) struct NestedView {
    pub(super) kind: &'static Kind,
    pub(super) given: Map<String, Value>,
}

impl NestedView {
    /// That of a child in a rendered tree. Others than ours are not made.
    pub(super) fn of(child: &Child) -> Option<&NestedView> {
        child.content.downcast_ref()
    }
}

/// An id that is there twice (F126).
#[derive(Debug, thiserror::Error)]
#[error("two nested views have the id {0:?}")]
pub(super) struct DuplicateId(String);

/// A view inside a shared one. What it would be is each viewer's own, and the shared view is one for all.
#[derive(Debug, thiserror::Error)]
#[error("a shared view cannot contain another view, as {0:?}: put both into an ordinary one")]
pub(super) struct InShared(pub(super) String);

/// # Errors
/// When two nested views have the same id.
pub(super) fn check_ids(html: &Html) -> Result<(), DuplicateId> {
    let mut ids: Vec<&str> = html.children().iter().map(|child| child.id.as_str()).collect();
    ids.sort_unstable();
    match ids.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(DuplicateId(pair[0].to_owned())),
        None => Ok(()),
    }
}
