//! Views that stay when the page's own goes (F123, spec §1.6).

use scraper::ElementRef;

use super::parts::has_attr;
use super::{Document, Node};

impl Document {
    /// Whether an element is in the view with this id, or in one that ends with that.
    pub(in crate::view) fn ends_with(&self, node: Node, id: &str) -> bool {
        let mut around = self.around(node);
        around.find(|element| is_sticky(*element) || element.attr("id") == Some(id)).is_some_and(|element| {
            // A sticky view ends with itself only.
            element.attr("id") == Some(id)
        })
    }

    /// Moves the sticky views of a container into the one that takes its place.
    pub(super) fn keep_sticky(&mut self, old: Node, new: Node) {
        let inside = self.get(old).descendent_elements().skip(1);
        let sticky: Vec<Node> =
            inside.filter(|element| is_sticky(*element)).map(|element| element.id()).collect();
        for sticky in sticky {
            if let Some(mut new) = self.html.tree.get_mut(new) {
                new.append_id(sticky);
            }
        }
    }

    /// Puts a sticky view that is held where it is shown now, with the token that it is shown with.
    pub(super) fn stay(&mut self, held: Node, shown: Node) {
        for token in ["data-phx-session", "data-phx-static"] {
            let new = self.get(shown).attr(token).filter(|new| !new.is_empty()).map(str::to_owned);
            new.into_iter().for_each(|new| self.set_attr(held, token, &new));
        }
        self.replace(shown, held);
    }
}

/// Whether it is the container of a view that stays.
pub(in crate::view) fn is_sticky(element: ElementRef<'_>) -> bool {
    has_attr(element, "data-phx-sticky")
}

#[cfg(test)]
mod tests {
    use super::*;

    const RADIO: &str = "<div id=radio data-phx-session=new data-phx-static='' data-phx-sticky></div>";

    fn page() -> Document {
        Document::parse(
            "<main id=v data-phx-main data-phx-session=s><p>one</p>\
             <div id=radio data-phx-session=old data-phx-static=f data-phx-sticky><b id=plays>3</b></div></main>",
        )
    }

    fn main(page: &Document) -> Node {
        page.by_id("v").unwrap().id()
    }

    #[test]
    fn f123_a_sticky_view_moves_to_where_the_next_page_shows_it() {
        let mut page = page();
        page.retag(main(&page), "main", &[]);
        assert!(page.by_id("plays").is_some());
        page.patch(main(&page), &format!("<footer>{RADIO}</footer>two")).unwrap();
        let radio = page.by_id("radio").unwrap();
        assert_eq!((radio.attr("data-phx-session"), radio.attr("data-phx-static")), (Some("new"), Some("f")));
        assert_eq!(radio.inner_html(), "<b id=\"plays\">3</b>");
        assert_eq!(radio.parent().and_then(ElementRef::wrap).unwrap().value().name(), "footer");
    }

    #[test]
    fn f123_a_sticky_view_that_the_next_page_does_not_show_is_gone() {
        let mut page = page();
        page.retag(main(&page), "main", &[]);
        page.patch(main(&page), "two").unwrap();
        assert!(page.by_id("radio").is_none());
    }

    #[test]
    fn f123_what_is_in_a_sticky_view_does_not_end_with_the_one_around() {
        let page = page();
        let plays = page.by_id("plays").unwrap().id();
        let radio = page.by_id("radio").unwrap().id();
        assert!(page.ends_with(plays, "radio") && page.ends_with(radio, "radio"));
        assert!(!page.ends_with(plays, "v") && !page.ends_with(radio, "v"));
    }
}
