//! Content that is shown elsewhere than in its view (spec §1.7).

use std::iter::successors;

use scraper::{ElementRef, Selector};

use super::parts::has_attr;
use super::text::describe;
use super::{Document, Node};
use crate::view::failure::Failure;

/// How deep portals may be inside one another: as deep as the client moves them.
const MAX_DEPTH: usize = 5;

/// An element that a portal has moved.
pub(super) struct Moved {
    element: Node,
    portal: Node,
    /// Where it stood in the portal.
    home: Node,
}

impl Document {
    /// An element and what is around it, innermost first: around what a portal has moved is the portal.
    pub(in crate::view) fn around(&self, node: Node) -> impl Iterator<Item = ElementRef<'_>> {
        successors(Some(self.get(node)), |element| {
            let portal = self.moved.iter().find(|moved| moved.element == element.id());
            match portal {
                Some(moved) => Some(self.get(moved.portal)),
                None => element.ancestors().find_map(ElementRef::wrap),
            }
        })
    }

    /// Puts everything back that portals have moved, so that each view is whole. Returns the portals.
    pub(super) fn take_back(&mut self) -> Vec<Node> {
        let moved = std::mem::take(&mut self.moved);
        for Moved { element, home, .. } in &moved {
            if let Some(mut home) = self.html.tree.get_mut(*home) {
                home.append_id(*element);
            }
        }
        moved.into_iter().map(|moved| moved.portal).collect()
    }

    /// Moves what is in the portals of the view in this container, and what was in those of others before.
    pub(super) fn move_out(&mut self, container: Node, others: &[Node]) -> Result<(), Failure> {
        let portals = self.elements().filter(|element| {
            let is_own = || self.view_around(element.id()).is_some_and(|view| view.id() == container);
            is_portal(*element) && (others.contains(&element.id()) || is_own())
        });
        let mut portals: Vec<Node> = portals.map(|portal| portal.id()).collect();
        for _ in 0..MAX_DEPTH {
            let (inert, ready): (Vec<Node>, Vec<Node>) =
                portals.iter().partition(|portal| is_inert(self.get(**portal)));
            for portal in ready {
                self.move_content(portal)?;
            }
            portals = inert;
        }
        Ok(())
    }

    fn move_content(&mut self, portal: Node) -> Result<(), Failure> {
        let template = self.get(portal);
        let inside = template.descendent_elements().nth(1);
        let content = inside.filter(|content| {
            let siblings = content.prev_siblings().chain(content.next_siblings());
            has_attr(*content, "id") && !siblings.filter_map(ElementRef::wrap).any(|_| true)
        });
        let home = content.and_then(|content| content.parent());
        let (Some(content), Some(home)) = (content, home) else {
            let shown = describe(template);
            return Err(Failure::new(format!("a portal has exactly one element, with an id: {shown}")));
        };
        let moved = Moved { element: content.id(), portal, home: home.id() };
        let target = self.portal_target(template)?;
        if let Some(mut target) = self.html.tree.get_mut(target) {
            target.append_id(moved.element);
        }
        self.moved.push(moved);
        Ok(())
    }

    fn portal_target(&self, portal: ElementRef<'_>) -> Result<Node, Failure> {
        let selector = portal.attr("data-phx-portal").unwrap_or_default();
        let parsed = Selector::parse(selector)
            .map_err(|error| Failure::new(format!("{selector:?} is no CSS selector: {error:?}")))?;
        let target = self.elements().find(|element| parsed.matches(element) && !is_inert(*element));
        target.map(|target| target.id()).ok_or_else(|| {
            let shown = describe(portal);
            Failure::new(format!(
                "there is no target for what is in a portal, nothing matches {selector:?}: {shown}"
            ))
        })
    }
}

fn is_portal(element: ElementRef<'_>) -> bool {
    element.value().name() == "template" && has_attr(element, "data-phx-portal")
}

/// Whether it is in a template, where no browser finds it.
fn is_inert(element: ElementRef<'_>) -> bool {
    element.ancestors().filter_map(ElementRef::wrap).any(|around| around.value().name() == "template")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Document {
        Document::parse("<main id=v data-phx-session=s></main><div id=end></div>")
    }

    fn patch(page: &mut Document, content: &str) -> Result<(), Failure> {
        let view = page.by_id("v").unwrap().id();
        page.patch(view, content)
    }

    fn portal(id: &str, target: &str, content: &str) -> String {
        format!("<template id={id} data-phx-portal='{target}'><div id=_{id}>{content}</div></template>")
    }

    #[test]
    fn f038_what_is_in_a_portal_is_at_its_target_and_belongs_to_its_view() {
        let mut page = page();
        patch(&mut page, &portal("p", "#end", "<b id=x>1</b>")).unwrap();
        assert_eq!(page.by_id("end").unwrap().inner_html(), "<div id=\"_p\"><b id=\"x\">1</b></div>");
        let content = page.by_id("x").unwrap().id();
        assert_eq!(page.owner(content), Some("v"));
        patch(&mut page, &portal("p", "#end", "<b id=x>2</b>")).unwrap();
        assert_eq!(page.by_id("end").unwrap().inner_html(), "<div id=\"_p\"><b id=\"x\">2</b></div>");
        patch(&mut page, "nothing").unwrap();
        assert_eq!(page.by_id("end").unwrap().inner_html(), "");
    }

    #[test]
    fn f038_portals_inside_portals_are_moved_from_where_their_content_is() {
        let mut page = page();
        let inner = portal("inner", "#b", "<i>deep</i>");
        patch(&mut page, &(portal("outer", "#end", &inner) + &portal("other", "#end", "<p id=b></p>")))
            .unwrap();
        assert_eq!(page.by_id("b").unwrap().inner_html(), "<div id=\"_inner\"><i>deep</i></div>");
        assert_eq!(page.owner(page.by_id("_inner").unwrap().id()), Some("v"));
    }

    #[test]
    fn f038_a_target_inside_the_view_keeps_what_others_have_put_there() {
        let mut page = page();
        let target = "<p id=t></p><section id=n data-phx-session=n></section>";
        patch(&mut page, target).unwrap();
        let nested = page.by_id("n").unwrap().id();
        page.patch(nested, &portal("p", "#t", "in")).unwrap();
        patch(&mut page, &format!("<h1>new</h1>{target}")).unwrap();
        assert_eq!(page.by_id("t").unwrap().inner_html(), "<div id=\"_p\">in</div>");
        assert_eq!(page.owner(page.by_id("_p").unwrap().id()), Some("n"));
        patch(&mut page, "<p id=t></p>").unwrap();
        assert_eq!(page.by_id("t").unwrap().inner_html(), "");
    }

    #[test]
    fn f038_what_the_client_cannot_move_fails_the_test() {
        let mut page = page();
        for (content, problem) in [
            (portal("p", "#nowhere", ""), "nothing matches \"#nowhere\""),
            (portal("p", "b[", ""), "is no CSS selector"),
            ("<template id=p data-phx-portal='#end'></template>".to_owned(), "exactly one element"),
            (
                "<template id=p data-phx-portal='#end'><b id=x></b><b id=y></b></template>".to_owned(),
                "exactly one",
            ),
            ("<template id=p data-phx-portal='#end'><b></b></template>".to_owned(), "with an id"),
        ] {
            let Failure(text) = patch(&mut page, &content).unwrap_err();
            assert!(text.contains(problem), "{text}");
        }
    }
}
