//! The element that holds a view (spec §1.1).

use firecrest_live::Escaped;

use super::ViewOptions;

/// The attributes of the protocol.
pub(super) struct Container<'a> {
    pub(super) id: &'a str,
    pub(super) is_main: bool,
    /// Empty in the page for nested views.
    pub(super) session: &'a str,
    /// Empty over the socket.
    pub(super) fixed: &'a str,
    /// The id of the view around it.
    pub(super) parent: Option<&'a str>,
}

impl Container<'_> {
    /// The element with this content.
    pub(super) fn element(&self, options: &ViewOptions, content: &str) -> String {
        let mut out = String::with_capacity(256 + self.session.len() + self.fixed.len() + content.len());
        out.push('<');
        out.push_str(options.tag);
        attribute(&mut out, "id", self.id);
        if self.is_main {
            out.push_str(" data-phx-main");
        }
        attribute(&mut out, "data-phx-session", self.session);
        attribute(&mut out, "data-phx-static", self.fixed);
        if let Some(parent) = self.parent {
            attribute(&mut out, "data-phx-parent-id", parent);
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
        let container = Container { id: "phx-1", is_main: true, session: "S", fixed: "T", parent: None };
        let options = ViewOptions::default().tag("section").attribute("class", "a\"b");
        assert_eq!(
            container.element(&options, "<p>x</p>"),
            "<section id=\"phx-1\" data-phx-main data-phx-session=\"S\" data-phx-static=\"T\" class=\"a&quot;b\">\
             <p>x</p></section>"
        );
    }

    #[test]
    fn f120_a_nested_view_names_the_one_around_it() {
        let container =
            Container { id: "clock", is_main: false, session: "S", fixed: "", parent: Some("phx-1") };
        assert_eq!(
            container.element(&ViewOptions::default(), ""),
            "<div id=\"clock\" data-phx-session=\"S\" data-phx-static=\"\" data-phx-parent-id=\"phx-1\"></div>"
        );
    }
}
