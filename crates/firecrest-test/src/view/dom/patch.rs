//! Putting what a view shows into the page (spec §1.6, §1.7).

use scraper::{ElementRef, Html};

use super::parts::has_attr;
use super::sticky::is_sticky;
use super::text::start_tag;
use super::{Document, Node};
use crate::view::failure::Failure;

impl Document {
    /// Replaces what is in a container, and keeps what is not the server's to replace: the views inside, and what is
    /// ignored. What is in portals is moved.
    pub(in crate::view) fn patch(&mut self, container: Node, content: &str) -> Result<(), Failure> {
        let portals = self.take_back();
        let element = self.get(container).value();
        let (tag, start) = (element.name().to_owned(), start_tag(element.name(), element.attrs()));
        let new = self.parse_inside(&format!("{start}{content}</{tag}>"));
        self.keep_ignored(container, new);
        self.keep_views(container, new);
        self.replace(container, new);
        self.move_out(new, &portals)
    }

    /// Gives a container another tag and other attributes, besides those of the protocol (F109). It is empty then, but for the views
    /// that stay.
    pub(in crate::view) fn retag(&mut self, container: Node, tag: &str, attributes: &[(String, String)]) {
        let protocol = |name: &str| name == "id" || name.starts_with("data-phx-");
        let kept = self.get(container).value().attrs().filter(|(name, _)| protocol(name));
        let given = attributes.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let start = start_tag(tag, kept.chain(given.filter(|(name, _)| !protocol(name))));
        let new = self.parse_inside(&format!("{start}</{tag}>"));
        self.keep_sticky(container, new);
        self.replace(container, new);
    }

    /// Changes an attribute that the element has.
    pub(in crate::view) fn set_attr(&mut self, node: Node, name: &str, value: &str) {
        let Some(mut node) = self.html.tree.get_mut(node) else { return };
        if let scraper::Node::Element(element) = node.value()
            && let Some((_, old)) = element.attrs.iter_mut().find(|(key, _)| &*key.local == name)
        {
            *old = value.into();
        }
    }

    /// Reads an element that may be of any kind: a row of a table, too.
    fn parse_inside(&mut self, html: &str) -> Node {
        let fragment = Html::parse_fragment(&format!("<template>{html}</template>"));
        let root = self.html.tree.extend_tree(fragment.tree).id();
        let root = self.html.tree.get(root).expect("it was just put there");
        let mut elements = root.descendants().filter_map(ElementRef::wrap);
        let inside_template =
            elements.by_ref().find(|e| e.value().name() == "template").and_then(|_| elements.next());
        inside_template.map(|element| element.id()).expect("a template may hold any element")
    }

    pub(super) fn replace(&mut self, old: Node, new: Node) {
        if let Some(mut place) = self.html.tree.get_mut(old) {
            place.insert_id_before(new);
            place.detach();
        }
    }

    /// What is ignored stays as it is, except its data attributes.
    fn keep_ignored(&mut self, old: Node, new: Node) {
        let ignored = inside(self.get(new)).filter(|element| is_ignored(*element));
        let fresh: Vec<Node> = ignored
            .filter(|element| !element.ancestors().filter_map(ElementRef::wrap).any(is_ignored))
            .map(|element| element.id())
            .collect();
        for node in fresh {
            let Some(id) = self.get(node).attr("id").map(str::to_owned) else { continue };
            let held = inside(self.get(old)).find(|held| held.attr("id") == Some(&id) && is_ignored(*held));
            if let Some(held) = held.map(|held| held.id()) {
                self.merge_data(node, held);
                self.replace(node, held);
            }
        }
    }

    fn merge_data(&mut self, from: Node, to: Node) {
        let data: Vec<_> = self.get(from).value().attrs.clone().into_iter().collect();
        let Some(mut to) = self.html.tree.get_mut(to) else { return };
        if let scraper::Node::Element(element) = to.value() {
            element.attrs.retain(|name, _| !name.local.starts_with("data-"));
            element.attrs.extend(data.into_iter().filter(|(name, _)| name.local.starts_with("data-")));
        }
    }

    /// Views inside show themselves. They keep the tokens that they were joined with, and the one that only the page had.
    fn keep_views(&mut self, old: Node, new: Node) {
        let fresh: Vec<Node> = inside(self.get(new)).filter(is_view).map(|view| view.id()).collect();
        for node in fresh {
            let Some(id) = self.get(node).attr("id").map(str::to_owned) else { continue };
            let held = inside(self.get(old)).find(|held| is_view(held) && held.attr("id") == Some(&id));
            let Some(held) = held else { continue };
            if is_sticky(held) {
                let held = held.id();
                self.stay(held, node);
                continue;
            }
            let (session, fixed) = (held.attr("data-phx-session"), held.attr("data-phx-static"));
            let (session, fixed, held) = (session.map(str::to_owned), fixed.map(str::to_owned), held.id());
            if let Some(fixed) = fixed {
                self.set_attr(node, "data-phx-static", &fixed);
            }
            if let Some(session) = session.filter(|session| !session.is_empty()) {
                self.set_attr(node, "data-phx-session", &session);
            }
            if let Some(mut node) = self.html.tree.get_mut(node) {
                node.reparent_from_id_append(held);
            }
        }
    }
}

/// The elements inside one.
fn inside(element: ElementRef<'_>) -> impl Iterator<Item = ElementRef<'_>> {
    element.descendent_elements().skip(1)
}

fn is_ignored(element: ElementRef<'_>) -> bool {
    ["phx-update", "data-phx-update"].iter().any(|name| element.attr(name) == Some("ignore"))
}

fn is_view(element: &ElementRef<'_>) -> bool {
    has_attr(*element, "data-phx-session")
}

impl Document {
    /// The containers of all views.
    pub(in crate::view) fn views(&self) -> impl Iterator<Item = ElementRef<'_>> {
        self.elements().filter(is_view)
    }

    /// The id of the view that an element belongs to.
    pub(in crate::view) fn owner(&self, node: Node) -> Option<&str> {
        self.view_around(node)?.attr("id")
    }

    /// The container of the view that an element belongs to.
    pub(super) fn view_around(&self, node: Node) -> Option<ElementRef<'_>> {
        self.around(node).find(is_view)
    }
}
