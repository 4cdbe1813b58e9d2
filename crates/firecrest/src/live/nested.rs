//! Views inside views (F120–F126).

use std::marker::PhantomData;
use std::sync::Arc;

use firecrest_live::{Child, Html, Slot};
use serde::Serialize;
use serde_json::{Map, Value};

use super::LiveView;
use super::container::{Container, Spot};
use super::kind::{Kind, kind};
use super::tokens::SessionToken;
use crate::Endpoint;

/// A live view inside another: `{nested::<Clock>("clock")}` in `html!`.
///
/// It has a channel and a task of its own, mounts by itself, and a crash of it leaves the view around it alone. The id must be
/// unique in the page. Besides what it is [given](Nested::given) it finds, with [`View::get`](super::View::get), what the view around it has
/// left there, such as who is visiting (F052). A [sticky](Nested::sticky) view has nobody around it, and finds nothing.
pub fn nested<V: LiveView>(id: impl Into<String>) -> Nested<V> {
    Nested { id: id.into(), given: Map::new(), is_sticky: false, view: PhantomData }
}

/// A live view inside another; made by [`nested`].
#[derive(Debug)]
#[must_use = "it belongs into a template"]
pub struct Nested<V> {
    id: String,
    given: Map<String, Value>,
    is_sticky: bool,
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

    /// Lets the view stay when the page's own view goes (F123): `{nested::<Player>("player").sticky()}` in a layout plays on while the
    /// visitor follows links within a live session, and survives a crash of the view around it.
    ///
    /// It belongs into the page's own view or into its layout; inside a nested or a sticky view it is an error. It stays as long as the
    /// page that comes next shows a sticky view of the same id, wherever in that page it is. A page that does not show it ends it, and
    /// so do a page load, a lost connection and another live session: then it is mounted anew. What it was given counts when
    /// it is mounted; it takes over nothing else.
    ///
    /// It has no address: [`push_navigate`](super::View::push_navigate) takes the page elsewhere and leaves the sticky view where it is, and
    /// a patch crashes it.
    pub fn sticky(self) -> Self {
        Nested { is_sticky: true, ..self }
    }
}

impl<V: LiveView> Slot for Nested<V> {
    fn write(&self, html: &mut Html) {
        let content = NestedView { kind: kind::<V>(), given: self.given.clone(), is_sticky: self.is_sticky };
        html.view(Child { id: self.id.clone(), content: Arc::new(content) });
    }
}

/// What a rendered tree says of a nested view.
pub(super) struct NestedView {
    pub(super) kind: &'static Kind,
    pub(super) given: Map<String, Value>,
    pub(super) is_sticky: bool,
}

impl NestedView {
    /// That of a child in a rendered tree. Others than ours are not made.
    pub(super) fn of(child: &Child) -> Option<&NestedView> {
        child.content.downcast_ref()
    }

    /// Whether a child is a sticky view.
    pub(super) fn is_sticky(child: &Child) -> bool {
        Self::of(child).is_some_and(|view| view.is_sticky)
    }

    /// Its container in a joined view: empty, since the client joins it (spec §1.6). The view around it is this instance.
    pub(super) fn container(&self, endpoint: &Endpoint, id: &str, around: &str, instance: u64) -> String {
        let mut token = SessionToken::new(id, (self.kind.name)());
        (token.parent, token.is_sticky) = ((!self.is_sticky).then_some(instance), self.is_sticky);
        token.given.clone_from(&self.given);
        endpoint.live_table().register(self.kind);
        // A token too large to be signed is one that no client could bring back: the view is not shown, the log says why.
        let session = token.sign(endpoint).unwrap_or_else(|error| {
            tracing::error!(id, %error, "a nested view cannot be given that much");
            String::new()
        });
        let spot = if self.is_sticky { Spot::Sticky } else { Spot::Inside(around) };
        let container = Container { id, spot, session: &session, fixed: "" };
        container.element(&(self.kind.options)(), "")
    }

    /// That of a sticky view among what everybody is shown.
    pub(super) fn sticky_container(endpoint: &Endpoint, child: &Child) -> String {
        Self::of(child).map_or_else(String::new, |view| view.container(endpoint, &child.id, "", 0))
    }
}

/// Why views cannot be inside a view.
#[derive(Debug, thiserror::Error)]
pub(super) enum Misplaced {
    /// An id that is there twice (F126).
    #[error("two nested views have the id {0:?}")]
    Twice(String),
    /// A view that could not stay: the client takes it out of where it is, and its surroundings do not follow.
    #[error(
        "the sticky view {0:?} is inside a nested or sticky view: it belongs into the page's own, or its layout"
    )]
    Sticky(String),
}

/// A view inside a shared one. What it would be is each viewer's own, and the shared view is one for all.
#[derive(Debug, thiserror::Error)]
#[error(
    "a shared view cannot contain another view, as {0:?}: put both into an ordinary one, or let it be sticky"
)]
pub(super) struct InShared(pub(super) String);

/// Whether there are views that end with the one around them. `may_stick` when sticky ones may be there.
///
/// # Errors
/// When two have the same id, or one is sticky that may not be.
pub(super) fn check_inside<'a>(
    children: impl IntoIterator<Item = &'a Child>,
    may_stick: bool,
) -> Result<bool, Misplaced> {
    let mut ids: Vec<&str> = Vec::new();
    let mut has_nested = false;
    for child in children {
        let is_sticky = NestedView::is_sticky(child);
        if is_sticky && !may_stick {
            return Err(Misplaced::Sticky(child.id.clone()));
        }
        has_nested |= !is_sticky;
        ids.push(&child.id);
    }
    ids.sort_unstable();
    match ids.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(Misplaced::Twice(pair[0].to_owned())),
        None => Ok(has_nested),
    }
}
