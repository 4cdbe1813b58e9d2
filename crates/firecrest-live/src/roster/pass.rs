//! What is rendered together, and becomes one message.

use std::any::TypeId;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::call::{Call, Kind};
use crate::held::{RenderError, check_streams};
use crate::html::{Child, Html, Inside};

/// The trees of a view and of components that are rendered together, and become one message.
#[derive(Debug, Default)]
pub struct Pass {
    /// The view's tree, unless only components are rendered.
    pub(crate) view: Option<Html>,
    /// Whether the client forgets everything that it holds.
    pub(crate) is_whole: bool,
    /// The components' trees; whoever is called comes after who calls it.
    pub(crate) trees: Vec<Tree>,
    /// Where in `trees` a component is.
    pub(super) at: HashMap<u32, usize>,
    /// Components that want to be rendered, whoever calls them.
    pub(super) wanted: HashSet<u32>,
    /// Those of them that are rendered although nobody is who calls them: those in the page, and the others.
    pub(super) roots: Vec<u32>,
    pub(super) loose: Vec<u32>,
    /// What was called so far.
    pub(super) called: HashSet<u32>,
    /// Who has called a component before somebody else has in this pass.
    pub(super) moved: Vec<(u32, u32)>,
    /// Components that the client must be sent as if it did not know them.
    pub(super) revived: HashSet<u32>,
    /// How many of the trees have been searched for calls.
    pub(super) searched: usize,
    pub(super) has_begun: bool,
}

/// The tree of a component.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) cid: u32,
    pub(crate) html: Html,
    pub(crate) kind: Kind,
    pub(crate) id: Arc<str>,
    /// Whether it is sent as if the client did not know it.
    pub(crate) is_revived: bool,
    pub(super) depth: usize,
}

/// A component that is next: what its template calls it with, or that it wants to be rendered.
#[derive(Debug)]
pub struct Due {
    /// Its number.
    pub cid: u32,
    /// Its call; none when nobody is rendered who calls it.
    pub call: Option<Call>,
    /// Whether it must be rendered, however little has changed.
    pub must_render: bool,
    pub(super) kind: Kind,
    pub(super) id: Arc<str>,
    pub(super) depth: usize,
}

impl Due {
    /// The component's type.
    pub fn kind(&self) -> TypeId {
        self.kind.id()
    }
}

impl Pass {
    /// Renders a view, and then what it calls. `is_whole` when the client forgets everything that it holds, as it does when it joins:
    /// all components are rendered then.
    pub fn view(view: Html, is_whole: bool) -> Pass {
        Pass { view: Some(view), is_whole, ..Pass::default() }
    }

    /// A component was rendered.
    pub fn rendered(&mut self, due: &Due, html: Html) {
        self.at.insert(due.cid, self.trees.len());
        let is_revived = self.revived.contains(&due.cid);
        let Due { cid, kind, depth, .. } = *due;
        self.trees.push(Tree { cid, html, kind, id: Arc::clone(&due.id), is_revived, depth });
    }

    /// Whether the view is rendered.
    pub fn has_view(&self) -> bool {
        self.view.is_some()
    }

    /// Whether a component is sent as if the client did not know it.
    pub(crate) fn is_revived(&self, cid: u32) -> bool {
        self.revived.contains(&cid)
    }

    /// The nested live views in all trees.
    pub fn children(&self) -> impl Iterator<Item = &Child> {
        let parts = self.trees.iter().map(|tree| &tree.html);
        self.view.iter().chain(parts).flat_map(Html::children)
    }

    /// Whether a message can be made of the streams in all trees, other than for a shared view.
    ///
    /// # Errors
    /// When a stream is shown twice, or has lost something since too much waited in it.
    pub fn check_streams(&self) -> Result<(), RenderError> {
        let parts = self.trees.iter().map(|tree| &tree.html);
        check_streams(self.view.iter().chain(parts).flat_map(Html::streams))
    }

    /// Appends the view as HTML, with its components in their places. `child` is called for each nested live view and appends what
    /// stands for it.
    pub fn write_to(&self, out: &mut String, child: &mut dyn FnMut(&Child, &mut String)) {
        let component = |call: &Call| self.tree(call.cid);
        if let Some(view) = &self.view {
            view.write_with(out, &mut Inside { child, component: &component });
        }
    }

    /// The tree of a component that was rendered.
    pub fn tree(&self, cid: u32) -> Option<&Html> {
        self.at.get(&cid).and_then(|at| self.trees.get(*at)).map(|tree| &tree.html)
    }
}
