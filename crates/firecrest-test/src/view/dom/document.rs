//! The tree of a page.

use scraper::node::Text;
use scraper::{ElementRef, Html};

use super::portals::Moved;

/// Stands for an element of a [`Document`]. An element that a patch has removed is still there, but has no page around it.
pub(in crate::view) type Node = ego_tree::NodeId;

/// A page: what the server has sent, with all patches since.
pub(in crate::view) struct Document {
    pub(super) html: Html,
    /// What is shown elsewhere than in its view.
    pub(super) moved: Vec<Moved>,
}

impl Document {
    pub(in crate::view) fn parse(html: &str) -> Self {
        Document { html: Html::parse_document(html), moved: Vec::new() }
    }

    /// The element `html`.
    pub(in crate::view) fn root(&self) -> ElementRef<'_> {
        self.html.root_element()
    }

    /// All elements in their order.
    pub(in crate::view) fn elements(&self) -> impl Iterator<Item = ElementRef<'_>> {
        self.root().descendent_elements()
    }

    pub(in crate::view) fn get(&self, node: Node) -> ElementRef<'_> {
        let node = self.html.tree.get(node).expect("nodes are never taken out of the tree's memory");
        ElementRef::wrap(node).expect("only elements are handed out")
    }

    pub(in crate::view) fn by_id(&self, id: &str) -> Option<ElementRef<'_>> {
        self.elements().find(|element| element.attr("id") == Some(id))
    }

    /// The whole page.
    pub(in crate::view) fn html(&self) -> String {
        self.html.html()
    }

    /// What is in the body.
    pub(in crate::view) fn body(&self) -> String {
        let body = self.elements().find(|element| element.value().name() == "body");
        body.map(|body| body.inner_html()).unwrap_or_default()
    }

    /// The content of `<meta name="…">`.
    pub(in crate::view) fn meta(&self, name: &str) -> Option<&str> {
        let mut metas = self.elements().filter(|element| element.value().name() == "meta");
        metas.find(|meta| meta.attr("name") == Some(name))?.attr("content")
    }

    /// The element that shows the title.
    pub(in crate::view) fn title(&self) -> Option<ElementRef<'_>> {
        self.elements().find(|element| element.value().name() == "title")
    }

    pub(in crate::view) fn set_title(&mut self, title: &str) {
        let Some(node) = self.title().map(|title| title.id()) else { return };
        let old: Vec<Node> = self.get(node).children().map(|child| child.id()).collect();
        old.into_iter().for_each(|child| self.detach(child));
        let text = scraper::Node::Text(Text { text: title.into() });
        if let Some(mut node) = self.html.tree.get_mut(node) {
            node.append(text);
        }
    }

    pub(super) fn detach(&mut self, node: Node) {
        if let Some(mut node) = self.html.tree.get_mut(node) {
            node.detach();
        }
    }
}
