//! Elements as people read them.

use scraper::{ElementRef, Node};

/// Elements that stand in a line of text: between all others there is space.
const INLINE: [&str; 24] = [
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd", "mark",
    "q", "s", "samp", "small", "span", "strong", "sub", "sup", "u",
];

/// The text that a visitor sees, with single spaces: no scripts, styles and templates, and space between blocks.
pub(in crate::view) fn text(element: ElementRef<'_>) -> String {
    let mut out = String::new();
    collect(element, &mut out);
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn collect(element: ElementRef<'_>, out: &mut String) {
    for child in element.children() {
        match child.value() {
            Node::Text(text) => out.push_str(text),
            Node::Element(inner) if matches!(inner.name(), "script" | "style" | "template") => {}
            Node::Element(inner) => {
                let space = if INLINE.contains(&inner.name()) { "" } else { " " };
                out.push_str(space);
                ElementRef::wrap(child).into_iter().for_each(|child| collect(child, out));
                out.push_str(space);
            }
            _ => {}
        }
    }
}

/// The element in one line, for the message of a failed assertion.
pub(in crate::view) fn describe(element: ElementRef<'_>) -> String {
    let name = element.value().name();
    let attributes: String = element
        .value()
        .attrs()
        .map(|(name, value)| format!(" {name}=\"{}\"", escaped(&shortened(value, 40))))
        .collect();
    format!("<{name}{attributes}>{}</{name}>", shortened(&text(element), 60))
}

/// A start tag with these attributes.
pub(super) fn start_tag<'a>(name: &str, attributes: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let attributes: String =
        attributes.map(|(name, value)| format!(" {name}=\"{}\"", escaped(value))).collect();
    format!("<{name}{attributes}>")
}

/// The beginning of a text that is longer than this many characters.
pub(in crate::view) fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn escaped(value: &str) -> String {
    value.replace('&', "&amp;").replace('"', "&quot;")
}
