//! The element that holds a view (spec §1.1).

use firecrest_live::Escaped;

use super::ViewOptions;

/// Where a view stands in its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spot<'a> {
    /// It is the page's own.
    Main,
    /// Inside the view with this id, with which it ends.
    Inside(&'a str),
    /// In the page's own view, which it outlives (F123).
    Sticky,
    /// In a page that has no view of its own (F003).
    Alone,
}

/// The attributes of the protocol.
pub(super) struct Container<'a> {
    pub(super) id: &'a str,
    pub(super) spot: Spot<'a>,
    /// Empty in the page for nested views.
    pub(super) session: &'a str,
    /// Empty over the socket.
    pub(super) fixed: &'a str,
}

impl Container<'_> {
    /// The element with this content.
    pub(super) fn element(&self, options: &ViewOptions, content: &str) -> String {
        let mut out = String::with_capacity(256 + self.session.len() + self.fixed.len() + content.len());
        out.push('<');
        out.push_str(options.tag);
        attribute(&mut out, "id", self.id);
        if self.spot == Spot::Main {
            out.push_str(" data-phx-main");
        }
        attribute(&mut out, "data-phx-session", self.session);
        attribute(&mut out, "data-phx-static", self.fixed);
        match self.spot {
            Spot::Main | Spot::Alone => {}
            Spot::Inside(parent) => attribute(&mut out, "data-phx-parent-id", parent),
            Spot::Sticky => out.push_str(" data-phx-sticky"),
        }
        for (name, value) in &options.attributes {
            attribute(&mut out, name, value);
        }
        out.push('>');
        out.push_str(content);
        out.push_str("</");
        out.push_str(options.tag);
        out.push('>');
        out
    }
}

fn attribute(out: &mut String, name: &str, value: &str) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    Escaped::new(out).push_str(value);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f004_tag_and_attributes_are_the_views() {
        let container = Container { id: "phx-1", spot: Spot::Main, session: "S", fixed: "T" };
        let options = ViewOptions::default().tag("section").attribute("class", "a\"b");
        assert_eq!(
            container.element(&options, "<p>x</p>"),
            "<section id=\"phx-1\" data-phx-main data-phx-session=\"S\" data-phx-static=\"T\" class=\"a&quot;b\">\
             <p>x</p></section>"
        );
    }

    #[test]
    fn f120_a_nested_view_names_the_one_around_it() {
        let container = Container { id: "clock", spot: Spot::Inside("phx-1"), session: "S", fixed: "" };
        assert_eq!(
            container.element(&ViewOptions::default(), ""),
            "<div id=\"clock\" data-phx-session=\"S\" data-phx-static=\"\" data-phx-parent-id=\"phx-1\"></div>"
        );
    }

    #[test]
    fn f123_a_sticky_view_says_so_and_names_nobody() {
        let container = Container { id: "radio", spot: Spot::Sticky, session: "S", fixed: "T" };
        assert_eq!(
            container.element(&ViewOptions::default(), "x"),
            "<div id=\"radio\" data-phx-session=\"S\" data-phx-static=\"T\" data-phx-sticky>x</div>"
        );
    }
}
